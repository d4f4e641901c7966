"""What a job made is kept where others look for it."""

from typing import Any

import pytest

from storage.database import Store
from storage.tables import RUNNING, SUCCEEDED, Job, Run
from tests.helpers.made import add_dataset, add_model, add_run
from workbench.jobs import record
from workbench.jobs.outcome import Ending, Outcome
from workbench.jobs.process.specs import EvaluateSpec
from workbench.projects import projects

EXAM = {"tuned": {"accuracy": 0.9}, "base": {"accuracy": 0.5}}


def examined(store: Store, run_id: int, split: str) -> dict[str, Any]:
    """The run's result after a scoring of it has ended."""
    with store.write() as session:
        job = Job(
            run_id=run_id, kind=EvaluateSpec.kind, title="Scoring", status=RUNNING, attempt=1,
            spec={"kind": EvaluateSpec.kind},
        )  # fmt: skip
        session.add(job)
    result = {"status": SUCCEEDED, "attempt": 1, "scores": EXAM, "rows": 40}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            record, "spec_of", lambda *_: type("Told", (), {"split": split})
        )  # of the spec only its split matters
        record.record(store, job, Outcome(SUCCEEDED, result=result), Ending())
    with store.read() as session:
        return dict(session.get_one(Run, run_id).result or {})


@pytest.fixture
def run_id(store: Store) -> int:
    """A run that was trained without its exam."""
    project_id = projects.create_project(store, "Mails")
    version_id, model_id = add_dataset(store, project_id), add_model(store)
    scores = {"validation": {"loss": 0.4}}
    return add_run(store, project_id, version_id, model_id, scores=scores)


def test_an_exam_that_comes_late_stands_in_the_runs_result(store: Store, run_id: int) -> None:
    result = examined(store, run_id, "test")
    assert result["scores"] == {"validation": {"loss": 0.4}, "test": EXAM}
    assert (result["rows"], result["seconds"]) == (40, 60.0)


def test_a_file_is_no_exam_and_a_second_one_changes_nothing(store: Store, run_id: int) -> None:
    assert "test" not in examined(store, run_id, "june.csv")["scores"]
    examined(store, run_id, "test")
    with store.write() as session:
        run = session.get_one(Run, run_id)
        first = {"tuned": {"accuracy": 0.1}}
        run.result = {**(run.result or {}), "scores": {"test": first}}
    assert examined(store, run_id, "test")["scores"]["test"] == first
