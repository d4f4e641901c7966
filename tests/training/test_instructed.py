"""An instruction that was kept can be used as it is, like a model that was trained."""

from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import Job, Run
from tests.helpers.exams import accuracies, add_exam, answers
from tests.helpers.prompting import finish_trial, sorted_emails, writer_of
from tests.pages.opened import open_page, texts
from workbench.core.errors import WorkbenchError
from workbench.data.versions import VersionInfo, read_examples
from workbench.evaluation import evaluations
from workbench.evaluation.exam_ladder import ladder_of
from workbench.evaluation.prompting import trials
from workbench.evaluation.verdict import verdict_on
from workbench.jobs import job as jobs
from workbench.jobs.process.specs import TrainSpec
from workbench.projects import projects
from workbench.training import runs
from workbench.training.instructed import NAME, start_instructed
from workbench.training.repeated import again

INSTRUCTION = "Which category fits?"


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_WORKER", "service")


@pytest.fixture
def version(store: Store, tmp_path: Path) -> VersionInfo:
    return sorted_emails(store, projects.create_project(store, "Mails"), tmp_path, rows=300)


def test_it_learns_nothing_and_stands_among_the_trained_models(
    store: Store, version: VersionInfo, tmp_path: Path
) -> None:
    writer = writer_of(store)
    trial = trials.start_trial(store, version.id, writer, INSTRUCTION, shown=3, is_exam=True)
    finish_trial(store, tmp_path, right=0.9)
    started = start_instructed(store, trial)
    assert start_instructed(store, trial) == started, "once is enough"
    run = runs.get_run(store, started.run_id)
    assert (run.name, run.is_told) == (NAME, True)
    with store.read() as session:
        spec = TrainSpec.from_dict(jobs.found_job(session, started.job_id).spec)
    assert (spec.system, spec.shows, spec.recipe.lean_on_examples) == (INSTRUCTION, 3, "no")
    exam = read_examples(version, filters=[("split", "=", "test")]).to_pandas()
    frequent = ["Delivery"] * len(exam)
    table = answers(exam["label"], exam["label"], inputs=exam["text"].tolist(), frequent=frequent)
    scores = {**accuracies(table), "frequent": {"accuracy": (table.frequent == table.tuned).mean()}}
    info = evaluations.get_evaluation(store, add_exam(store, started.run_id, table, scores))
    found = ladder_of(store, info, evaluations.predictions(store, info.id))
    assert [one.name for one in found.rungs] == ["frequent", "tuned"], "not beside itself"
    assert found.rungs[-1].title == "With your instruction"
    told = verdict_on(found)
    assert told.sentence == "Use the model with your instruction."
    assert "go live as it is" in told.next_step
    assert "raining has" not in told.next_step
    with store.write() as session:
        row = session.get_one(Run, started.run_id)
        row.result = {**(row.result or {}), "adapter": str(tmp_path)}
        session.get_one(Job, started.job_id).status = "succeeded"
    further = runs.start_run(
        store, project_id=version.project_id, version_id=version.id, base_model_id=writer,
        recipe=spec.recipe,
    )  # fmt: skip
    info = evaluations.get_evaluation(
        store, add_exam(store, further.run_id, table, accuracies(table))
    )
    found = ladder_of(store, info, evaluations.predictions(store, info.id))
    assert [one.name for one in found.rungs] == ["prompt", "tuned"], "once, as the rung to beat"
    with pytest.raises(WorkbenchError, match="nothing to repeat"):
        again.before(store, started.run_id)
    with pytest.raises(WorkbenchError, match="learned nothing, it only answers after"):
        runs.start_run(
            store, project_id=version.project_id, version_id=version.id, base_model_id=writer,
            recipe=spec.recipe, start_from=started.run_id,
        )  # fmt: skip
    page = texts(open_page("pages/train/train.py", project=version.project_id, run=started.run_id))
    assert "Is an instruction enough?" in page
    assert "is told what to do, and learns nothing of" in page
    assert "Train it further" not in page
    assert "Nothing was learned: it is asked after your instruction." in page


def test_what_is_no_trial_is_refused(store: Store, version: VersionInfo, tmp_path: Path) -> None:
    trial = trials.start_trial(store, version.id, writer_of(store), INSTRUCTION, is_exam=True)
    finish_trial(store, tmp_path, right=0.9)
    training = start_instructed(store, trial)
    with pytest.raises(WorkbenchError, match="is no trial of an instruction"):
        start_instructed(store, training.job_id)
