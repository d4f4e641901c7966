"""What texts mean, as the bundled encoder reads them: vectors whose products are likenesses."""

import functools
import logging
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import torch

from workbench.core.errors import WorkbenchError
from workbench.engine.encoder.encoder import Encoder, load_encoder
from workbench.engine.encoder.reader.batches import groups, padded, to_device
from workbench.engine.encoder.reader.reader import Reader, load_reader
from workbench.models.bundled import BUNDLED, READER, bundled_path, is_ready

logger = logging.getLogger(__name__)
Vectors = npt.NDArray[np.float32]


class Meaning:
    """The bundled encoder in memory; of a long text it reads the beginning.

    In float32 and not as `batches.read` does it: a text alone has the vector that it has among others.

    Raises:
        WorkbenchError: the encoder cannot be read.
    """

    def __init__(self) -> None:
        folder = bundled_path(READER)
        self._encoder: Encoder = load_encoder(folder)
        self._reader: Reader = load_reader(
            folder, self._encoder.body, BUNDLED[READER].context_length
        )

    @torch.inference_mode()
    def vectors(self, texts: Sequence[str], between: Callable[[], None] = lambda: None) -> Vectors:
        """(texts, hidden), each of length 1.

        Args:
            between: called before each group of texts; may raise to leave.
        """
        ids = self._reader.ids(texts)
        found = np.zeros((len(ids), BUNDLED[READER].hidden_size), np.float32)
        for group in groups(np.array([len(own) for own in ids])):
            between()
            batch = to_device(padded([ids[place] for place in group], self._reader.pad_id))
            found[group] = self._encoder(**batch).float().cpu().numpy()
        return found


@functools.lru_cache(maxsize=1)
def meaning() -> Meaning | None:
    """The one of this process; None where the bundled encoder is not installed."""
    if not is_ready(READER):
        return None
    try:
        return Meaning()
    except WorkbenchError:
        logger.warning(
            "Texts are compared by spelling alone: %s cannot be read", READER, exc_info=True
        )
        return None


def forget() -> None:
    """Give its memory back; whoever asks next loads it anew."""
    meaning.cache_clear()
