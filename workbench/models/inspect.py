"""What a folder with a model says about itself: read from its files, without loading it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.templates.chat_template import ChatTemplate
from workbench.models.architectures import (
    family_of,
    knows_type,
    type_of_architecture,
    type_of_gguf,
)
from workbench.models.formats import (
    GGUF,
    PICKLE,
    ModelFiles,
    check_tokenizer,
    model_files,
    sentencepiece_file,
)
from workbench.models.gguf_header import read_gguf_header
from workbench.models.model_types import text_config
from workbench.models.weights_header import parameters_in

_CONTEXT = ("max_position_embeddings", "max_encoder_position_embeddings", "n_positions",
            "max_seq_len", "seq_length")  # fmt: skip
_LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
_ENCODER_LAYERS = ("encoder_layers", "num_encoder_layers")
_DECODER_LAYERS = ("decoder_layers", "num_decoder_layers")
NO_LIMIT = -1
"""What some models say of their context when it has no end."""
_LARGEST_NUMBER = 10**9
"""No model has more layers, units, words or tokens of context."""
PICKLED = (
    "Its weights are in {}, a kind of file that can run programs when it is opened. They are read "
    "once by a reader that runs none, and kept as safetensors."
)


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
    model_type: str = ""
    """What transformers calls models of its kind."""
    conversions: tuple[str, ...] = ()
    """What has to be written anew before the model can be used, and why; a sentence each."""

    def as_dict(self) -> dict[str, Any]:
        """The facts that a catalogue entry keeps."""
        values = {name: value for name, value in vars(self).items() if name != "family"}
        return {**values, "conversions": list(self.conversions)}


def inspect_folder(path: Path) -> FolderFacts:
    """The facts about the model in a folder, or in a GGUF file.

    Raises:
        WorkbenchError: there is nothing, or no model that can be trained here.
    """
    if not path.exists():
        raise WorkbenchError(
            f"The folder {path} does not exist: give the folder that holds config.json and the "
            "weights, or a .gguf file."
        )
    has_config = (path / "config.json").is_file()
    if path.is_file() or (not has_config and any(path.glob("*.gguf"))):
        return _gguf_facts(model_files(path))
    config = read_config(path)
    files = model_files(path)
    if files.form == GGUF:
        return _gguf_facts(files)
    check_tokenizer(path)
    refuse_programs(str(path), config)
    ChatTemplate.load(path, path.name)
    return replace(
        facts_of(
            config,
            parameters=_parameters(files, config),
            size_bytes=files.size_bytes,
            licence=_licence(path / "README.md"),
        ),
        conversions=tuple(_conversions(path, files, config)),
    )


def _conversions(path: Path, files: ModelFiles, config: Mapping[str, Any]) -> Iterator[str]:
    if files.form == PICKLE:
        yield PICKLED.format(files.weights[0].name)
    if found := sentencepiece_file(path):
        yield f"Its tokenizer, {found.name}, is written once as tokenizer.json."
    if not config.get("model_type"):
        yield (
            f"Its config.json names no type of model: '{type_of_architecture(_architecture(config))}' "
            f"is taken from its architecture, {_architecture(config)}."
        )


def _gguf_facts(files: ModelFiles) -> FolderFacts:
    header = read_gguf_header(files.weights[0])
    model_type = type_of_gguf(header.architecture)
    licence = header.values.get("general.license")
    return FolderFacts(
        model_type=model_type,
        family=family_of(model_type, ""),
        architecture=header.architecture,
        parameters=header.parameters,
        size_bytes=header.parameters * 2,
        context_length=header.number("context_length") or None,
        hidden_size=header.number("embedding_length"),
        layers=header.number("block_count"),
        vocab_size=int(header.values.get("tokenizer.ggml.tokens") or 0),
        licence=licence if isinstance(licence, str) else "",
        conversions=(
            f"Its weights are packed in {files.weights[0].name}. They are unpacked once to 16 bits, "
            "since packed ones of this kind cannot be trained.",
        ),
    )


def _parameters(files: ModelFiles, config: Mapping[str, Any]) -> int:
    """How many numbers; of pickles, whose headers are not read here, told from their size."""
    if files.form == PICKLE:
        kept = str(config.get("dtype") or config.get("torch_dtype") or "float32")
        return files.size_bytes // (2 if "16" in kept else 4)
    return sum(map(parameters_in, files.weights))


def refuse_programs(where: str, config: Mapping[str, Any]) -> None:
    """A model that transformers knows is loaded by its code, whatever programs lie beside it.

    Raises:
        WorkbenchError: it needs a program of its own, or is packed in a way that nobody trains.
    """
    own = config.get("auto_map")
    model_type = str(config.get("model_type") or "")
    if own and not (model_type and knows_type(model_type)):
        named = str(next(iter(own.values()), "")) if isinstance(own, dict) else ""
        program = named.split("--")[-1].split(".")[0]
        raise WorkbenchError(
            f"The model in {where} needs a program of its own"
            f"{f' ({program}.py)' if program else ''}, as its config.json says under auto_map. "
            "Programs that come with a model are never run here: choose another model."
        )
    packed = config.get("quantization_config")
    method = str(packed.get("quant_method") or "bitsandbytes") if isinstance(packed, dict) else ""
    if method and method != "bitsandbytes":
        raise WorkbenchError(
            f"The weights in {where} are packed by '{method}', which cannot be trained here: get the "
            "model as it was before it was packed."
        )


def facts_of(
    config: dict[str, Any], *, parameters: int, size_bytes: int, licence: str
) -> FolderFacts:
    """The facts that follow from a config.json and the weights' sizes.

    Raises:
        WorkbenchError: a model of this type cannot be trained here.
    """
    architecture = _architecture(config)
    model_type = str(config.get("model_type") or "") or type_of_architecture(architecture)
    family = family_of(model_type, architecture)
    text = text_config(config)
    context = _first(text, *_CONTEXT)
    return FolderFacts(
        family=family,
        model_type=model_type,
        architecture=architecture,
        parameters=parameters,
        size_bytes=size_bytes,
        context_length=context or None,
        hidden_size=_first(text, "hidden_size", "d_model", "n_embd", "dim"),
        layers=_layers(text),
        vocab_size=_first(text, "vocab_size"),
        licence=licence,
    )


def _architecture(config: Mapping[str, Any]) -> str:
    named = config.get("architectures") or [""]
    if not isinstance(named, list) or not isinstance(named[0], str):
        raise _odd("architectures", named)
    return named[0]


def _layers(config: Mapping[str, Any]) -> int:
    """All of them: those of the decoder as well, where it is one of two halves."""
    if not config.get("is_encoder_decoder"):
        return _first(config, *_LAYERS)
    own = _first(config, *_ENCODER_LAYERS, *_LAYERS)
    return own + (_first(config, *_DECODER_LAYERS) or own)


def _first(config: Mapping[str, Any], *names: str) -> int:
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
    if not isinstance(config, dict) or not (
        config.get("model_type") or config.get("architectures")
    ):
        if (path / "adapter_config.json").is_file():
            raise WorkbenchError(
                f"The folder {path} holds only an adapter, not a whole model: "
                "give the folder of its base model."
            )
        raise WorkbenchError(f"The file {file} names no model type: choose another model.")
    return config


def _licence(readme: Path) -> str:
    """The licence that a model card names in its first lines; empty when it does not."""
    if not readme.is_file():
        return ""
    with readme.open(encoding="utf-8", errors="replace") as handle:
        for _, line in zip(range(60), handle, strict=False):
            if line.startswith("license:"):
                return line.removeprefix("license:").strip().strip("\"'")
    return ""
