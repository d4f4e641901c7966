"""The detector of texts that belong to none of a classifier's categories, as it is kept and asked.

out_of_scope.safetensors     embeddings and categories of learned texts, weights and threshold; of
                             models from few rows also the embeddings before tuning
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from workbench.engine.encoder.encoder import Classifier
from workbench.engine.encoder.out_of_scope.belonging import Memory, nearness, sureness
from workbench.engine.encoder.out_of_scope.threshold import Threshold

DETECTOR = "out_of_scope.safetensors"
ORIGIN = "origin_"


@dataclass(frozen=True)
class Origin:
    """What a text is compared with as the encoder read it before tuning: that knows the wide world
    still, while tuning from few texts moves whatever it reads towards one of them."""

    memory: Memory
    least: float
    """The cosine that there must be to the nearest text of the probe's category."""


@dataclass(frozen=True)
class Detector:
    """What a text is compared with, and how much of it must be there."""

    memory: Memory
    threshold: Threshold
    origin: Origin | None = None
    """None where the encoder as it came is not asked."""


class Watched(nn.Module):
    """A classifier that says behind its logits how sure and how near each likeliest category is."""

    def __init__(self, classifier: Classifier, memory: Memory) -> None:
        super().__init__()
        self.classifier = classifier
        device = next(classifier.head.parameters()).device
        self._memory = Memory(memory.embeddings.to(device), memory.labels.to(device))

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Logits, sureness and nearness (texts, labels + 2)."""
        found, embeddings = self.classifier.with_vectors(input_ids, attention_mask)
        logits = found.float()
        with torch.autocast(embeddings.device.type, enabled=False):
            near = nearness(embeddings, logits.argmax(1), self._memory)
        return torch.cat([logits, sureness(logits)[:, None], near[:, None]], 1)


def save_detector(detector: Detector, path: Path) -> None:
    """Write it; embeddings in 16 bits, of which cosines need no more."""
    own, origin = detector.threshold, detector.origin
    told = torch.tensor([own.sure, own.near, own.least], dtype=torch.float64)
    tensors = {**_tensors(detector.memory), "threshold": told}
    if origin is not None:
        least = torch.tensor([origin.least], dtype=torch.float64)
        tensors |= {**_tensors(origin.memory, ORIGIN), f"{ORIGIN}least": least}
    save_file(tensors, path)


def _tensors(memory: Memory, prefix: str = "") -> dict[str, torch.Tensor]:
    return {
        f"{prefix}embeddings": memory.embeddings.half().contiguous(),
        f"{prefix}labels": memory.labels.int().contiguous(),
    }


def _memory(found: Mapping[str, torch.Tensor], prefix: str = "") -> Memory:
    return Memory(found[f"{prefix}embeddings"].float(), found[f"{prefix}labels"].long())


def load_detector(path: Path) -> Detector | None:
    """What `save_detector` wrote; None where a model has none."""
    if not path.is_file():
        return None
    found = load_file(path)
    least = found.get(f"{ORIGIN}least")
    origin = None if least is None else Origin(_memory(found, ORIGIN), float(least))
    return Detector(_memory(found), Threshold(*found["threshold"].tolist()), origin)
