"""Contrastive tuning: texts of one category move together, those of others apart.

Supervised contrastive loss (Khosla et al. 2020, arXiv 2004.11362) on an encoder alone; the head is
fitted afterwards. From few examples that teaches more than the categories themselves do (SetFit:
Tunstall et al. 2022, arXiv 2209.11055), since each pair of texts is a lesson.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.data import Sampler

from workbench.core.recipe import Recipe
from workbench.engine.encoder.encoder import TOKENS_AT_ONCE, Classifier, Encoder
from workbench.engine.encoder.few.pairs import PairBatches
from workbench.engine.encoder.trainer import FEATURES, EncoderTrainer, Texts
from workbench.engine.encoder.windows import learned_tokens
from workbench.engine.encoding.encoded_rows import EncodedRows
from workbench.jobs.process.report import Report
from workbench.jobs.process.stop import Stop

TEMPERATURE = 0.1
"""Measured on BANKING77, CLINC150 and HWU64 with five examples a category."""
HIDDEN = 0.2
"""Share of a text's tokens that are not looked at, other ones each time, so that no single word is
learned by heart (on BANKING77 with five and ten examples a category, a point and more)."""
PARTS = 4
"""A batch goes through the encoder in so many parts of like length, to pad less."""


class ContrastiveTrainer(EncoderTrainer):
    """Tunes the encoder of a classifier; its head is left alone."""

    def __init__(
        self,
        report: Report,
        stop: Stop,
        recipe: Recipe,
        checkpoints: Path,
        model: Classifier,
        texts: Texts,
        pad_id: int,
    ) -> None:
        model.head.requires_grad_(False)
        self._labels = texts.labels
        nothing = Texts(EncodedRows.held([], FEATURES))
        super().__init__(report, stop, recipe, checkpoints, model, texts, nothing, pad_id)

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        return PairBatches(self._labels, self.args.seed)

    def _learned(
        self, model: nn.Module, batch: dict[str, torch.Tensor], items: Any = None
    ) -> torch.Tensor:
        window = self.classifier.encoder.window
        order, texts = in_parts(batch, window)
        texts = [
            part | {"attention_mask": partly_seen(part["attention_mask"], window=window)}
            for part in texts
        ]
        backward = self.accelerator.backward
        loss = _backward(self.classifier.encoder, texts, batch["labels"][order], backward)
        if not torch.isfinite(loss):
            raise self._unstable()
        return loss / self.args.gradient_accumulation_steps


def contrastive_loss(
    embeddings: torch.Tensor, labels: torch.Tensor, temperature: float = TEMPERATURE
) -> torch.Tensor:
    """Mean over the texts that have a partner; 0 if none has.

    Args:
        embeddings: of length 1 (texts, hidden).
        labels: number of each text's category (texts,).
    """
    itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    partners = (labels[:, None] == labels[None]) & ~itself
    near = (embeddings @ embeddings.T / temperature).masked_fill(itself, -1e4)
    likely = near - near.logsumexp(1, keepdim=True)
    counts = partners.sum(1)
    each = -(likely * partners).sum(1) / counts.clamp(min=1)
    return each.sum() / (counts > 0).sum().clamp(min=1)


def partly_seen(
    mask: torch.Tensor, hidden: float = HIDDEN, window: int | None = None
) -> torch.Tensor:
    """The mask (texts, tokens) with a share of what it shows hidden by chance, no text's or window's
    first token."""
    shown = torch.rand(mask.shape, device=mask.device) >= hidden
    shown[:, :: window or mask.shape[1]] = True
    return mask * shown


def in_parts(
    batch: Mapping[str, torch.Tensor], window: int | None = None
) -> tuple[torch.Tensor, list[dict[str, Any]]]:
    """A batch as parts of like length, each padded to its own longest, that fit into memory.

    Args:
        window: tokens of a window, where texts come as windows.

    Returns:
        the place of each text in the batch, in the order of the parts; and the parts' texts.
    """
    lengths = batch["attention_mask"].sum(1)
    order = lengths.argsort(descending=True, stable=True)
    return order, [
        {
            name: batch[name][own][:, : int(lengths[own[0]])]
            for name in ("input_ids", "attention_mask")
        }
        for own in _parts(order, lengths, window)
    ]


def _parts(
    order: torch.Tensor, lengths: torch.Tensor, window: int | None
) -> Iterator[torch.Tensor]:
    most = TOKENS_AT_ONCE[order.device.type]
    for part in order.chunk(PARTS):
        yield from part.split(max(1, most // learned_tokens(int(lengths[part[0]]), window)))


def _backward(
    encoder: Encoder, texts: list[dict[str, Any]], labels: torch.Tensor, backward: Any
) -> torch.Tensor:
    """The loss of a batch, after its gradients are added to the encoder's.

    Where the batch is too large to be held with all that its way back needs, the embeddings come
    first without that, and each part goes through the encoder again with the slope of its
    embeddings (GradCache: Gao et al. 2021, arXiv 2101.06983).
    """
    tokens = sum(
        len(part["input_ids"]) * learned_tokens(part["input_ids"].shape[1], encoder.window)
        for part in texts
    )
    if tokens <= TOKENS_AT_ONCE[labels.device.type]:
        loss = contrastive_loss(torch.cat([encoder(**part) for part in texts]), labels)
        backward(loss)
        return loss.detach()
    before = torch.get_rng_state()
    seeds = torch.randint(2**31, (len(texts),)).tolist()
    with torch.no_grad():
        found = [_seeded(encoder, part, seed) for part, seed in zip(texts, seeds, strict=True)]
    embeddings = torch.cat(found).requires_grad_()
    loss = contrastive_loss(embeddings, labels)
    (slope,) = torch.autograd.grad(loss, embeddings)
    slopes = slope.split([len(one) for one in found])
    for part, own, seed in zip(texts, slopes, seeds, strict=True):
        backward((_seeded(encoder, part, seed) * own).sum())
    torch.set_rng_state(before)
    torch.randint(2**31, (len(texts),))  # so that the next batch is left to other chances
    return loss.detach()


def _seeded(encoder: Encoder, part: Mapping[str, Any], seed: int) -> torch.Tensor:
    """Embeddings with the same units switched off for the same seed, on every device."""
    torch.manual_seed(seed)
    found: torch.Tensor = encoder(**part)
    return found
