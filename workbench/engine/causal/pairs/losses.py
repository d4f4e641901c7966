"""The losses by which a model learns which of two answers is better, as they were published.

DPO (Rafailov et al. 2023, arXiv:2305.18290, equation 7), with ln p of whole answers, π the model that
learns and ρ the model as it was before:

    -ln σ(β · [(ln π(better) - ln ρ(better)) - (ln π(worse) - ln ρ(worse))])

ORPO (Hong et al. 2024, arXiv:2403.07691, equations 6 and 7), which needs no ρ, with P = exp of the mean
ln p of an answer's tokens, and odds(P) = P / (1 - P):

    -mean ln p(better) - β · ln σ(ln odds(better) - ln odds(worse))

They are what trl's DPOTrainer (loss_type sigmoid) and ORPOTrainer compute; `tests` hold them to that.
"""

import torch
from torch.nn.functional import logsigmoid

CERTAIN = 1e-6
"""A mean ln p of nought has no odds; it is taken for this much less."""


def dpo(logps: torch.Tensor, reference: torch.Tensor, beta: float) -> torch.Tensor:
    """The loss of each pair (pairs,).

    Args:
        logps: ln p of each answer (2 · pairs,), the better of each pair, then its worse one.
        reference: the same of the model before.
        beta: how dear it is to move away from that model.
    """
    better, worse = apart(logps - reference)
    return -logsigmoid(beta * (better - worse))


def orpo(logps: torch.Tensor, tokens: torch.Tensor, beta: float) -> torch.Tensor:
    """The loss of each pair (pairs,).

    Args:
        logps: as for `dpo`.
        tokens: of each answer (2 · pairs,).
        beta: how much the odds count beside learning the better answers (λ in the paper).
    """
    better, worse = apart(logps / tokens.clamp(min=1))
    return -better - beta * logsigmoid(_log_odds(better) - _log_odds(worse))


def apart(values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Those of the better answers, and those of the worse ones.

    Of a part of a batch that has no worse one for its last, that one stands for it: nothing is learned
    there, only measured.
    """
    better, worse = values[0::2], values[1::2]
    return better, torch.cat([worse, better[len(worse) :]])


def _log_odds(mean: torch.Tensor) -> torch.Tensor:
    mean = mean.clamp(max=-CERTAIN)
    return mean - torch.log(-torch.expm1(mean))
