"""The head learns from rows without a category that it is sure of."""

import numpy as np
import torch

from workbench.engine.encoder.few.candidates import PROBE, Candidate, candidates
from workbench.engine.encoder.few.unlabelled import fit_with
from workbench.engine.encoder.probe import fit_probe


def blobs(count: int, seed: int) -> tuple[torch.Tensor, np.ndarray]:
    """Eight categories in so many directions that few examples say little."""
    random = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(8), random.integers(0, 8, count - 8)])
    found = random.normal(size=(count, 30)) + np.random.default_rng(7).normal(size=(8, 30))[labels]
    return torch.nn.functional.normalize(torch.tensor(found, dtype=torch.float32), dim=1), labels


def test_they_help_where_there_are_few_examples() -> None:
    gains = []
    for seed in range(5):
        embedded, labels = blobs(24, seed)
        others, _ = blobs(400, 100 + seed)
        asked, wanted = blobs(2000, 200 + seed)
        right = [
            float((head(asked).argmax(1).numpy() == wanted).mean())
            for head in (fit_probe(embedded, labels), fit_with(embedded, labels, others))
        ]
        gains.append(right[1] - right[0])
    assert np.mean(gains) > 0.01


def test_without_any_the_head_is_the_probe() -> None:
    embedded, labels = blobs(20, 1)
    found, probe = fit_with(embedded, labels, embedded[:0]), fit_probe(embedded, labels)
    assert torch.equal(found.linear.weight, probe.linear.weight)


def test_each_way_is_tried_with_them_but_for_the_probe() -> None:
    tried = candidates(names=True, unlabelled=True)
    assert tried[: len(candidates(names=True))] == candidates(names=True)
    assert PROBE in tried
    assert Candidate(0.0, names=False, unlabelled=True) not in tried
    assert Candidate(1.0, names=True, unlabelled=True) in tried
