"""A cluster that is none, and a worker that gives jobs to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Store
from tests.fakes.harness import (
    end_leftovers,
)
from tests.fakes.ray_cluster import FakeCluster
from tests.helpers.on_cluster import worker_on
from workbench.jobs.launchers import remote_watch
from workbench.jobs.worker import Worker


@pytest.fixture
def cluster(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCluster]:
    monkeypatch.setattr(remote_watch, "LOOK_S", 0.05)
    monkeypatch.setattr(remote_watch, "MOST_S", 0.1)
    monkeypatch.setattr(remote_watch, "QUIET_S", 300.0)
    monkeypatch.setattr(remote_watch, "DOUBT_S", 300.0)
    monkeypatch.setenv("WORKBENCH_RAY_ADDRESS", "http://head:8265")
    made = FakeCluster(tmp_path / "cluster")
    yield made
    for launcher in made.launchers:
        launcher.close(20)
    made.end()
    end_leftovers()


@pytest.fixture
def worker(store: Store, cluster: FakeCluster) -> Worker:
    return worker_on(store, cluster)
