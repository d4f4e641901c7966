"""Whether our loop computes what transformers does: asked of each model once it is loaded."""

from typing import Any

import torch

from workbench.engine.runtime.precision import precision
from workbench.engine.serving.engines.forward import Forward, Piece
from workbench.engine.serving.engines.kv_pool import KeyValues, Shape

TOKENS = 24
FAR = {torch.bfloat16: 0.1, torch.float32: 1e-3}
"""The error of all scores together, in shares of their spread. Rounding makes 0.01 to 0.03 in
bfloat16; a factor or a norm that was overlooked makes 0.3 and more."""


@torch.inference_mode()
def differs(model: Any, forward: Forward, shape: Shape) -> float:
    """How far the scores behind some tokens are from transformers', in shares of their spread."""
    count = model.config.vocab_size
    ids = (torch.arange(1, TOKENS + 1) * 7919 % count).tolist()
    with precision():
        wanted = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1].float()
    kv = KeyValues(shape, TOKENS)
    half = TOKENS // 2
    for start, part in ((0, ids[:half]), (half, ids[half:-1])):
        forward([Piece(part, start, kv, None)])
    found = forward([Piece(ids[-1:], TOKENS - 1, kv, None)])[0]
    spread = (wanted - wanted.mean()).norm()
    return float((found - wanted).norm() / spread.clamp(min=1e-9))


def is_far(difference: float, dtype: torch.dtype) -> bool:
    """Whether that is more than rounding."""
    return not difference <= FAR[dtype]
