"""Texts as vectors: encoders, pooled and normalised as their own files say, in float32.

An encoder that was trained here is asked as it is after the training, without its categories.
"""

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn.functional import normalize

from workbench.engine.encoder.encoder import Encoder, load_encoder, longest_text, normalises
from workbench.engine.encoder.model import load_encoder_model
from workbench.engine.encoder.reader.batches import groups, padded, to_device
from workbench.engine.encoder.reader.reader import Reader, load_reader
from workbench.engine.models.load import base_folder
from workbench.engine.serving.errors import ApiError, too_long
from workbench.engine.serving.fair_lock import FairLock
from workbench.jobs.process.stop import Check
from workbench.models.served import ServedModel

KEEP = 2


@dataclass(frozen=True)
class Embedded:
    """Vectors of texts."""

    vectors: np.ndarray
    """(texts, hidden), float32."""
    tokens: int
    """Read altogether."""


@dataclass
class Embedder:
    """One encoder in memory."""

    encoder: Encoder
    reader: Reader
    normalised: bool

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of the texts.

        Raises:
            ApiError: 400, one is longer than the encoder reads.
        """
        found = self.reader.ids(texts)
        for place, tokens in sorted(self.reader.cut(texts, found).items()):
            raise too_long(f"input[{place}]", tokens, self.reader.max_length, "input")
        return found

    @torch.inference_mode()
    def vectors(self, ids: list[list[int]], between: Callable[[], None]) -> np.ndarray:
        """(texts, hidden) of token ids."""
        found: dict[int, torch.Tensor] = {}
        for group in groups(np.array([len(own) for own in ids])):
            between()
            batch = to_device(padded([ids[place] for place in group], self.reader.pad_id))
            own = self.encoder.vectors(**batch)
            own = normalize(own, dim=1) if self.normalised else own
            found |= dict(zip(group.tolist(), own.cpu(), strict=True))
        return np.stack([found[place].numpy() for place in range(len(ids))]).astype(np.float32)


class Embedders:
    """Encoders in memory, the one used longest ago goes first."""

    def __init__(self, turns: FairLock) -> None:
        self._turns = turns
        self._lock = threading.Lock()
        self._loaded: OrderedDict[Hashable, Embedder] = OrderedDict()

    @property
    def count(self) -> int:
        """How many are in memory."""
        return len(self._loaded)

    def embed(self, entry: ServedModel, texts: Sequence[str], check: Check) -> Embedded:
        """The vectors of texts.

        Raises:
            ApiError: 400, the model is none that reads only, or a text is too long for it.
            WorkbenchError: its files are missing or cannot be read.
        """
        if entry.family.writes_text:
            raise ApiError(
                400,
                f"'{entry.id}' writes texts and gives no vectors: ask an encoder, as GET /v1/models "
                "lists them with the kind encoder.",
                code="not_an_encoder",
                param="model",
            )
        model = self._get(entry)
        ids = model.ids(texts)

        def between() -> None:
            check()
            if self._turns.is_over():
                self._turns.pass_on()

        with self._turns:
            return Embedded(model.vectors(ids, between), sum(map(len, ids)))

    def _get(self, entry: ServedModel) -> Embedder:
        key = (entry.base.path, entry.base.revision, entry.adapter)
        with self._lock:
            if key not in self._loaded:
                while len(self._loaded) >= KEEP:
                    self._loaded.popitem(last=False)
                    gc.collect()
                self._loaded[key] = _loaded(entry)
            self._loaded.move_to_end(key)
            return self._loaded[key]


def _loaded(entry: ServedModel) -> Embedder:
    if entry.adapter is not None:
        trained: Any = load_encoder_model(entry.base, entry.adapter)
        return Embedder(trained.model.encoder, trained.reader, normalised=True)
    folder = base_folder(entry.base)
    encoder = load_encoder(folder)
    reader = load_reader(folder, encoder.body, longest_text(folder))
    return Embedder(encoder, reader, normalises(folder))
