"""Products of a small model with its frozen weights, in several ways: milliseconds for all layers.

    python scripts/serving/bench_products.py

Rows are tokens that are computed together. All ways take turns.
"""

import time
from collections.abc import Callable
from typing import Any

import torch

SIZE, INNER, VOCABULARY, LAYERS = 576, 1536, 49_152, 30
SHAPES = ((960, SIZE), (SIZE, SIZE), (INNER, SIZE), (INNER, SIZE), (SIZE, INNER))
ROWS = (1, 2, 8, 16)
ROUNDS = 6

Product = Callable[[torch.Tensor], torch.Tensor]
mkldnn: Any = torch.ops.mkldnn
onednn: Any = torch.ops.onednn


def bfloat16(weight: torch.Tensor) -> Product:
    weight = weight.bfloat16()
    return lambda x: torch.nn.functional.linear(x, weight)


def packed(weight: torch.Tensor) -> Product:
    made = mkldnn._reorder_linear_weight(weight.bfloat16(), 16)
    return lambda x: mkldnn._linear_pointwise(x, made, None, "none", [], "")  # type: ignore[no-any-return]


def eight_bits(weight: torch.Tensor) -> Product:
    scale, whole = _rounded(weight)
    return lambda x: torch._weight_int8pack_mm(x, whole, scale.bfloat16())


def eight_bits_both(weight: torch.Tensor) -> Product:
    """What goes in is in eight bits as well; rounding it is not counted."""
    scale, whole = _rounded(weight)
    made = onednn.qlinear_prepack(whole, [16, weight.shape[1]])
    zero = torch.zeros(len(weight), dtype=torch.int64)

    def product(x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = onednn.qlinear_pointwise(
            x, 1.0, 128, made, scale, zero, None, 1.0, 0, torch.float32, "none", [], ""
        )
        return found

    return product


def _rounded(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    scale = weight.abs().amax(1) / 127
    return scale, (weight / scale[:, None]).round().to(torch.int8)


WAYS = {
    "bfloat16, as torch has it": (bfloat16, torch.bfloat16),
    "bfloat16, packed": (packed, torch.bfloat16),
    "8-bit weights": (eight_bits, torch.bfloat16),
    "8-bit weights and inputs": (eight_bits_both, torch.uint8),
}


@torch.inference_mode()
def main() -> None:
    shapes = [*SHAPES * LAYERS, (VOCABULARY, SIZE)]
    best: dict[tuple[str, int], float] = {}
    made = {}
    for name, (make, _) in WAYS.items():
        torch.manual_seed(0)
        made[name] = [(make(torch.randn(out, size) * 0.05), size) for out, size in shapes]
    for _ in range(ROUNDS):
        for name, (_, dtype) in WAYS.items():
            for rows in ROWS:
                given = {size: (torch.rand(rows, size) * 255).to(dtype) for size in (SIZE, INNER)}
                begun = time.perf_counter()
                for product, size in made[name]:
                    product(given[size])
                taken = (time.perf_counter() - begun) * 1000
                best[name, rows] = min(best.get((name, rows), taken), taken)
    print(f"{'ms for all products; rows:':28}", *(f"{rows:>7}" for rows in ROWS))
    for name in WAYS:
        print(f"{name:28}", *(f"{best[name, rows]:7.1f}" for rows in ROWS))


if __name__ == "__main__":
    main()
