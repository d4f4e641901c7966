"""Whether a model can read several texts in one row so that none sees another one: tried on itself."""

import logging
from typing import Any

import torch

from workbench.engine.runtime.precision import precision

logger = logging.getLogger(__name__)

SHORT = 5
"""Tokens of each of the two texts that are tried."""
NEAR = 0.05
"""How far the numbers of a text may lie from those that it has alone, of the largest of them: batches
of another shape are added up in another order."""


@torch.no_grad()
def can_pack(model: Any) -> bool:
    """Whether the second of two texts in a row is read as if it stood alone, whatever the first is.

    So it is with attention, whose mask transformers makes of positions that begin anew. Models that
    carry a state from token to token (Mamba, RWKV), or count positions by themselves, cannot.
    """
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    was_training = base.training
    base.eval()
    try:
        first, other, second = (_ids(base, begin) for begin in (2, 3 + SHORT, 4 + 2 * SHORT))
        places = torch.arange(SHORT, device=first.device)
        twice = torch.cat([places, places])[None]
        with precision():
            beside, beside_other = (
                _logits(base, torch.cat([one, second], 1), position_ids=twice)[:, SHORT:]
                for one in (first, other)
            )
            alone = _logits(base, second, position_ids=places[None])
    except (TypeError, ValueError, RuntimeError, IndexError):
        logger.info("The model takes no positions that begin anew", exc_info=True)
        return False
    finally:
        base.train(was_training)
    off = (beside - alone).abs().max()
    return torch.equal(beside, beside_other) and bool(off <= NEAR * alone.abs().max())


def _ids(model: Any, begin: int) -> torch.Tensor:
    words = model.config.get_text_config().vocab_size
    device = next(model.parameters()).device
    ids: torch.Tensor = torch.arange(begin, begin + SHORT, device=device) % words
    return ids[None]


def _logits(model: Any, ids: torch.Tensor, **values: torch.Tensor) -> torch.Tensor:
    found: torch.Tensor = model(input_ids=ids, use_cache=False, **values).logits.float()
    return found
