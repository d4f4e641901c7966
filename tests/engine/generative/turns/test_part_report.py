"""What a training that is one of several tells."""

from typing import Any

import pytest

from workbench.engine.generative.turns import part_report
from workbench.engine.generative.turns.part_report import PartReport
from workbench.jobs.process.report import Report


class Whole(Report):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []

    def phase(self, name: str, message: str) -> None:
        self.told.append((name, message))

    def progress(self, step: int, total_steps: int, **fields: Any) -> None:
        self.told.append((step, total_steps, fields.get("seconds_left")))

    def metric(self, kind: str, step: int, values: Any) -> None:
        self.told.append((kind, step))

    def log(self, message: str) -> None:
        self.told.append((message,))


def test_a_part_goes_on_where_the_one_before_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr(part_report.time, "monotonic", lambda: float(next(clock)))
    whole = Whole()
    second = PartReport(whole, 1, 4, "Turn 2 of 3")
    second.phase("training", "Learning from 8 examples")
    second.progress(0, 20, epoch=0.0, seconds_left=1.0)
    second.progress(20, 20)
    second.phase("evaluating", "The base model answers")
    second.progress(10, 10)
    assert whole.told == [
        ("training", "Turn 2 of 3: learning from 8 examples"),
        (20, 80, None),
        (37, 80, 25.3),
        ("evaluating", "Turn 2 of 3: the base model answers"),
        (40, 80, 40.0),
    ]


def test_what_comes_before_learning_is_not_counted_and_curves_are_those_of_the_last() -> None:
    whole = Whole()
    for number in (0, 3):
        part = PartReport(whole, number, 4, "One")
        part.phase("preparing", "Reading the examples")
        part.progress(5, 10)
        part.metric("train", 1, {"loss": 1.0})
        part.log("Done.")
    assert whole.told == [
        ("preparing", "One: reading the examples"),
        ("One: Done.",),
        ("preparing", "One: reading the examples"),
        ("train", 1),
        ("One: Done.",),
    ]
