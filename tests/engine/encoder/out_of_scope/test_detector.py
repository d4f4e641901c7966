"""A detector is kept as it is, read back from earlier versions, and asks what it was only where it matters."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch.nn.functional import normalize

from workbench.engine.encoder.out_of_scope.belonging import remember
from workbench.engine.encoder.out_of_scope.detector import (
    ALL,
    Detector,
    Origin,
    load_detector,
    save_detector,
)
from workbench.engine.encoder.out_of_scope.threshold import Threshold


def detector(lowest: float = -0.5) -> Detector:
    texts = normalize(torch.randn(30, 8, generator=torch.manual_seed(1)), dim=1).half().float()
    memory = remember(texts, torch.arange(30) % 3)
    origin = Origin(memory, Threshold((1.0, 2.0, 3.0, 4.0), -2.0), lowest)
    return Detector(memory, Threshold((1.0, 2.0, 3.0), -1.0), origin)


def drawn(rows: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.manual_seed(2)
    evidence = torch.randn(rows, 3, generator=generator)
    return evidence, torch.rand(rows, generator=generator) * 1.5 - 1


@pytest.mark.parametrize("lowest", [-0.5, ALL])
def test_it_is_read_back_as_it_was_kept(tmp_path: Path, lowest: float) -> None:
    own, path = detector(lowest), tmp_path / "detector.safetensors"
    evidence, before = drawn(400)
    for kept in (own, replace(own, origin=None)):
        save_detector(kept, path)
        found = load_detector(path)
        assert found is not None
        assert torch.equal(found.memory.embeddings.float(), own.memory.embeddings)
        assert torch.equal(found.memory.usual, own.memory.usual)
        told = found.refused(evidence, before)
        assert torch.equal(told, kept.refused(evidence, before))
        assert 0 < int(told.sum()) < 400
    assert load_detector(tmp_path / "none.safetensors") is None


def test_without_the_encoder_before_tuning_the_three_numbers_decide() -> None:
    own, (evidence, before) = detector(), drawn(400)
    assert torch.equal(own.refused(evidence), own.threshold.refused(evidence))
    assert not torch.equal(own.refused(evidence, before), own.refused(evidence))


def test_the_encoder_before_tuning_is_asked_only_where_it_decides() -> None:
    own, (evidence, before) = detector(), drawn(3_000)
    origin = own.origin
    assert origin is not None
    decides = origin.undecided(evidence)
    assert 0.05 < float(decides.double().mean()) < 0.9
    unasked = torch.where(decides, before, torch.tensor(origin.lowest))
    assert torch.equal(own.refused(evidence, unasked), own.refused(evidence, before))
    for value in (-1.0, 1.0):  # of the others no value changes what is told
        other = torch.where(decides, before, torch.tensor(value) - origin.memory.usual.min())
        assert torch.equal(own.refused(evidence, other), own.refused(evidence, before))


def test_without_a_lowest_every_text_is_read() -> None:
    origin = detector(ALL).origin
    assert origin is not None
    assert origin.undecided(drawn(50)[0]).all()
    assert origin.lowest == -math.inf


def test_one_of_an_earlier_version_tells_what_it_told(tmp_path: Path) -> None:
    """Then the cosine to the nearest text counted as it is, and that before tuning by itself."""
    texts = torch.eye(4).half()
    path = tmp_path / "detector.safetensors"
    labels = torch.tensor([0, 0, 1, 1], dtype=torch.int32)
    tensors = {"embeddings": texts, "labels": labels,
               "threshold": torch.tensor([1.0, 2.0, 0.5], dtype=torch.float64)}  # fmt: skip
    save_file(tensors, path)
    found = load_detector(path)
    assert found is not None
    assert found.memory.nearest == 1
    assert found.memory.usual.tolist() == [0.0, 0.0]
    evidence = torch.tensor([[-0.1, 0.4, 9.0], [-0.1, 0.2, 9.0], [-0.9, 0.6, -9.0]])
    assert found.refused(evidence).tolist() == [False, True, True]
    save_file({**tensors, "origin_embeddings": texts.clone(), "origin_labels": labels.clone(),
               "origin_least": torch.tensor([0.3], dtype=torch.float64)}, path)  # fmt: skip
    found = load_detector(path)
    assert found is not None
    before = torch.tensor([0.2, 0.9, 0.9])
    assert found.refused(evidence, before).tolist() == [True, True, True]
    assert found.refused(evidence[:1], torch.tensor([0.4])).tolist() == [False]
    assert found.origin is not None
    assert found.origin.undecided(evidence).all()
