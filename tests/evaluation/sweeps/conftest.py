"""What tests of the conductor share: a time that they make, a conductor, a cluster."""

from collections.abc import Callable
from pathlib import Path

import pytest

from storage.database import Store
from tests.helpers import sweeps as made
from tests.helpers.sweeps import Clock, Ground
from workbench.evaluation.sweeps.conductor import Conductor
from workbench.evaluation.sweeps.timer import Timer
from workbench.jobs import placing
from workbench.jobs.cluster import CLUSTER


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def conduct(store: Store, tmp_path: Path, clock: Clock) -> Callable[[int], Conductor]:
    """A conductor of a sweep, as each attempt at its job has a new one."""
    return lambda sweep_id: Conductor(
        store, sweep_id, made.spec_of(store, sweep_id), Timer(tmp_path), clock
    )


@pytest.fixture
def cluster(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    """A project on a cluster that takes two jobs at a time."""
    monkeypatch.setenv("WORKBENCH_RAY_ADDRESS", "http://head:8265")
    monkeypatch.setenv("WORKBENCH_RAY_JOBS", "2")
    found = made.ground(store, tmp_path)
    placing.put_project(store, found.project_id, CLUSTER)
    return found
