"""The most that a process holds, phase by phase."""

import numpy as np
import pytest

from workbench.jobs.process import memory
from workbench.jobs.process.memory import Peaks

MB = 2**20


def held(megabytes: int) -> None:
    np.ones(megabytes * MB // 8).sum()


def test_each_phase_has_its_own_most() -> None:
    peaks = Peaks()
    peaks.enter("large")
    held(200)
    peaks.enter("small")
    held(20)
    found = peaks.by_phase()
    assert found["large"] - found["small"] > 100 * MB
    assert peaks.most() == found["large"]


def test_a_phase_that_is_entered_again_keeps_its_most() -> None:
    peaks = Peaks()
    peaks.enter("one")
    held(200)
    before = peaks.by_phase()["one"]
    peaks.enter("other")
    peaks.enter("one")
    assert peaks.by_phase()["one"] == before


def test_a_container_has_no_more_than_its_limit(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"memory.max": 1000 * MB, "memory.current": 900 * MB}
    monkeypatch.setattr(memory, "_cgroup", told.get)
    monkeypatch.setattr(memory, "_given_back", lambda: 50 * MB)
    assert memory.free_memory() == 150 * MB
    monkeypatch.setattr(memory, "_cgroup", lambda name: None)
    assert memory.free_memory() > 150 * MB
