"""Which kinds of models the installed transformers can load, read without importing it.

The answer comes from the library's own tables (`models/auto/modeling_auto.py`), which are read
as text: importing the library would bring torch into processes that must stay small.
"""

import ast
import functools
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.models.families import CAUSAL, ENCODER, FAMILIES, SEQ2SEQ
from workbench.models.model_types import sees

_TABLES = {family.table: family.name for family in FAMILIES.values()}
_DECODERS = ("ForCausalLM", "LMHeadModel")
"""How the names of architectures end that write without an encoder."""
_GGUF_TYPES = {
    "gemma3": "gemma3_text",
    "gemma4": "gemma4_text",
    "qwen2moe": "qwen2_moe",
    "qwen3moe": "qwen3_moe",
    "qwen35": "qwen3_5_text",
    "qwen35moe": "qwen3_5_moe_text",
    "t5encoder": "t5",
    "deci": "llama",
}
"""What transformers calls an architecture that llama.cpp calls otherwise."""


def family_of(model_type: str, architecture: str) -> str:
    """What a model can be taught, from the `model_type` and `architectures` of its config.json.

    causal: writes text. encoder: reads text. seq2seq: rewrites text; what has both an encoder and
    a decoder is that, unless its architecture is the decoder alone.

    Raises:
        WorkbenchError: the installed transformers has no code for it, it is no text model, or it
            is an encoder-decoder of a type that cannot be trained here.
    """
    kinds = {kind for kind, types in _types().items() if model_type in types}
    if not kinds and sees(model_type):
        return CAUSAL.name
    if not kinds:
        raise WorkbenchError(
            f"A model of the type '{model_type}' cannot be trained here: choose one that reads or "
            "writes text, such as Llama, Qwen, SmolLM, T5, BERT or MiniLM."
        )
    if SEQ2SEQ.name in kinds and not architecture.endswith(_DECODERS):
        return _rewriter(model_type)
    if ENCODER.name in kinds and not architecture.endswith(_DECODERS):
        return ENCODER.name
    return CAUSAL.name if CAUSAL.name in kinds else ENCODER.name


def _rewriter(model_type: str) -> str:
    if model_type not in (SEQ2SEQ.types or ()):
        raise WorkbenchError(
            f"An encoder-decoder of the type '{model_type}' cannot be trained here: choose another "
            "one, such as T5, Flan-T5, mT5, BART or Pegasus, or a model that writes text."
        )
    return SEQ2SEQ.name


def knows_type(model_type: str) -> bool:
    """Whether the installed transformers has code of its own for models of this type."""
    return sees(model_type) or any(model_type in types for types in _types().values())


def type_of_architecture(architecture: str) -> str:
    """The `model_type` of a config.json that names only its architecture, as older ones do.

    Raises:
        WorkbenchError: the architecture is none that transformers knows, or several types have it.
    """
    found = sorted(_types_by_class().get(architecture, frozenset()))
    known = [model_type for model_type in found if knows_type(model_type)]
    own = [t for t in known if architecture.lower().startswith(re.sub("[-_]", "", t))]
    if len(own or known) != 1:
        raise WorkbenchError(
            f"The model's config.json names no model_type, and its architecture "
            f"'{architecture or 'nothing'}' does not tell it: get the model's newest files, or "
            "choose another model."
        )
    return (own or known)[0]


def type_of_gguf(architecture: str) -> str:
    """The `model_type` of a GGUF file of this architecture.

    Raises:
        WorkbenchError: transformers cannot read such files.
    """
    named = architecture.replace("-", "_")
    named = _GGUF_TYPES.get(named, named)
    if not {architecture, architecture.replace("-", "_"), named} & _gguf_architectures():
        raise WorkbenchError(
            f"GGUF files of the architecture '{architecture}' cannot be read here: get the model's "
            ".safetensors files instead."
        )
    return named


@functools.cache
def _types() -> dict[str, frozenset[str]]:
    tree = _source("models/auto/modeling_auto.py")
    return {kind: frozenset(types) for kind, types in _tables(tree)}


@functools.cache
def _types_by_class() -> dict[str, frozenset[str]]:
    """Name of a class of models → the types that have it, in any of the library's tables."""
    found: dict[str, set[str]] = {}
    for node in _source("models/auto/modeling_auto.py").body:
        if isinstance(node, ast.Assign) and _name(node).endswith("MAPPING_NAMES"):
            for model_type, classes in _pairs(node.value):
                for name in classes:
                    found.setdefault(name, set()).add(model_type)
    return {name: frozenset(types) for name, types in found.items()}


@functools.cache
def _gguf_architectures() -> frozenset[str]:
    """What the library's two readers of GGUF files know."""
    found: set[str] = set()
    for file, table in (
        ("integrations/ggml.py", "GGUF_CONFIG_MAPPING"),
        ("integrations/gguf/gguf_config_mapping.py", "GGUF_CONFIG_ARCHS"),
    ):
        for node in _source(file).body:
            if isinstance(node, ast.Assign) and _name(node) == table:
                assert isinstance(node.value, ast.Dict)
                keys = (key.value for key in node.value.keys if isinstance(key, ast.Constant))
                found |= {str(key) for key in keys}
    return frozenset(found - {"general", "tokenizer"})


@functools.cache
def _source(name: str) -> ast.Module:
    spec = importlib.util.find_spec("transformers")
    if spec is None or not spec.submodule_search_locations:
        raise WorkbenchError("The library transformers is not installed: run `make setup`.")
    return ast.parse((Path(spec.submodule_search_locations[0]) / name).read_text("utf-8"))


def _name(node: ast.Assign) -> str:
    return node.targets[0].id if isinstance(node.targets[0], ast.Name) else ""


def _pairs(node: ast.expr) -> Iterator[tuple[str, list[str]]]:
    """Type and names of classes in a table of pairs."""
    for child in ast.walk(node):
        if isinstance(child, ast.Tuple) and len(child.elts) == 2:
            first, second = child.elts
            if isinstance(first, ast.Constant):
                inner = [n.value for n in ast.walk(second) if isinstance(n, ast.Constant)]
                yield str(first.value), [str(name) for name in inner]


def _tables(tree: ast.Module) -> Iterator[tuple[str, set[str]]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            kind = _TABLES.get(node.targets[0].id)
            if kind:
                yield kind, set(_first_items(node.value))


def _first_items(node: ast.expr) -> Iterator[str]:
    for child in ast.walk(node):
        if isinstance(child, ast.Tuple) and child.elts and isinstance(child.elts[0], ast.Constant):
            yield str(child.elts[0].value)
