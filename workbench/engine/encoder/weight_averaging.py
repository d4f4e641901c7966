"""Between the start and the end of tuning: weights mixed from both.

A tuned encoder answers its categories best, but is over-sure and forgets some of what it knew.
Weights part of the way from the start to the end are better than either, at no cost when used
(WiSE-FT: Wortsman et al. 2022, "Robust fine-tuning of zero-shot models", arXiv 2109.01903).
"""

import contextlib
from collections.abc import Iterator

import torch
from torch import nn

Weights = dict[str, torch.Tensor]


def trained(model: nn.Module) -> dict[str, nn.Parameter]:
    """The weights that training changes."""
    return {name: p for name, p in model.named_parameters() if p.requires_grad}


class WeightAverage:
    """The trained weights as they were before tuning, to be averaged with those after it."""

    def __init__(self, model: nn.Module) -> None:
        self._values: Weights = _copy(trained(model))

    @torch.no_grad()
    def blend(self, model: nn.Module, alpha: float) -> None:
        """Change the model to its start plus `alpha` of what tuning changed.

        LoRA adds the product of two matrices, of which the second starts at zero: mixing only
        that one mixes the product.
        """
        for name, parameter in trained(model).items():
            if "lora_A" not in name:
                parameter.lerp_(self._values[name], 1.0 - alpha)

    def restore(self, model: nn.Module) -> None:
        """Set every trained weight to what it was, to the bit."""
        load(model, self._values)

    @contextlib.contextmanager
    def blended(self, model: nn.Module, alpha: float) -> Iterator[None]:
        """The same inside of the block only; afterwards every weight is what it was, to the bit."""
        now = _copy(trained(model))
        self.blend(model, alpha)
        try:
            yield
        finally:
            load(model, now)


@torch.no_grad()
def load(model: nn.Module, weights: Weights) -> None:
    """Set trained weights."""
    for name, parameter in trained(model).items():
        parameter.copy_(weights[name])


def _copy(parameters: dict[str, nn.Parameter]) -> Weights:
    return {name: p.detach().clone() for name, p in parameters.items()}
