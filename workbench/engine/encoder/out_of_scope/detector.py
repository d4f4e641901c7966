"""The detector of texts that belong to none of a classifier's categories, as it is kept and asked.

out_of_scope.safetensors     embeddings and categories of learned texts, weights and threshold
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from workbench.engine.encoder.encoder import Classifier
from workbench.engine.encoder.out_of_scope.belonging import Memory, nearness, sureness
from workbench.engine.encoder.out_of_scope.threshold import Threshold

DETECTOR = "out_of_scope.safetensors"


@dataclass(frozen=True)
class Detector:
    """What a text is compared with, and how much of it must be there."""

    memory: Memory
    threshold: Threshold


class Watched(nn.Module):
    """A classifier that says behind its logits how sure and how near each likeliest category is."""

    def __init__(self, classifier: Classifier, memory: Memory) -> None:
        super().__init__()
        self.classifier = classifier
        self.register_buffer("embeddings", memory.embeddings.float(), persistent=False)
        self.register_buffer("labels", memory.labels, persistent=False)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Logits, sureness and nearness (texts, labels + 2)."""
        embeddings = self.classifier.encoder(input_ids, attention_mask)
        logits = self.classifier.head(embeddings).float()
        memory = Memory(self.get_buffer("embeddings"), self.get_buffer("labels"))
        with torch.autocast(embeddings.device.type, enabled=False):
            near = nearness(embeddings, logits.argmax(1), memory)
        return torch.cat([logits, sureness(logits)[:, None], near[:, None]], 1)


def save_detector(detector: Detector, path: Path) -> None:
    """Write it; embeddings in 16 bits, of which cosines need no more."""
    own = detector.threshold
    save_file(
        {
            "embeddings": detector.memory.embeddings.half().contiguous(),
            "labels": detector.memory.labels.int().contiguous(),
            "threshold": torch.tensor([own.sure, own.near, own.least], dtype=torch.float64),
        },
        path,
    )


def load_detector(path: Path) -> Detector | None:
    """What `save_detector` wrote; None where a model has none."""
    if not path.is_file():
        return None
    found = load_file(path)
    memory = Memory(found["embeddings"].float(), found["labels"].long())
    return Detector(memory, Threshold(*found["threshold"].tolist()))
