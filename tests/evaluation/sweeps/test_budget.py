"""What fits into the time of a sweep, one after the other and side by side."""

from pathlib import Path

import pytest

from storage.database import Store
from tests.helpers import sweeps as made
from workbench.evaluation.sweeps import budget


@pytest.mark.parametrize(("at_once", "fit"), [(1, 5), (2, 10), (4, 20)])
def test_side_by_side_as_many_times_more_fit(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int, fit: int
) -> None:
    ground = made.ground(store, tmp_path)
    monkeypatch.setattr(budget.Costs, "try_s", lambda *_: 100.0)
    monkeypatch.setattr(budget.Costs, "exam_s", lambda *_: 10.0)
    about = (store, ground.version, ground.model, made.RECIPE)
    assert budget.tries_that_fit(*about, 9, at_once) == fit
    assert budget.tries_that_fit(*about, 1, at_once) == 0


def test_exams_side_by_side_take_the_time_of_one() -> None:
    assert [budget.exams_s(30.0, at_once) for at_once in (1, 2, 4)] == [60.0, 30.0, 30.0]
