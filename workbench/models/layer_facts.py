"""What a model's own layers say of the memory and the work of training it. No torch.

They are counted and traced once, when a model is added (`engine.models.anatomy`); what is not known
of a model is guessed from its size, as a plain Llama of that size would have it.
"""

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.jobs.process.contract import Contract

LORA, DROPOUT, FULL = "lora", "lora_dropout", "full"
"""Ways of training, which keep different things for the way back."""
ALL, ATTENTION = "all-linear", "attention"
TRACED_R = 16
"""The rank of the LoRA matrices in a trace."""
LONG = 384
"""Tokens of the longest example of which attention is computed in float32 (`engine.models.attention`)."""
ITEM_BYTES = {"bfloat16": 2, "float16": 2, "float32": 4}

Shape = tuple[float, float, float, float, float, float]
"""Bytes: fixed, per source and target token, per pair of source, of target, and of both tokens."""


@dataclass(frozen=True)
class LayerFacts(Contract):
    """Counts of numbers, and what is kept of an example for the way back."""

    packable: int
    """Numbers in the linear layers that can be packed into few bits."""
    other: int
    """Numbers in all else: embeddings, head, norms, merged experts."""
    layers: int
    hidden: int
    vocab: int
    widest: int
    """Numbers in the largest layer that can be packed."""
    inner: int
    """Numbers that the widest layer gives for a token, the head left out."""
    cache: int
    """Numbers kept of each token while a text is written."""
    targets: dict[str, Any] = field(default_factory=dict)
    """Layers that LoRA can be added to, by short name, all-linear and attention: how many, and
    the numbers that go in and come out of all of them together."""
    kept: dict[str, Any] = field(default_factory=dict)
    """Precision → way → the `Shape` up to `LONG` tokens, and beyond it."""
    whole_logits: bool = False
    """Whether the loss needs the model's own way from states to logits, for all tokens at once."""

    @property
    def parameters(self) -> int:
        """All its numbers."""
        return self.packable + self.other

    def adapted(self, target_modules: str) -> tuple[int, int]:
        """How many layers get LoRA matrices, and the numbers that go in and out of them."""
        found = self.targets.get(target_modules)
        if found is not None:
            return int(found[0]), int(found[1])
        named = [name.strip() for name in target_modules.split(",")]
        pairs = [self.targets[name] for name in named if name in self.targets]
        if not pairs:
            pairs = [self.targets.get(ALL, (0, 0))]
        return sum(int(p[0]) for p in pairs), sum(int(p[1]) for p in pairs)

    def kept_bytes(self, way: str, dtype: str, source: float, target: float = 0.0) -> float:
        """What one example keeps for the way back, with LoRA of rank `TRACED_R`.

        Args:
            source, target: its tokens; the target's for models that read and write apart.
        """
        short, long = self._shapes(way, dtype)
        near = _added_up(short, min(source, LONG), min(target, LONG))
        if max(source, target) <= LONG:
            return near
        return max(near, _added_up(long, source, target))  # that of shorter ones may keep more

    def fixed_bytes(self, way: str, dtype: str) -> float:
        """What is kept once, however many examples there are: weights in the products' precision."""
        return self._shapes(way, dtype)[0][0]

    def _shapes(self, way: str, dtype: str) -> tuple[Shape, Shape]:
        precision = "float32" if dtype == "float32" else "bfloat16"
        ways = self.kept[precision]
        short, long = ways.get(way) or ways[LORA]
        return short, long


def _added_up(shape: Shape, source: float, target: float) -> float:
    parts = (source, target, source**2, target**2, source * target)
    return sum(a * b for a, b in zip(shape[1:], parts, strict=True))


def read_facts(value: Any) -> LayerFacts | None:
    """Facts as `as_dict` wrote them; None where they are missing or not whole."""
    if not isinstance(value, Mapping):
        return None
    try:
        facts = LayerFacts.from_dict(value)
        if not {"bfloat16", "float32"} <= set(facts.kept):
            return None
        for dtype, ways in facts.kept.items():
            for way in {LORA, DROPOUT, *ways}:
                numbers = [*facts._shapes(way, dtype)[0], *facts._shapes(way, dtype)[1]]
                if len(numbers) != 12 or not all(map(_is_number, numbers)):
                    return None
        if not all(_is_number(n) for pair in facts.targets.values() for n in (pair[0], pair[1])):
            return None
    except (WorkbenchError, KeyError, IndexError, TypeError, ValueError):
        return None
    return facts


def _is_number(value: Any) -> bool:
    usual = isinstance(value, int | float) and not isinstance(value, bool)
    return usual and math.isfinite(value)


GUESSED_KEPT = {LORA: 50.0, DROPOUT: 75.0, FULL: 58.0}
"""Bytes per token, layer and hidden unit in 16 bits, of Llamas and BERTs that were traced."""
_IN_AND_OUT = 16.0
"""Numbers in and out of all linear layers of a block, in hidden sizes."""


@functools.lru_cache(maxsize=512)
def guessed(
    parameters: int, hidden: int, layers: int, vocab: int, *, pairs: bool = False
) -> LayerFacts:
    """Facts of a model of which only its size is known.

    Args:
        pairs: whether it reads one text and writes another.
    """
    embedding = min(parameters, vocab * hidden)
    body = max(0, parameters - embedding)
    reach = 1.0 if pairs else 0.0
    kept = {
        dtype: {
            way: [[0.0, per := share * hidden * layers * wide * (0.5 if pairs else 1.0),
                   reach * per, 0.0, 0.0, 0.0]] * 2
            for way, share in GUESSED_KEPT.items()
        }
        for dtype, wide in (("bfloat16", 1.0), ("float32", 1.6))
    }  # fmt: skip
    linears = 7 * layers
    return LayerFacts(
        packable=body,
        other=embedding,
        layers=layers,
        hidden=hidden,
        vocab=vocab,
        widest=body // max(1, linears) * 2,
        inner=4 * hidden,
        cache=layers * hidden,
        targets={
            ALL: [linears, int(_IN_AND_OUT * hidden * layers)],
            ATTENTION: [4 * layers, int(_IN_AND_OUT / 2 * hidden * layers)],
        },
        kept=kept,
        whole_logits=pairs,
    )
