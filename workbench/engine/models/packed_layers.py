"""Which layers of a model are packed into 4 or 8 bits, and which cannot be.

transformers packs layers of torch's own class alone. A layer of a class of its own that computes
the same (Falcon's) is made one of those first; what only sees or hears is left as it is.
"""

import contextlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from bitsandbytes.nn.modules import Linear4bit, Linear8bitLt
from torch import nn
from transformers import integrations as _integrations
from transformers.pytorch_utils import Conv1D

from workbench.core.words import plural, short_count
from workbench.jobs.process.report import Report
from workbench.models.model_types import type_facts

integrations: Any = _integrations


@dataclass(frozen=True)
class Packed:
    """How much of a language model is in few bits."""

    layers: int
    of_layers: int
    parameters: int
    of_parameters: int
    """Numbers in its layers, head and embeddings left out."""

    @property
    def sentence(self) -> str:
        """What is to be said of it."""
        if not self.layers:
            return "None of its layers can be packed: it trains in 16 bits."
        rest = self.of_parameters - self.parameters
        if rest * 50 <= self.of_parameters:
            return f"{plural(self.layers, 'layer')} of {self.of_layers} in 4 bits."
        return (
            f"{plural(self.layers, 'layer')} of {self.of_layers} in 4 bits; the others "
            f"({short_count(rest)} of {short_count(self.of_parameters)} parameters) train in 16 bits."
        )


def count_packed(model: nn.Module) -> Packed:
    """How many of the language model's layers are packed, and of how many."""
    head = _head(model)
    found = [
        layer
        for module in text_model(model).modules()
        if module is not head
        for layer in _layers(module)
    ]
    packed = [size for is_packed, size in found if is_packed]
    return Packed(len(packed), len(found), sum(packed), sum(size for _, size in found))


def packable_layers(model: nn.Module) -> list[Any]:
    """Those of the language model's layers that loading in 4 bits packs."""
    head, config = _head(model), getattr(model, "config", None)
    left = type_facts(str(config.get_text_config().model_type)).not_packed if config else ()
    return [
        module
        for path, module in text_model(model).named_modules()
        if isinstance(module, nn.Linear | Conv1D)
        and module is not head
        and path.rsplit(".", 1)[-1] not in left
    ]


def report_packing(report: Report, model: nn.Module, quantization: str) -> None:
    """Say how many layers are in 4 bits, where the recipe promises that."""
    if quantization == "nf4":
        report.log(count_packed(model).sentence)


def count_parameters(model: nn.Module) -> int:
    """How many numbers a model has; a tensor of 4 bits says half of them."""
    packed = [m for m in model.modules() if isinstance(m, Linear4bit)]
    own = {id(module.weight) for module in packed}
    plain = sum(weight.numel() for weight in model.parameters() if id(weight) not in own)
    return plain + sum(module.in_features * module.out_features for module in packed)


def _layers(module: Any) -> Iterator[tuple[bool, int]]:
    """Whether it is packed, and its numbers, of each layer that a module is by itself."""
    if isinstance(module, Linear4bit | Linear8bitLt):
        yield True, module.in_features * module.out_features
    elif isinstance(module, nn.Linear | Conv1D):
        yield False, module.weight.numel()
    else:
        for weight in _experts(module):
            yield False, weight.numel()


def misshapen(model: nn.Module) -> list[str]:
    """Names of 4-bit weights of another shape than their layer, which transformers lets pass."""
    return [
        f"{path}.weight"
        for path, module in model.named_modules()
        if isinstance(module, Linear4bit)
        and (state := getattr(module.weight, "quant_state", None)) is not None
        and tuple(state.shape) != (module.out_features, module.in_features)
    ]


def has_merged_experts(model: nn.Module) -> bool:
    """Whether one weight holds a layer of all experts, which is neither packed nor adapted."""
    return any(True for module in model.modules() for _ in _experts(module))


def _experts(module: nn.Module) -> Iterator[nn.Parameter]:
    if not isinstance(module, nn.modules.conv._ConvNd):
        yield from (weight for weight in module.parameters(recurse=False) if weight.ndim == 3)


def text_model(model: Any) -> nn.Module:
    """The part that reads and writes text, of a model that may see or hear as well."""
    config = getattr(model, "config", None)
    text = config.get_text_config() if config is not None else None
    if text is None or text is config:
        return model  # type: ignore[no-any-return]
    for module in model.modules():
        if getattr(module, "config", None) is text:
            return module  # type: ignore[no-any-return]
    return model  # type: ignore[no-any-return]


@contextlib.contextmanager
def packing_all() -> Iterator[None]:
    """While a model is loaded: pack layers of classes of their own, too, and of text alone."""
    usual = integrations.replace_with_bnb_linear

    def replace(model: Any, modules_to_not_convert: Any = None, **values: Any) -> Any:
        left = [*(modules_to_not_convert or ()), *_other_senses(model)]
        left += type_facts(str(model.config.get_text_config().model_type)).not_packed
        if not values.get("pre_quantized"):
            _make_plain(model)
        return usual(model, modules_to_not_convert=left, **values)

    integrations.replace_with_bnb_linear = replace
    try:
        yield
    finally:
        integrations.replace_with_bnb_linear = usual


def _other_senses(model: Any) -> list[str]:
    """Paths of the linear layers outside of the language model."""
    text = text_model(model)
    if text is model:
        return []
    own = set(map(id, text.modules()))
    return [
        path
        for path, module in model.named_modules()
        if isinstance(module, nn.Linear) and id(module) not in own
    ]


def _make_plain(model: nn.Module) -> None:
    """Put torch's own linear layer in the place of one that computes the same."""
    alike: dict[type[nn.Module], bool] = {nn.Linear: False}
    for path, module in list(model.named_modules()):
        kind = type(module)
        if isinstance(module, nn.Linear) and alike.setdefault(kind, _is_linear(kind)):
            with torch.device("meta"):
                plain = nn.Linear(
                    module.in_features, module.out_features, module.bias is not None,
                    dtype=module.weight.dtype,
                )  # fmt: skip
            model.set_submodule(path, plain)


def _is_linear(kind: type[nn.Linear]) -> bool:
    """Whether a class computes what torch's linear layer does: tried on a few numbers."""
    try:
        with torch.device("cpu"), torch.inference_mode():
            one = kind(6, 4, bias=True, dtype=torch.float32)
            x, w, b = (_numbers(*sides) for sides in ((3, 6), (4, 6), (4,)))
            one.load_state_dict({"weight": w, "bias": b})
            return torch.allclose(one(x), nn.functional.linear(x, w, b), atol=1e-5)
    except Exception:  # a class that is made otherwise is not taken for one
        return False


def _numbers(*sides: int) -> torch.Tensor:
    return torch.sin(torch.arange(1, math.prod(sides) + 1, dtype=torch.float32)).reshape(sides)


def _head(model: Any) -> nn.Module | None:
    head: nn.Module | None = getattr(model, "get_output_embeddings", lambda: None)()
    return head
