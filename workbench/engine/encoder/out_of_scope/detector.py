"""The detector of texts that belong to none of a classifier's categories, as it is kept and asked.

out_of_scope.safetensors     embeddings and categories of learned texts, weights and threshold; the same of
                             the embeddings before tuning, where the encoder was tuned
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from workbench.engine.encoder.encoder import Classifier
from workbench.engine.encoder.out_of_scope.belonging import Memory, kinship, sureness
from workbench.engine.encoder.out_of_scope.threshold import Threshold

DETECTOR = "out_of_scope.safetensors"
ORIGIN = "origin_"
EVIDENCE = 3
"""Numbers that are known of each text without the encoder before tuning."""
ALL = -math.inf
"""Less than any nearness."""
_NEAREST = 1.001
"""No cosine is more, rounding included."""


@dataclass(frozen=True)
class Origin:
    """What a text is compared with as the encoder read it before tuning: that knows the wide world
    still, while tuning moves whatever it reads towards a category."""

    memory: Memory
    threshold: Threshold
    """Of all that is known, the nearness before tuning last."""
    lowest: float = ALL
    """What that nearness counts for at least: texts that it cannot change then need not be read."""
    alone: bool = True
    """False in models of an earlier version, where the threshold without it decides, too."""

    def refused(self, evidence: torch.Tensor, before: torch.Tensor) -> torch.Tensor:
        """Whether each text belongs to no category, bool (texts,); see `Detector`."""
        counted = before.clamp(min=self.lowest)[:, None]
        return self.threshold.refused(torch.cat([evidence, counted.to(evidence)], 1))

    def undecided(self, evidence: torch.Tensor) -> torch.Tensor:
        """Of which texts the nearness before tuning decides, bool (texts,)."""
        if self.lowest == ALL:
            return torch.ones(len(evidence), dtype=torch.bool)
        most = _NEAREST - float(self.memory.usual.min())
        least, best = (
            self.refused(evidence, torch.full((len(evidence),), value))
            for value in (self.lowest, most)
        )
        return least & ~best


@dataclass(frozen=True)
class Detector:
    """What a text is compared with, and how much of it must be there."""

    memory: Memory
    threshold: Threshold
    origin: Origin | None = None
    """None where the encoder as it came is not asked."""

    def refused(self, evidence: torch.Tensor, before: torch.Tensor | None = None) -> torch.Tensor:
        """Whether each text belongs to no category, bool (texts,).

        Args:
            evidence: sureness and kinship of each text (texts, `EVIDENCE`).
            before: its nearness before tuning (texts,); None where that is not known.
        """
        if self.origin is None or before is None:
            return self.threshold.refused(evidence)
        found = self.origin.refused(evidence, before)
        return found if self.origin.alone else found | self.threshold.refused(evidence)


class Watched(nn.Module):
    """A classifier that says behind its logits how sure it is of each text's likeliest category, and how
    near the text is to that."""

    def __init__(self, classifier: Classifier, memory: Memory) -> None:
        super().__init__()
        self.classifier = classifier
        device = next(classifier.head.parameters()).device
        embeddings, labels, usual = (
            own.to(device) for own in (memory.embeddings, memory.labels, memory.usual)
        )
        self._memory = Memory(embeddings, labels, usual, memory.nearest)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Logits, sureness and kinship (texts, labels + `EVIDENCE`)."""
        found, embeddings = self.classifier.with_vectors(input_ids, attention_mask)
        logits = found.float()
        with torch.autocast(embeddings.device.type, enabled=False):
            kin = kinship(embeddings, logits.argmax(1), self._memory)
        return torch.cat([logits, sureness(logits)[:, None], kin], 1)


def save_detector(detector: Detector, path: Path) -> None:
    """Write it; embeddings in 16 bits, of which cosines need no more."""
    tensors = {**_tensors(detector.memory), "belonging": _told(detector.threshold)}
    if (origin := detector.origin) is not None:
        tensors |= {
            **_tensors(origin.memory, ORIGIN),
            f"{ORIGIN}belonging": _told(origin.threshold),
            f"{ORIGIN}lowest": torch.tensor([origin.lowest], dtype=torch.float64),
        }
    save_file(tensors, path)


def load_detector(path: Path) -> Detector | None:
    """What `save_detector` wrote, now or in an earlier version; None where a model has none."""
    if not path.is_file():
        return None
    found = load_file(path)
    if "threshold" in found:
        return _of_earlier(found)
    origin = None
    if f"{ORIGIN}belonging" in found:
        threshold = _threshold(found[f"{ORIGIN}belonging"])
        origin = Origin(_memory(found, ORIGIN), threshold, float(found[f"{ORIGIN}lowest"]))
    return Detector(_memory(found), _threshold(found["belonging"]), origin)


def _of_earlier(found: Mapping[str, torch.Tensor]) -> Detector:
    """A detector of two numbers, beside which one of few rows asks the nearness before tuning alone."""
    sure, near, least = found["threshold"].tolist()
    origin = None
    if f"{ORIGIN}least" in found:
        far = Threshold((0.0,) * EVIDENCE + (1.0,), float(found[f"{ORIGIN}least"]))
        origin = Origin(_memory(found, ORIGIN), far, alone=False)
    return Detector(_memory(found), Threshold((sure, near, 0.0), least), origin)


def _told(own: Threshold) -> torch.Tensor:
    return torch.tensor([*own.weights, own.least], dtype=torch.float64)


def _threshold(told: torch.Tensor) -> Threshold:
    *weights, least = told.tolist()
    return Threshold(weights, least)


def _tensors(memory: Memory, prefix: str = "") -> dict[str, torch.Tensor]:
    return {
        f"{prefix}embeddings": memory.embeddings.half().clone(),
        f"{prefix}labels": memory.labels.int().clone(),
        f"{prefix}usual": memory.usual.clone(),
    }


def _memory(found: Mapping[str, torch.Tensor], prefix: str = "") -> Memory:
    embeddings, labels = found[f"{prefix}embeddings"], found[f"{prefix}labels"].long()
    usual = found.get(f"{prefix}usual")
    if usual is None:  # of an earlier version, which took the cosine to the nearest one as it is
        return Memory(embeddings, labels, torch.zeros(int(labels.max()) + 1), nearest=1)
    return Memory(embeddings, labels, usual)
