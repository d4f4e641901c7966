"""Texts as a checkup reads them: whole, window by window; of very long ones as much as there is time for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from workbench.core.long_texts.ways import WINDOWS
from workbench.core.words import count, plural
from workbench.engine.encoder.encoder import load_encoder
from workbench.engine.encoder.reader.batches import read
from workbench.engine.encoder.reader.reader import load_reader
from workbench.engine.encoder.windows import windows_in
from workbench.engine.models.load import base_folder
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.specs import BaseModelRef

WINDOW = 128
"""Tokens that are read at once."""
MOST_WINDOWS = 20_000
"""Read in a checkup, about 40 minutes of a slow machine; beyond that the longest texts give way."""


@dataclass(frozen=True)
class ReadTexts:
    """What the encoder saw."""

    embeddings: torch.Tensor
    """(texts, hidden), each the mean over all that was read of the text."""
    partly: int
    """Texts of which some windows were left out."""
    most: int
    """Windows that were read of such a text."""

    def notes(self, of: int) -> list[str]:
        """What there is to say of it; nothing where all texts were read whole.

        Args:
            of: texts altogether.
        """
        if not self.partly:
            return []
        return [
            f"{count(self.partly)} of {plural(of, 'text')} {'is' if self.partly == 1 else 'are'} so long "
            f"that the map, the learning curve and the check of categories rest on {self.most} parts of "
            f"{WINDOW} tokens of each, taken from all over the text; all others were read whole."
        ]


def read_texts(base: BaseModelRef, texts: Sequence[str], meter: Meter) -> ReadTexts:
    """Read texts with an encoder, within `MOST_WINDOWS`."""
    folder = base_folder(base)
    encoder = load_encoder(folder)
    reader = load_reader(folder, encoder.body, WINDOW, long_texts=WINDOWS)
    encoder.window = reader.window
    ids = reader.ids(texts)
    window = reader.max_length
    sizes = np.array([windows_in(len(own), window) for own in ids], np.int64)
    most = shared_out(sizes, MOST_WINDOWS)
    cut = [spread(own, window, most) for own in ids]
    found = read(encoder, cut, reader.pad_id, meter.counted(len(texts)))
    return ReadTexts(found, int((sizes > most).sum()), most)


def shared_out(sizes: np.ndarray, most: int) -> int:
    """How many windows a text may have, so that all texts together have `most` at most; one at least.

    Args:
        sizes: windows of each text (texts,).
    """
    low, high = 1, int(sizes.max(initial=1))
    while low < high:
        middle = (low + high + 1) // 2
        fits = np.minimum(sizes, middle).sum() <= most
        low, high = (middle, high) if fits else (low, middle - 1)
    return low


def spread(ids: Sequence[int], window: int, most: int) -> list[int]:
    """At most so many of a text's windows, the first and the last among them, evenly apart."""
    windows = windows_in(len(ids), window)
    if windows <= most:
        return list(ids)
    chosen = np.unique(np.linspace(0, windows - 1, most).round().astype(int)).tolist()
    return [token for place in chosen for token in ids[place * window : (place + 1) * window]]
