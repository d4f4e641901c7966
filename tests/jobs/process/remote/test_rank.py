"""Which of a job's processes this one is."""

import pytest

from workbench.jobs.process.remote.rank import VARIABLE, Rank, rank_told


def test_a_process_is_told_who_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, Rank(1, 3, "10.0.0.5", 29500).as_text)
    told = rank_told()
    assert told == Rank(1, 3, "10.0.0.5", 29500)
    assert told is not None
    assert not told.leads
    assert Rank(0, 3, "10.0.0.5", 29500).leads


def test_one_that_is_told_nothing_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert rank_told() is None
