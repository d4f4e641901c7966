"""In which files a model comes, told by their names and first bytes; no weight is read."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.models.gguf_header import is_gguf

SAFETENSORS, PICKLE, GGUF = "safetensors", "pickle", "gguf"
PICKLE_WEIGHTS = "pytorch_model"
"""How the files of weights are called that transformers wrote before there was safetensors."""
_FOREIGN = ("*.pt", "*.pth", "*.ckpt", "*.bin", "*.h5", "*.msgpack", "*.onnx")
"""Weights of other programs, or parts of a training."""
POOLING = "1_Pooling/config.json"
"""How a sentence encoder makes one vector of many; beside the model's own files."""
_ABOUT = (".json", ".model", ".txt", ".jinja", "README.md")
"""Endings of what describes a model: configs, tokenizer, templates, its card."""
_SAFE = "model.safetensors"
FAST_TOKENIZER = "tokenizer.json"
SENTENCEPIECE = ("tokenizer.model", "spiece.model", "spm.model", "sentencepiece.bpe.model")
_PLAIN_VOCABULARIES = (FAST_TOKENIZER, "vocab.txt", "vocab.json")


@dataclass(frozen=True)
class ModelFiles:
    """A model's files of weights, in one of the forms that can be read."""

    form: str
    """safetensors, pickle or gguf."""
    weights: tuple[Path, ...]

    @property
    def size_bytes(self) -> int:
        """Of the weights."""
        return sum(file.stat().st_size for file in self.weights)


def model_files(path: Path) -> ModelFiles:
    """The weights in a folder, or the GGUF file itself.

    Raises:
        WorkbenchError: there are none, or none of a form that can be read; what to do instead.
    """
    if path.is_file():
        return _single_file(path)
    found = _safetensors(path) or _pickles(path) or _gguf_inside(path)
    if found is not None:
        return found
    if any(any(path.glob(pattern)) for pattern in _FOREIGN):
        raise WorkbenchError(
            f"The weights in {path} are in the form of another program: get the model's "
            ".safetensors files (or its pytorch_model.bin, or a .gguf file) instead."
        )
    raise WorkbenchError(
        f"The folder {path} has a config.json but no weights: the file model.safetensors is missing."
    )


def sentencepiece_file(path: Path) -> Path | None:
    """The SentencePiece vocabulary of a folder that has no other; it has to be written anew once."""
    if any((path / name).is_file() for name in _PLAIN_VOCABULARIES):
        return None
    return next((path / name for name in SENTENCEPIECE if (path / name).is_file()), None)


def check_tokenizer(path: Path) -> None:
    """Refuse a folder without a vocabulary.

    Raises:
        WorkbenchError: it has none; what it needs.
    """
    if sentencepiece_file(path) is not None:
        return
    has = {name for name in _PLAIN_VOCABULARIES if (path / name).is_file()}
    if not has:
        raise WorkbenchError(
            f"The folder {path} has no tokenizer (tokenizer.json), so texts cannot be given to the "
            "model: copy the tokenizer's files into the folder."
        )
    if has == {"vocab.json"} and not (path / "merges.txt").is_file():
        raise WorkbenchError(
            f"The tokenizer in {path} is not whole: beside vocab.json there must be merges.txt (or "
            "a tokenizer.json). Copy it into the folder."
        )


def _single_file(path: Path) -> ModelFiles:
    if is_gguf(path):
        return ModelFiles(GGUF, (path,))
    raise WorkbenchError(
        f"{path} is a file, and not a GGUF file: give the folder that holds config.json and the "
        "weights, or a .gguf file."
    )


def _safetensors(path: Path) -> ModelFiles | None:
    index = path / "model.safetensors.index.json"
    if index.is_file():
        return ModelFiles(SAFETENSORS, _shards(path, index))
    single = path / "model.safetensors"
    found = [single] if single.is_file() else sorted(path.glob("*.safetensors"))
    return ModelFiles(SAFETENSORS, tuple(found)) if found else None


def _pickles(path: Path) -> ModelFiles | None:
    index, single = (path / f"{PICKLE_WEIGHTS}{end}" for end in (".bin.index.json", ".bin"))
    if index.is_file():
        return ModelFiles(PICKLE, _shards(path, index))
    return ModelFiles(PICKLE, (single,)) if single.is_file() else None


def _gguf_inside(path: Path) -> ModelFiles | None:
    found = sorted(path.glob("*.gguf"))
    if len(found) > 1:
        names = ", ".join(file.name for file in found[:4])
        raise WorkbenchError(
            f"The folder {path} holds {len(found)} GGUF files ({names}): add the one that you want "
            "by its own path."
        )
    return _single_file(found[0]) if found else None


def _shards(path: Path, index: Path) -> tuple[Path, ...]:
    try:
        names = sorted(set(json.loads(index.read_text("utf-8"))["weight_map"].values()))
        inside = bool(names) and all(Path(name).name == name for name in names)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        inside = False
    if not inside:
        raise WorkbenchError(
            f"The file {index} is damaged (it does not list the weights): download the model again."
        )
    missing = [name for name in names if not (path / name).is_file()]
    if missing:
        raise WorkbenchError(
            f"The model in {path} is not whole: {len(missing)} of its {len(names)} weight files are "
            f"missing (first {missing[0]}). Download it again."
        )
    return tuple(path / name for name in names)


def wanted_files(hub_id: str, paths: Iterable[str]) -> list[str]:
    """Which files of a repository make the model: its weights in one form, and what describes it.

    Where it has safetensors nothing else is taken of its weights, and of several sets of them the one
    that transformers reads.

    Raises:
        WorkbenchError: it has no weights that can be read here.
    """
    names = [path for path in paths if "/" not in path]
    weights = _weights_of(names)
    if not weights and any(name.endswith(".gguf") for name in names):
        raise WorkbenchError(
            f"'{hub_id}' has GGUF files only, one for each way of packing: download the one that "
            "you want, and add it as a file on this computer."
        )
    if not weights:
        raise WorkbenchError(
            f"'{hub_id}' has no weights that can be read here (safetensors or pytorch_model.bin): "
            "choose another model."
        )
    about = [n for n in names if n.endswith(_ABOUT) or n.startswith("LICENSE")]
    return sorted({*weights, *about, *({POOLING} & {*paths})})


def _weights_of(names: Sequence[str]) -> list[str]:
    """The files of weights among these: safetensors, else what torch pickled."""
    safe = [name for name in names if name.endswith(".safetensors")]
    if f"{_SAFE}.index.json" in names:
        safe = [name for name in safe if name.startswith("model-")] or safe
    elif _SAFE in names:
        safe = [_SAFE]
    return safe or [n for n in names if n.startswith(PICKLE_WEIGHTS) and n.endswith(".bin")]


def is_weights(path: str) -> bool:
    """Whether a file that is wanted is one of weights."""
    return path.endswith((".safetensors", ".bin"))


def part_of(target: Path) -> Path:
    """Where a model lies that is on its way to the folder `target`."""
    return target.with_name(f".{target.name}.part")
