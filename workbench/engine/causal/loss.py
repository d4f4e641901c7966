"""How wrong a causal model is about what it should write: cross-entropy over learned tokens."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from workbench.engine.runtime import device
from workbench.engine.runtime.precision import precision

IGNORED = -100
LOGITS_AT_ONCE = 2**24
"""Numbers in one block of logits (64 MB as float32); more are computed block by block."""

Batch = Mapping[str, torch.Tensor]
BatchLoss = Callable[[Batch], tuple[torch.Tensor, int]]
"""Sum of the losses and number of the learned tokens of a batch."""


class AnswerLoss:
    """The loss of a model over the learned tokens of a batch.

    The product with the vocabulary is the dearest step of a small model, so it is done only
    where a token is learned: `head(hidden[learned])`. Some architectures do more than that with
    hidden states or logits (scale them, cap them); whether the short way gives the very same
    numbers is tried once, on the model itself, and if it does not the model's own forward pass
    is taken.
    """

    def __init__(self, model: Any) -> None:
        base = model.get_base_model() if hasattr(model, "get_base_model") else model
        self.base = base
        self.decoder, self.head = base.base_model, base.get_output_embeddings()
        self.short = _gives_the_same(base, self.decoder, self.head)

    def __call__(self, batch: Batch) -> tuple[torch.Tensor, int]:
        """Sum of the losses and number of the learned tokens.

        Args:
            batch: input_ids, attention_mask and labels, each (rows, tokens); labels are token
                ids, `IGNORED` where nothing is learned. With position_ids a row holds several
                texts, of which none sees another (see `documents.packing`).
        """
        targets = batch["labels"][:, 1:]
        learned = targets != IGNORED
        targets = targets[learned]
        with precision():
            if self.short:
                hidden = self.decoder(**inputs_of(batch)).last_hidden_state[:, :-1][learned]
                return _summed(self.head, hidden, targets), targets.numel()
            logits = self.base(**inputs_of(batch)).logits[:, :-1][learned]
            return _loss(logits, targets), targets.numel()

    @torch.no_grad()
    def by_row(self, batch: Batch) -> torch.Tensor:
        """The sum of the losses of each row, float64 (rows,)."""
        targets = batch["labels"][:, 1:]
        learned = targets != IGNORED
        row = learned.nonzero()[:, 0]
        sums = torch.zeros(len(targets), dtype=torch.float64, device=targets.device)
        with precision():
            if self.short:
                found = self.decoder(**inputs_of(batch)).last_hidden_state[:, :-1][learned]
                head, words = self.head, weight_of(self.head).shape[0]
            else:
                found = self.base(**inputs_of(batch)).logits[:, :-1][learned]
                head, words = torch.nn.Identity(), found.shape[-1]
            size = max(1, LOGITS_AT_ONCE // words)
            parts = (values.split(size) for values in (found, targets[learned], row))
            for part, answers, own in zip(*parts, strict=True):
                wrong = cross_entropy(head(part).float(), answers, reduction="none")
                sums.index_add_(0, own, wrong.double())
        return sums


def inputs_of(batch: Batch) -> dict[str, Any]:
    """What of a batch a model reads."""
    if "position_ids" in batch:  # several texts a row: the mask is made of their positions alone
        return {
            "input_ids": batch["input_ids"],
            "position_ids": batch["position_ids"],
            "use_cache": False,
        }
    return {
        "input_ids": batch["input_ids"],
        "attention_mask": batch["attention_mask"],
        "use_cache": False,
    }


def _summed(head: torch.nn.Module, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    trained = any(weight.requires_grad for weight in head.parameters())
    if torch.is_grad_enabled() and trained:
        return _loss(head(hidden), targets)
    loss: torch.Tensor = _FrozenHead.apply(hidden, targets, head)  # type: ignore[no-untyped-call]
    return loss


def weight_of(head: torch.nn.Module) -> torch.Tensor:
    """The matrix of a head (words, hidden)."""
    weight = head.weight
    assert isinstance(weight, torch.Tensor)
    return weight


class _FrozenHead(torch.autograd.Function):
    """The loss through a head that is not trained, block by block.

    The gradient of a block is taken at once, so the logits of one block only are ever held; they
    would be the largest tensors of the whole step (compare Hsu et al. 2024, "Liger Kernel").
    """

    @staticmethod
    def forward(
        ctx: Any, hidden: torch.Tensor, targets: torch.Tensor, head: torch.nn.Module
    ) -> torch.Tensor:
        rows = max(1, LOGITS_AT_ONCE // weight_of(head).shape[0])
        wanted = ctx.needs_input_grad[0]
        total = torch.zeros((), device=hidden.device)
        gradients = []
        for part, answer in zip(hidden.split(rows), targets.split(rows), strict=True):
            with torch.set_grad_enabled(wanted):
                part = part.detach().requires_grad_(wanted)
                loss = _loss(head(part), answer)
            total += loss.detach()
            if wanted:
                gradients += torch.autograd.grad(loss, part)
        if wanted:
            ctx.save_for_backward(torch.cat(gradients))
        return total

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient * grad.to(gradient.dtype), None, None


def _loss(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return cross_entropy(logits.float(), targets, reduction="sum")


@torch.no_grad()
def _gives_the_same(base: Any, decoder: Any, head: Any) -> bool:
    if decoder is base or not isinstance(head, torch.nn.Module) or not hasattr(head, "weight"):
        return False
    was_training = base.training
    base.eval()
    ids = torch.arange(8, device=device.device())[None] % base.config.get_text_config().vocab_size
    try:
        with precision():
            hidden = decoder(input_ids=ids, use_cache=False).last_hidden_state
            whole = base(input_ids=ids, use_cache=False).logits
            return hidden.shape[-1] == weight_of(head).shape[-1] and torch.equal(
                head(hidden), whole
            )
    finally:
        base.train(was_training)


@torch.no_grad()
def mean_loss(loss: BatchLoss, batches: Iterable[Batch], tick: Callable[[], None]) -> float:
    """Mean loss over all learned tokens; the model must be in evaluation mode.

    Args:
        tick: called before each batch; may raise to leave.
    """
    total, count = 0.0, 0
    for batch in batches:
        tick()
        summed, tokens = loss(to_device(batch))
        total, count = total + summed.item(), count + tokens
    return total / max(1, count)


def to_device(batch: Batch) -> dict[str, torch.Tensor]:
    """The batch where the model is."""
    return {name: value.to(device.device()) for name, value in batch.items()}
