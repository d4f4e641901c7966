"""How likely a model finds each answer of a batch: something to learn from."""

from typing import Any

import torch
from torch.nn.functional import cross_entropy

from workbench.engine.causal.loss import (
    IGNORED,
    LOGITS_AT_ONCE,
    AnswerLoss,
    Batch,
    inputs_of,
    weight_of,
)
from workbench.engine.runtime.precision import precision


class AnswerLikelihood:
    """ln p of the learned tokens of each row, block by block where the head is not trained.

    `AnswerLoss` tells where the short way to the logits gives the very same numbers.
    """

    def __init__(self, model: Any) -> None:
        self._way = AnswerLoss(model)

    def __call__(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """ln p of each row, float32 (rows,), and its learned tokens (rows,).

        Args:
            batch: as of `AnswerLoss`.
        """
        targets = batch["labels"][:, 1:]
        learned = targets != IGNORED
        row = learned.nonzero()[:, 0]
        with precision():
            if self._way.short:
                hidden = self._way.decoder(**inputs_of(batch)).last_hidden_state[:, :-1][learned]
                wrong = self._losses(hidden, targets[learned])
            else:
                logits = self._way.base(**inputs_of(batch)).logits[:, :-1][learned]
                wrong = cross_entropy(logits.float(), targets[learned], reduction="none")
        sums = torch.zeros(len(targets), device=wrong.device).index_add(0, row, wrong)
        return -sums, learned.sum(1)

    def _losses(self, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        head = self._way.head
        if torch.is_grad_enabled() and any(weight.requires_grad for weight in head.parameters()):
            return cross_entropy(head(hidden).float(), targets, reduction="none")
        losses: torch.Tensor = _TokenLosses.apply(hidden, targets, head)  # type: ignore[no-untyped-call]
        return losses


class _TokenLosses(torch.autograd.Function):
    """The loss of each token through a head that is not trained.

    A token's loss depends on its own hidden state alone, so the gradient of a block's sum holds that of
    each, and the logits of one block only are ever held.
    """

    @staticmethod
    def forward(
        ctx: Any, hidden: torch.Tensor, targets: torch.Tensor, head: torch.nn.Module
    ) -> torch.Tensor:
        rows = max(1, LOGITS_AT_ONCE // weight_of(head).shape[0])
        wanted = ctx.needs_input_grad[0]
        losses, gradients = [torch.zeros(0, device=hidden.device)], [hidden[:0]]
        for part, answers in zip(hidden.split(rows), targets.split(rows), strict=True):
            with torch.set_grad_enabled(wanted):
                part = part.detach().requires_grad_(wanted)
                loss = cross_entropy(head(part).float(), answers, reduction="none")
            losses.append(loss.detach())
            if wanted:
                gradients += torch.autograd.grad(loss, part, torch.ones_like(loss))
        if wanted:
            ctx.save_for_backward(torch.cat(gradients))
        return torch.cat(losses)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient * grad[:, None].to(gradient.dtype), None, None
