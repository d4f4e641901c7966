"""Attention of short sequences in float32, where a CPU's bfloat16 kernel is slow to differentiate.

torch's fused attention needs about 13 ms for the way back through one layer in bfloat16, however
short its sequences are; in float32 it needs a third of that at 144 tokens and as much at 384.
"""

from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from workbench.engine.runtime import device

NAME = "workbench_sdpa"
BIAS = "position_bias"
LONGEST = 384
"""Tokens of the longest sequence that is faster in float32."""


def use_best_attention(model: Any) -> None:
    """Let a model that would take torch's fused attention take this one, where it is faster."""
    on_cpu = device.device().type == "cpu"
    if on_cpu and device.dtype() == torch.bfloat16 and model.config._attn_implementation == "sdpa":
        model.set_attn_implementation(NAME)


def short_in_float32(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    **values: Any,
) -> tuple[torch.Tensor, None]:
    """transformers' `sdpa`; query, key and value are (rows, heads, tokens, size of a head)."""
    if not torch.is_grad_enabled() or query.shape[2] > LONGEST:
        return sdpa_attention_forward(module, query, key, value, attention_mask, **values)
    with torch.autocast(query.device.type, enabled=False):
        wide = (query.float(), key.float(), value.float())
        if BIAS in values:  # T5's distances, added as a mask is
            values[BIAS] = _wide(values[BIAS])
        out, weights = sdpa_attention_forward(module, *wide, _wide(attention_mask), **values)
    return out.to(query.dtype), weights


def _wide(added: torch.Tensor | None) -> torch.Tensor | None:
    """What is added to the products of queries and keys, as wide as they are."""
    return added.float() if added is not None and added.is_floating_point() else added


AttentionInterface.register(NAME, short_in_float32)
AttentionMaskInterface.register(NAME, sdpa_mask)
