"""Rows held out in turns tell what belongs to no category, in the model and in the turns themselves."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from workbench.engine.encoder.few.candidates import PROBE, Candidate
from workbench.engine.encoder.few.detecting import by_turns, refused
from workbench.engine.encoder.few.took import Took, took_from
from workbench.engine.encoder.joins.seen import Seen
from workbench.engine.encoder.out_of_scope.detector import ALL

ROWS = 60
TUNED = Candidate(1.0, False)


class Told:
    """A report that keeps its sentences."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def log(self, message: str) -> None:
        self.said.append(message)


def took(held: np.ndarray, labels: np.ndarray, strange: int = -1) -> Took:
    """All sorted right, surely and nearly; but for one that is neither."""
    logits = torch.nn.functional.one_hot(torch.from_numpy(labels[held]), 3) * 5.0
    kin = torch.linspace(0.0, 0.1, len(held))[:, None].repeat(1, 3)
    logits[held == strange] = torch.tensor([0.0, 0.1, 0.0])
    kin[held == strange] = -0.7
    ways = (PROBE, TUNED)
    return Took(held, {way: logits.clone() for way in ways}, {way: kin.clone() for way in ways})


def turns_of(count: int, strange: int = -1) -> Any:
    labels = np.arange(ROWS * count) % 3
    rows = np.arange(ROWS * count)
    parts = [rows[rows % count == number] for number in range(count)]
    lessons = SimpleNamespace(texts=SimpleNamespace(labels=labels), rows=rows, all=rows)
    found = {number: took(held, labels, strange) for number, held in enumerate(parts)}
    frozen = torch.nn.functional.normalize(torch.randn(len(rows), 4), dim=1)
    return SimpleNamespace(lessons=lessons, took=found, frozen=Seen.of_means(frozen), outside=-1)


@pytest.mark.parametrize("way", [PROBE, TUNED])
def test_a_turn_is_judged_by_the_threshold_of_the_others(way: Candidate) -> None:
    turns = turns_of(2, strange=7)
    found = refused(turns, 1, way, 1.0)
    assert found is not None
    assert found[turns.took[1].held == 7].tolist() == [True]
    assert int(found.sum()) <= 3
    assert refused(turns_of(1), 0, PROBE, 1.0) is None


def test_the_model_remembers_what_it_learned() -> None:
    turns, report = turns_of(2), Told()
    embedded = torch.nn.functional.normalize(torch.randn(2 * ROWS, 4), dim=1)
    found = by_turns(turns, TUNED, 1.0, embedded, report)
    assert found is not None
    assert torch.equal(found.memory.embeddings, embedded)
    assert found.origin is not None
    assert torch.equal(found.origin.memory.embeddings, turns.frozen.means)
    assert found.origin.lowest == ALL
    assert report.said == []
    untuned = by_turns(turns, PROBE, 1.0, embedded, report)
    assert untuned is not None
    assert untuned.origin is None


def test_a_row_far_from_all_before_tuning_is_refused_however_sure_the_tuned_model_is() -> None:
    turns = turns_of(3)
    for seed, own in enumerate(turns.took.values()):
        own.kin[TUNED] = 0.1 * torch.rand(ROWS, 3, generator=torch.manual_seed(seed))
    usual = refused(turns, 1, TUNED, 1.0)
    turns.took[1].kin[TUNED][5, :2] = 0.1
    turns.took[1].kin[TUNED][5, 2] = -0.7
    found = refused(turns, 1, TUNED, 1.0)
    assert usual is not None
    assert found is not None
    assert not bool(usual[5])
    assert (found ^ usual).nonzero().flatten().tolist() == [5]


def test_texts_that_the_user_says_belong_nowhere_do_not_set_the_threshold() -> None:
    """They are as far from one another as they are from all others."""
    turns, report = turns_of(2), Told()
    labels = turns.lessons.texts.labels
    for own in turns.took.values():
        own.kin[PROBE][labels[own.held] == 2] = -0.5
    embedded = torch.randn(2 * ROWS, 4)
    counted = by_turns(turns, PROBE, 1.0, embedded, report)
    turns.outside = 2
    left_out = by_turns(turns, PROBE, 1.0, embedded, report)
    assert counted is not None
    assert left_out is not None
    evidence = torch.tensor([[-0.01, -0.3, -0.3]])
    assert left_out.refused(evidence).tolist() == [True]
    assert counted.refused(evidence).tolist() == [False]


def test_without_turns_there_is_no_telling_and_it_is_said() -> None:
    turns, report = turns_of(2), Told()
    turns.took.clear()
    assert by_turns(turns, PROBE, 1.0, torch.randn(4, 4), report) is None
    assert "cannot tell texts that belong to none" in report.said[0]


def test_a_turn_is_read_back_as_it_was_kept(tmp_path: Any) -> None:
    held = np.array([1, 4])
    kept = took(held, np.arange(6) % 3)
    path = tmp_path / "turns" / "turn-0.safetensors"
    kept.save(path)
    found = took_from(path, [PROBE, TUNED], held)
    assert found is not None
    assert torch.equal(found.logits[PROBE], kept.logits[PROBE])
    assert torch.equal(found.kin[PROBE], kept.kin[PROBE])
    assert took_from(path, [PROBE], held) is None
    assert took_from(tmp_path / "none", [PROBE], held) is None
