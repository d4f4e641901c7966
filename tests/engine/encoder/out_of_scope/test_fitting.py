"""Fitting a detector to practice questions."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import normalize, one_hot

from workbench.engine.encoder.out_of_scope import fitting
from workbench.engine.encoder.out_of_scope.belonging import kinship, nearness, remember, sureness
from workbench.engine.encoder.out_of_scope.fitting import ReadBefore, by_practice
from workbench.engine.encoder.out_of_scope.threshold import Threshold, threshold_of
from workbench.jobs.process.report import Report
from workbench.jobs.process.stop import Stop

LEARNED, HELD, LABELS = 90, 60, 3
NUMBERS = torch.arange(LEARNED + HELD) % LABELS
LOGITS = one_hot(NUMBERS, LABELS) * torch.linspace(2, 5, LEARNED + HELD)[:, None]


class Quiet(Report):
    def __init__(self) -> None:
        self.said: list[str] = []

    def log(self, message: str) -> None:
        self.said.append(message)

    def _tell(self, event: str, **fields: Any) -> None:
        """Nobody is told."""


class Rows:
    def __init__(self, numbers: list[int]) -> None:
        self.numbers = numbers

    def lists(self, _: str, places: list[int]) -> list[int]:
        return [self.numbers[place] for place in places]


def texts(first: int, count: int) -> Any:
    numbers = np.arange(first, first + count)

    class Texts(SimpleNamespace):
        def __len__(self) -> int:
            return count

    return Texts(labels=numbers % LABELS, rows=Rows(numbers.tolist()))


@pytest.fixture
def vectors(monkeypatch: pytest.MonkeyPatch) -> torch.Tensor:
    """The embedding of each text, by its number; all are sorted right."""
    own = drawn(3)

    def read(model: Any, rows: Any, *_: Any) -> torch.Tensor:
        numbers = rows.numbers if isinstance(rows, Rows) else rows
        if model == "encoder":
            return own[numbers]
        logits = LOGITS[numbers]
        kin = kinship(own[numbers], logits.argmax(1), model)
        return torch.cat([logits, sureness(logits)[:, None], kin], 1)

    monkeypatch.setattr(fitting, "read", read)
    monkeypatch.setattr(fitting, "Watched", lambda _, memory: memory)
    return own


def drawn(seed: int) -> torch.Tensor:
    found = torch.randn(LEARNED + HELD, 8, generator=torch.manual_seed(seed))
    return normalize(found + 2 * torch.eye(8)[NUMBERS], dim=1)


def fitted(before: ReadBefore | None = None, outside: int = -1) -> Any:
    model: Any = SimpleNamespace(encoder="encoder")
    held = texts(LEARNED, HELD)
    return by_practice(model, texts(0, LEARNED), held, 0, Quiet(), Stop(), outside, before)


def known_of(vectors: torch.Tensor, before: torch.Tensor | None = None) -> torch.Tensor:
    """What is known of each practice question."""
    logits, chosen = LOGITS[LEARNED:], NUMBERS[LEARNED:]
    memory = remember(vectors[:LEARNED], NUMBERS[:LEARNED])
    found = [sureness(logits)[:, None], kinship(vectors[LEARNED:], chosen, memory)]
    if before is not None:
        memory = remember(before[:LEARNED], NUMBERS[:LEARNED])
        found.append(nearness(before[LEARNED:], chosen, memory)[:, None])
    return torch.cat(found, 1)


def expected(evidence: torch.Tensor) -> Threshold | None:
    return threshold_of(evidence, torch.ones(len(evidence), dtype=torch.bool))


def test_what_was_learned_is_remembered_and_practice_sets_the_threshold(
    vectors: torch.Tensor,
) -> None:
    found = fitted()
    assert torch.equal(found.memory.embeddings, vectors[:LEARNED])
    assert found.threshold == expected(known_of(vectors))
    assert found.origin is None


def test_what_was_read_before_tuning_sets_a_threshold_of_its_own(vectors: torch.Tensor) -> None:
    before = drawn(4)
    found = fitted(ReadBefore(before[:LEARNED], before[LEARNED:]))
    assert found.threshold == expected(known_of(vectors))
    evidence = known_of(vectors, before)
    assert torch.equal(found.origin.memory.embeddings, before[:LEARNED])
    assert found.origin.threshold == expected(evidence)
    assert found.origin.lowest == pytest.approx(float(evidence[:, 3].min()))


def test_rows_of_the_category_for_what_belongs_nowhere_set_no_threshold(
    vectors: torch.Tensor,
) -> None:
    others = NUMBERS[LEARNED:] != 0
    assert fitted(outside=0).threshold == expected(known_of(vectors)[others])
    assert fitted().threshold != fitted(outside=0).threshold


def test_too_few_practice_questions_are_told(vectors: torch.Tensor) -> None:
    report = Quiet()
    model: Any = SimpleNamespace(encoder="encoder")
    held = texts(LEARNED, 20)
    assert by_practice(model, texts(0, LEARNED), held, 0, report, Stop()) is None
    assert "takes at least" in report.said[0]
