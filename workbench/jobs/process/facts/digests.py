"""Digests that a model is known by: of what a training has learned, and of what it began with."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

LEARNED = (
    "adapter_model.safetensors",
    "model.safetensors",
    "head.safetensors",
    "probe.safetensors",
)
"""Files of a trained model that a training has computed; the others say where it lies and what it is."""
_WEIGHTS = (".safetensors", ".gguf")
_SHAPING = ("config.json", "tokenizer.json", "tokenizer.model", "vocab.txt")


def weights_digest(folder: Path) -> str:
    """The sha256 of a trained model's weights, in hexadecimal; empty where it has none.

    The same training gives the same digest, wherever it lies.
    """
    return _together(folder / name for name in LEARNED)


def base_digest(folder: Path) -> str:
    """The sha256 of a base model's weights, config and tokenizer; empty where there is nothing."""
    if folder.is_file():
        return _together([folder])
    return _together(_of_base(folder))


def base_bytes(folder: Path) -> int:
    """How much `base_digest` reads."""
    paths = [folder] if folder.is_file() else _of_base(folder)
    return sum(path.stat().st_size for path in paths)


def _of_base(folder: Path) -> list[Path]:
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in found if path.suffix in _WEIGHTS or path.name in _SHAPING]


def _together(paths: Iterable[Path]) -> str:
    whole, some = hashlib.sha256(), False
    for path in paths:
        if path.is_file():
            some = True
            with path.open("rb") as handle:
                own = hashlib.file_digest(handle, "sha256").hexdigest()
            whole.update(f"{path.name} {own}\n".encode())
    return whole.hexdigest() if some else ""
