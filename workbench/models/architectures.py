"""Which kinds of models the installed transformers can load, read without importing it.

The answer comes from the library's own tables (`models/auto/modeling_auto.py`), which are read
as text: importing the library would bring torch into processes that must stay small.
"""

import ast
import functools
import importlib.util
from collections.abc import Iterator
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.models.families import CAUSAL, ENCODER, FAMILIES, SEQ2SEQ

_TABLES = {family.table: family.name for family in FAMILIES.values()}
_DECODERS = ("ForCausalLM", "LMHeadModel")
"""How the names of architectures end that write without an encoder."""


def family_of(model_type: str, architecture: str) -> str:
    """What a model can be taught, from the `model_type` and `architectures` of its config.json.

    causal: writes text. encoder: reads text. seq2seq: rewrites text; what has both an encoder and
    a decoder is that, unless its architecture is the decoder alone.

    Raises:
        WorkbenchError: the installed transformers has no code for it, it is no text model, or it
            is an encoder-decoder of a type that cannot be trained here.
    """
    kinds = {kind for kind, types in _types().items() if model_type in types}
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


@functools.cache
def _types() -> dict[str, frozenset[str]]:
    spec = importlib.util.find_spec("transformers")
    if spec is None or not spec.submodule_search_locations:
        raise WorkbenchError("The library transformers is not installed: run `make setup`.")
    path = Path(spec.submodule_search_locations[0]) / "models" / "auto" / "modeling_auto.py"
    tree = ast.parse(path.read_text("utf-8"))
    return {kind: frozenset(types) for kind, types in _tables(tree)}


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
