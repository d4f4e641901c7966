"""What is loaded: at most two base models, the one used longest ago goes first.

Loading happens in the thread that asked, one at a time; who asks for the same model meanwhile
waits and finds it loaded.
"""

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from workbench.engine.runtime.apart import apart
from workbench.engine.serving.fair_lock import FairLock
from workbench.engine.serving.loader import Loader
from workbench.engine.serving.text_model import TextModel
from workbench.models.served import ServedModel

KEEP = 2
ROOM = 2.0
"""A model is loaded beside another if this many times its files' size is free in memory."""


class ModelCache:
    """Loaded models by what they were loaded from."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._lock = threading.Lock()
        self._loaded: OrderedDict[Hashable, Any] = OrderedDict()
        self.loads = 0
        """How many times weights of a base model were read."""

    @property
    def turns(self) -> FairLock:
        """Whose turn it is to compute, with whichever model."""
        return self._loader.turns

    @property
    def count(self) -> int:
        """How many base models and encoders are in memory."""
        return len(self._loaded)

    def text_model(self, entry: ServedModel) -> TextModel:
        """The entry's base model with its adapter beside it, loaded if need be."""
        key = _key(entry)
        with self._lock:
            model: TextModel = self._get(key, entry, self._loader.text_model)
            if entry.adapter and not model.has(entry.id, entry.adapter):
                with model.turns:
                    apart(partial(model.add, entry.id, entry.adapter))
        return model

    def engine_name(self, entry: ServedModel) -> str | None:
        """Which engine answers for an entry; None as long as it is not loaded or only reads."""
        loaded = self._loaded.get(_key(entry))
        return loaded.engine.name if isinstance(loaded, TextModel) else None

    def classifier(self, entry: ServedModel) -> Any:
        """The entry's encoder with its head, loaded if need be."""
        key = (entry.id, str(entry.adapter))
        with self._lock:
            return self._get(key, entry, self._loader.classifier)

    def _get(self, key: Hashable, entry: ServedModel, load: Callable[[ServedModel], Any]) -> Any:
        if key not in self._loaded:
            self._make_room(entry)
            self._loaded[key] = apart(partial(load, entry))
            self.loads += 1
        self._loaded.move_to_end(key)
        return self._loaded[key]

    def _make_room(self, entry: ServedModel) -> None:
        needed = ROOM * size_bytes(entry.base.path)
        while self._loaded and (
            len(self._loaded) >= KEEP or psutil.virtual_memory().available < needed
        ):
            self._loaded.popitem(last=False)
            gc.collect()


def _key(entry: ServedModel) -> Hashable:
    """What is loaded once for all entries of one base model."""
    return (entry.base.path, entry.base.revision, entry.quantization)


def size_bytes(folder: Path) -> int:
    """Size of the weights in a model's folder."""
    return sum(path.stat().st_size for path in folder.glob("*.safetensors"))
