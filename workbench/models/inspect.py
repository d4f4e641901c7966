"""What a folder with a model says about itself: read from its files, without loading it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core.chat_template import ChatTemplate
from workbench.core.errors import WorkbenchError
from workbench.models.architectures import family_of
from workbench.models.weights_header import parameters_in

_TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.txt", "vocab.json", "spiece.model")
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt")
_CONTEXT = ("max_position_embeddings", "max_encoder_position_embeddings", "n_positions",
            "max_seq_len", "seq_length")  # fmt: skip
_LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
_ENCODER_LAYERS = ("encoder_layers", "num_encoder_layers")
_DECODER_LAYERS = ("decoder_layers", "num_decoder_layers")
NO_LIMIT = -1
"""What some models say of their context when it has no end."""
_LARGEST_NUMBER = 10**9
"""No model has more layers, units, words or tokens of context."""


@dataclass(frozen=True)
class FolderFacts:
    """What is known about the model in a folder."""

    family: str
    architecture: str
    parameters: int
    size_bytes: int
    context_length: int | None
    hidden_size: int
    layers: int
    vocab_size: int
    licence: str

    def as_dict(self) -> dict[str, Any]:
        """The facts that a catalogue entry keeps."""
        return {name: value for name, value in vars(self).items() if name != "family"}


def inspect_folder(path: Path) -> FolderFacts:
    """The facts about the model in `path`.

    Raises:
        WorkbenchError: the folder is missing, or holds no model that can be trained here.
    """
    if not path.is_dir():
        there = "is a file" if path.exists() else "does not exist"
        raise WorkbenchError(
            f"The folder {path} {there}: give the folder that holds config.json and the weights."
        )
    config = read_config(path)
    weights = _weights(path)
    if not any((path / name).is_file() for name in _TOKENIZERS):
        raise WorkbenchError(
            f"The folder {path} has no tokenizer (tokenizer.json), so texts cannot be given to the "
            "model: copy the tokenizer's files into the folder."
        )
    ChatTemplate.load(path, path.name)
    return facts_of(
        config,
        parameters=sum(map(parameters_in, weights)),
        size_bytes=sum(file.stat().st_size for file in weights),
        licence=_licence(path / "README.md"),
    )


def facts_of(
    config: dict[str, Any], *, parameters: int, size_bytes: int, licence: str
) -> FolderFacts:
    """The facts that follow from a config.json and the weights' sizes.

    Raises:
        WorkbenchError: a model of this type cannot be trained here.
    """
    architecture = _architecture(config)
    model_type = str(config.get("model_type", ""))
    family = family_of(model_type, architecture)
    context = _first(config, *_CONTEXT)
    return FolderFacts(
        family=family,
        architecture=architecture,
        parameters=parameters,
        size_bytes=size_bytes,
        context_length=context or None,
        hidden_size=_first(config, "hidden_size", "d_model", "n_embd", "dim"),
        layers=_layers(config),
        vocab_size=_first(config, "vocab_size"),
        licence=licence,
    )


def _architecture(config: dict[str, Any]) -> str:
    named = config.get("architectures") or [""]
    if not isinstance(named, list) or not isinstance(named[0], str):
        raise _odd("architectures", named)
    return named[0]


def _layers(config: dict[str, Any]) -> int:
    """All of them: those of the decoder as well, where it is one of two halves."""
    if not config.get("is_encoder_decoder"):
        return _first(config, *_LAYERS)
    own = _first(config, *_ENCODER_LAYERS, *_LAYERS)
    return own + (_first(config, *_DECODER_LAYERS) or own)


def _first(config: dict[str, Any], *names: str) -> int:
    """The first of these numbers that the config has; 0 without any.

    Raises:
        WorkbenchError: it is none that a model can have.
    """
    for name in names:
        value = config.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            if value == NO_LIMIT:
                return 0
            if not 0 <= value <= _LARGEST_NUMBER or value != int(value):
                raise _odd(name, value)
            return int(value)
    return 0


def _odd(name: str, value: Any) -> WorkbenchError:
    return WorkbenchError(
        f"The model's config.json is damaged: its {name} is {value!r:.40}, which no model has. "
        "Download the model again, or choose another one."
    )


def read_config(path: Path) -> dict[str, Any]:
    """The content of the folder's config.json.

    Raises:
        WorkbenchError: there is none, or it is not one of a model.
    """
    file = path / "config.json"
    if not file.is_file():
        inside = sorted(child.parent.name for child in path.glob("*/config.json"))
        hint = f" (it is in the folder '{inside[0]}' inside)" if inside else ""
        raise WorkbenchError(
            f"The folder {path} holds no model: there is no config.json in it{hint}. "
            "Give the folder that was saved or downloaded with the model's weights."
        )
    try:
        config = json.loads(file.read_text("utf-8"))
    except (ValueError, RecursionError):
        raise WorkbenchError(
            f"The file {file} is damaged (it is not JSON): download the model again."
        ) from None
    if not isinstance(config, dict) or "model_type" not in config:
        if (path / "adapter_config.json").is_file():
            raise WorkbenchError(
                f"The folder {path} holds only an adapter, not a whole model: "
                "give the folder of its base model."
            )
        raise WorkbenchError(f"The file {file} names no model type: choose another model.")
    return config


def _weights(path: Path) -> list[Path]:
    index = path / "model.safetensors.index.json"
    if index.is_file():
        return _shards(path, index)
    single = path / "model.safetensors"
    found = [single] if single.is_file() else sorted(path.glob("*.safetensors"))
    if found:
        return found
    if any(any(path.glob(pattern)) for pattern in _PICKLES):
        raise WorkbenchError(
            f"The weights in {path} are in a pickle file, which could run any program when it is "
            "opened: get the model's .safetensors files instead."
        )
    raise WorkbenchError(
        f"The folder {path} has a config.json but no weights: the file model.safetensors is missing."
    )


def _shards(path: Path, index: Path) -> list[Path]:
    try:
        names = sorted(set(json.loads(index.read_text("utf-8"))["weight_map"].values()))
        inside = all(Path(name).name == name for name in names)
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
    return [path / name for name in names]


def _licence(readme: Path) -> str:
    """The licence that a model card names in its first lines; empty when it does not."""
    if not readme.is_file():
        return ""
    with readme.open(encoding="utf-8", errors="replace") as handle:
        for _, line in zip(range(60), handle, strict=False):
            if line.startswith("license:"):
                return line.removeprefix("license:").strip().strip("\"'")
    return ""
