"""How far a job is: shares of parts, counts, the time left, and the way out."""

from typing import Any

import pytest

from workbench.jobs.process import meter
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.stop import Cancelled, Stop


class Told:
    """What a report would have written."""

    def __init__(self) -> None:
        self.events: list[tuple[int, int, dict[str, Any]]] = []

    def progress(self, step: int, total_steps: int, **fields: Any) -> None:
        self.events.append((step, total_steps, fields))

    @property
    def steps(self) -> list[int]:
        return [step for step, _, _ in self.events]


@pytest.fixture
def told() -> Told:
    return Told()


def made(told: Told, total: int | None = None, stop: Stop | None = None) -> Meter:
    return Meter(told, (stop or Stop()).check, total)  # type: ignore[arg-type]


def test_thousandths_are_never_full(told: Told) -> None:
    whole = made(told)
    for share in (0.0, 0.5, 1.0, 1.5, -1.0):
        whole(share)
    assert told.steps == [0, 500, 999, 999, 0]
    assert {total for _, total, _ in told.events} == {1000}


def test_a_part_of_a_part_stands_where_it_belongs(told: Told) -> None:
    second = made(told).part(0.5, 1.0)
    second(0.5)
    second.part(0.5, 1.0)(0.5)
    assert told.steps == [750, 875]


def test_what_is_counted_ends_with_all_of_it(told: Told) -> None:
    exam = made(told, total=8)
    base, tuned = (exam.part(n / 2, (n + 1) / 2).counted(4) for n in range(2))
    for done in (1, 4):
        base(done)
    for done in (1, 4):
        tuned(done)
    assert told.steps == [1, 4, 5, 8]


def test_the_time_left_follows_from_the_time_spent(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(meter.time, "monotonic", lambda: clock[0])
    half = made(told).part(0.0, 0.5)
    half(0.5)
    assert told.events[-1][2] == {}  # too early to tell
    clock[0] += 30
    half(0.5, "10 rows so far")
    assert told.events[-1] == (250, 1000, {"message": "10 rows so far", "seconds_left": 90.0})


def test_nothing_to_count_is_no_division(told: Told) -> None:
    made(told, total=0).counted(0)(0)
    assert told.events == [(0, 0, {})]


def test_who_is_to_leave_leaves_here(told: Told) -> None:
    stop = Stop()
    stop.cancel()
    with pytest.raises(Cancelled):
        made(told, stop=stop)(0.1)
    assert told.events == []
