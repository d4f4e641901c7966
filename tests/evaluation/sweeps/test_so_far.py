"""What the study is told of a sweep's tries: those that run by their settings, in their place."""

from pathlib import Path

import pytest

from storage.database import Store
from tests.helpers import sweeps as made
from workbench.evaluation.sweeps.conductor import Conductor
from workbench.evaluation.sweeps.so_far import tried_of
from workbench.evaluation.sweeps.timer import Timer
from workbench.evaluation.sweeps.tried import DONE, RUNNING, Tried
from workbench.jobs import placing
from workbench.jobs.cluster import CLUSTER


def test_those_that_run_are_told_in_their_place(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_RAY_ADDRESS", "http://head:8265")
    ground = made.ground(store, tmp_path)
    placing.put_project(store, ground.project_id, CLUSTER)
    sweep_id = ground.start(store)
    conductor = Conductor(store, sweep_id, made.spec_of(store, sweep_id), Timer(tmp_path))
    for run_id in (1, 2, 3):
        conductor.look()
        made.set_job(store, run_id, "running")
        made.learn(store, run_id, {0: 0.9, 24: 0.6, 48: 0.5})
    made.end_try(store, 2, 0.8)
    one, two, three = (trial.settings for trial in conductor.sweep.trials)
    way = {**dict.fromkeys(range(5), 0.9), **dict.fromkeys(range(5, 10), 0.6), 10: 0.5}
    assert tried_of(store, conductor.sweep) == [
        Tried(one, RUNNING),
        Tried(two, DONE, 0.8, way),
        Tried(three, RUNNING),
    ]
