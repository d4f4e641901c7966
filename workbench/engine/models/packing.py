"""How much of a model is really kept in few bits, counted on the loaded model itself."""

from dataclasses import dataclass
from typing import Any

from bitsandbytes.nn.modules import Linear4bit, Linear8bitLt
from torch import nn

from workbench.core.errors import WorkbenchError

_PACKED = {"nf4": Linear4bit, "int8": Linear8bitLt}
_BITS = {"nf4": 4, "int8": 8}
_WIDTHS = {2: "16 bits", 4: "32 bits"}


@dataclass(frozen=True)
class Packing:
    """What became of a model's linear layers but for its head."""

    bits: int
    packed: int
    """Layers in so many bits."""
    kept: tuple[str, ...]
    """Short names of those that stay as they are, each once; sorted."""
    kept_layers: int
    kept_bytes: int
    """Of one of their numbers."""

    @property
    def sentence(self) -> str:
        """The count in words: "In 4 bits: 48 of 60 layers; the others (wo) stay in 16 bits." """
        layers = self.packed + self.kept_layers
        if not self.kept:
            return f"In {self.bits} bits: all {layers} layers."
        width = _WIDTHS.get(self.kept_bytes, f"{8 * self.kept_bytes} bits")
        others = f"the others ({', '.join(self.kept)}) stay in {width}"
        return f"In {self.bits} bits: {self.packed} of {layers} layers; {others}."


def packing_of(model: Any, quantization: str) -> Packing | None:
    """The layers that `quantization` has packed; None where it packs none.

    Args:
        quantization: nf4, int8 or none, as the recipe has it.

    Raises:
        WorkbenchError: nothing is packed although the recipe says so.
    """
    kind = _PACKED.get(quantization)
    if kind is None:
        return None
    head = model.get_output_embeddings()
    linear = {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and module is not head
    }
    kept = {name: module for name, module in linear.items() if not isinstance(module, kind)}
    if len(kept) == len(linear):
        raise WorkbenchError(
            f"None of this model's layers can be kept in {_BITS[quantization]} bits: set 'Weights "
            "of the base model' to none, or choose another model."
        )
    return Packing(
        bits=_BITS[quantization],
        packed=len(linear) - len(kept),
        kept=tuple(sorted({name.rsplit(".", 1)[-1] for name in kept})),
        kept_layers=len(kept),
        kept_bytes=max((m.weight.element_size() for m in kept.values()), default=0),
    )
