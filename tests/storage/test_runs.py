"""Runs: numbers, curves and scores."""

import itertools

import pytest

from storage import jobs, runs
from storage.database import Store
from tests.fakes.harness import add_run


@pytest.fixture
def run_id(store: Store) -> int:
    with store.write() as session:
        return add_run(session)


def put(store: Store, run_id: int, *points: tuple[str, int, float]) -> None:
    with store.write() as session:
        runs.put_metrics(session, run_id, [(k, s, {"loss": loss}) for k, s, loss in points])


def losses(store: Store, run_id: int, kind: str = "train", points: int = 500) -> list[object]:
    with store.read() as session:
        return [(m.step, m.values["loss"]) for m in runs.curve(session, run_id, kind, points)]


def test_a_run_without_a_name_gets_the_next_number(store: Store) -> None:
    with store.write() as session:
        ids = [add_run(session), add_run(session, "Mine"), add_run(session)]
        for run_id in ids:
            jobs.add(session, "train", "t", {}, project_id=1, run_id=run_id)
    with store.read() as session:
        listed = [row.run.name for row in runs.listing(session, 1, "train")]
    assert listed == ["Run 3", "Mine", "Run 1"]


def test_a_later_point_of_a_step_replaces_the_former(store: Store, run_id: int) -> None:
    put(store, run_id, ("train", 1, 3.0), ("train", 2, 2.0), ("train", 2, 1.9))
    put(store, run_id, ("train", 2, 1.5), ("validation", 2, 9.0))
    assert losses(store, run_id) == [(1, 3.0), (2, 1.5)]
    assert losses(store, run_id, "validation") == [(2, 9.0)]


def test_no_points_are_no_curve(store: Store, run_id: int) -> None:
    put(store, run_id)
    assert losses(store, run_id) == []


def test_a_long_curve_is_thinned_evenly_and_keeps_its_ends(store: Store, run_id: int) -> None:
    put(store, run_id, *[("train", step, float(step)) for step in range(10, 3010)])
    steps = [step for step, _ in losses(store, run_id, points=100)]  # type: ignore[misc]
    assert (steps[0], steps[-1]) == (10, 3009)
    assert 90 <= len(steps) <= 100
    assert max(b - a for a, b in itertools.pairwise(steps)) <= 62


def test_a_short_curve_is_given_whole(store: Store, run_id: int) -> None:
    put(store, run_id, *[("train", step, 1.0) for step in range(100)])
    assert len(losses(store, run_id, points=100)) == 100


def test_a_version_is_found_only_in_its_own_project(store: Store, run_id: int) -> None:
    with store.read() as session:
        assert runs.version_of(session, 1, 1) is not None
        assert runs.version_of(session, 2, 1) is None


def test_the_jobs_of_a_run_are_all_kinds(store: Store, run_id: int) -> None:
    with store.write() as session:
        for kind in ("train", "evaluate"):
            jobs.add(session, kind, "t", {}, run_id=run_id)
        jobs.add(session, "import", "t", {})
    with store.read() as session:
        assert [job.kind for job in runs.jobs_of(session, run_id)] == ["train", "evaluate"]
        assert runs.row(session, run_id, "train") is not None
        assert [row.job.kind for row in runs.listing(session, 1, "train")] == ["train"]
