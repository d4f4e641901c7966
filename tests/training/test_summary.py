"""What a run's page says: while it learns, and when it is over."""

import dataclasses
from typing import Any

import pytest

from storage.database import Store
from storage.tables import Job
from tests.helpers.made import add_dataset, add_model, add_run
from workbench.projects import projects
from workbench.training import runs, summary
from workbench.training.run_view import RunView


def _run(
    store: Store, task: str = "classification", kind: str = "encoder", **values: Any
) -> RunView:
    project_id = projects.create_project(store, "Mails")
    version_id = add_dataset(store, project_id, task=task)
    run_id = add_run(store, project_id, version_id, add_model(store, kind=kind), **values)
    return runs.get_run(store, run_id)


def _test(base: dict[str, float] | None, tuned: dict[str, float]) -> dict[str, Any]:
    return {"test": {"baseline": None, "base": base, "tuned": tuned}}


def test_a_finished_run_tells_time_reason_and_result(store: Store) -> None:
    scores = _test({"accuracy": 0.9}, {"accuracy": 0.95})
    run = _run(store, seconds=250.0, stopped_early=True, rows=40, scores=scores)
    assert summary.ending(run) == (
        "Training finished in 4 min 10 s and stopped early because the practice questions no longer "
        "improved. On 40 exam questions that it had never seen, it got 95.0 % right, up from 90.0 % "
        "before fine-tuning."
    )


@pytest.mark.parametrize(
    ("task", "base", "tuned", "says"),
    [
        (
            "completion",
            {"chrf": 20.4},
            {"chrf": 41.2},
            "scored 41 of 100 for likeness to yours, up from 20 before",
        ),
        (
            "completion",
            {"chrf": 41.0},
            {"chrf": 30.0},
            "scored 30 of 100 for likeness to yours, down from 41 ",
        ),
        ("extraction", None, {"exact_match": 0.5}, "it got 50.0 % exactly right."),
        (
            "language-modelling",
            {"loss": 3.5},
            {"loss": 2.5},
            "it was 2.50 wrong, after 3.50 before",
        ),
        ("extraction", {"exact_match": 0.5}, {"exact_match": 0.5}, "right, the same as before the"),
    ],
)
def test_each_task_is_told_by_its_own_score(
    store: Store, task: str, base: dict[str, float] | None, tuned: dict[str, float], says: str
) -> None:
    assert says in summary.ending(_run(store, task, "causal", scores=_test(base, tuned), rows=40))


def test_a_run_without_an_exam_only_tells_the_time(store: Store) -> None:
    assert summary.ending(_run(store)) == "Training finished in 1 min."


def test_a_failed_run_tells_its_reason(store: Store) -> None:
    run = _run(store, status="failed")
    with store.write() as session:
        session.query(Job).one().reason = "Memory ran out: lower 'Batch size'."
    assert summary.ending(runs.get_run(store, run.id)) == "Memory ran out: lower 'Batch size'."


def test_a_stopped_run_says_whether_something_is_kept(store: Store) -> None:
    assert "not learned enough" in summary.ending(_run(store, status="cancelled"))


def test_a_run_that_waits_says_for_how_many(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    version_id, model_id = add_dataset(store, project_id), add_model(store)
    add_run(store, project_id, version_id, model_id, status="running")
    run_id = add_run(store, project_id, version_id, model_id, status="queued")
    phase = summary.phase(runs.get_run(store, run_id))
    assert phase == "Waits for its turn: 1 job before it"


def test_a_run_that_waits_for_a_machine_of_the_cluster_says_so(store: Store) -> None:
    run = _run(store, status="starting")
    assert summary.phase(run) == "Starting"
    waits = {"phase": "waiting", "message": "Waiting for a free machine of the cluster"}
    now = dataclasses.replace(run, job=dataclasses.replace(run.job, progress=waits))
    assert summary.phase(now) == "Waiting for a free machine of the cluster"


def test_an_exam_by_turns_says_which_turn_it_is_at(store: Store) -> None:
    run = _run(store, status="running")
    said = "Turn 2 of 5: learning without 64 rows, then asking about them"
    other = "Trying it out with a part held out"
    for name, shown in (("turn", said), ("trying", other)):
        progress = {"phase": name, "message": said}
        now = dataclasses.replace(run, job=dataclasses.replace(run.job, progress=progress))
        assert summary.phase(now) == shown


def test_progress_is_told_as_far_as_it_is_known() -> None:
    progress = {
        "step": 120,
        "total_steps": 450,
        "examples_per_second": 3.21,
        "tokens_per_second": 1240.4,
    }
    line = summary.progress_line(progress)
    assert line == "step 120 of 450 · 3.2 examples/s · 1,240 tokens/s"
    assert summary.share_done(progress) == pytest.approx(120 / 450)
    reading = {"phase": "embedding", "step": 40, "total_steps": 360, "tokens_per_second": 9.0}
    assert summary.progress_line(reading) == "example 40 of 360"
    encoding = {"phase": "preparing", "step": 40, "total_steps": 360}
    assert summary.progress_line(encoding) == "example 40 of 360"
    assert summary.progress_line({}) == ""
    told = {"phase": "downloading", "step": 1_200_000_000, "total_steps": 3_400_000_000}
    assert summary.progress_line(told) == "1.2 GB of 3.4 GB"
    for phase in ("fetching", "sending"):
        told = {"phase": phase, "step": 350, "total_steps": 1000}
        assert summary.progress_line(told) == "35 %"
    assert summary.share_done({}) == 0.0


def test_an_exam_by_turns_is_told_with_its_interval(store: Store) -> None:
    by_turns = {"score": 0.8, "interval": [0.75, 0.84], "rows": 320, "turns": 5}
    scores = {**_test({"accuracy": 0.7}, {"accuracy": 0.8}), "by_turns": by_turns}
    run = _run(store, rows=320, scores=scores, exam="turns")
    assert run.was_by_turns
    assert summary.exam(run) == (
        "Asked by turns about 320 rows, each by a training without it, it got 80.0 % right, up "
        "from 70.0 % before fine-tuning; the model lies between 75.0 % and 84.0 %."
    )
