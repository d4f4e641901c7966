"""Instructions are tried on practice questions, and only one that is kept sits the exam."""

from pathlib import Path

import pandas as pd
import pytest

from storage import jobs
from storage.database import Store
from tests.helpers.exams import accuracies, add_exam, answers
from tests.helpers.made import add_model
from tests.helpers.prompting import finish_trial, sorted_emails, writer_of
from workbench.core.errors import WorkbenchError
from workbench.data.splits.drawn import chosen
from workbench.data.versions import (
    VersionInfo,
    delete_dataset,
    list_versions,
    read_examples,
)
from workbench.evaluation import evaluations
from workbench.evaluation.exam_ladder import ladder_of
from workbench.evaluation.prompting import outcome, trials
from workbench.evaluation.prompting.trials import Trial
from workbench.evaluation.told import told
from workbench.jobs import record
from workbench.jobs.outcome import Ending, Outcome
from workbench.jobs.process.specs import PromptSpec
from workbench.models import catalogue
from workbench.projects import projects
from workbench.training import presets, runs

INSTRUCTION = "Which category fits?"


@pytest.fixture
def version(store: Store, tmp_path: Path) -> VersionInfo:
    """Three hundred e-mails, thirty of them for the exam."""
    return sorted_emails(store, projects.create_project(store, "Mails"), tmp_path, rows=300)


@pytest.fixture
def writer(store: Store) -> int:
    return writer_of(store)


def _spec(store: Store, job_id: int) -> PromptSpec:
    with store.read() as session:
        job = jobs.get(session, job_id)
        assert job is not None
        return PromptSpec.from_dict(job.spec)


def _kept(store: Store, version: VersionInfo) -> Trial:
    found = trials.kept(store, version)
    assert found is not None
    return found


def test_practice_questions_are_none_of_the_exam(
    store: Store, version: VersionInfo, writer: int
) -> None:
    job_id = trials.start_trial(store, version.id, writer, f"  {INSTRUCTION}\n", shown=3)
    spec = _spec(store, job_id)
    asked = pd.read_parquet(spec.data)
    exam = read_examples(version, filters=[("split", "=", "test")])["row_id"].to_pylist()
    assert len(asked) == min(trials.PRACTICE_QUESTIONS, version.splits["validation"])
    assert not {*asked["row_id"]} & {*exam}
    assert (spec.system, spec.shown, spec.is_exam) == (INSTRUCTION, 3, False)
    assert spec.labels == ("Delivery", "Product question", "Refund")


def test_what_is_kept_is_asked_what_a_training_is_asked(
    store: Store, version: VersionInfo, writer: int
) -> None:
    spec = _spec(store, trials.start_trial(store, version.id, writer, INSTRUCTION, is_exam=True))
    rows = read_examples(version, filters=[("split", "=", "test")]).to_pylist()
    recipe = presets.preset("balanced", task="classification", family="causal", rows=240)
    wanted = [row["row_id"] for row in chosen(rows, recipe.eval_max_rows, recipe.seed)]
    assert pd.read_parquet(spec.data)["row_id"].tolist() == wanted


def test_the_same_is_not_tried_twice_unless_it_came_to_nothing(
    store: Store, version: VersionInfo, writer: int, tmp_path: Path
) -> None:
    first = trials.start_trial(store, version.id, writer, INSTRUCTION)
    assert trials.start_trial(store, version.id, writer, INSTRUCTION) == first
    assert trials.start_trial(store, version.id, writer, INSTRUCTION, shown=1) != first
    finish_trial(store, tmp_path, right=0.5)
    assert trials.start_trial(store, version.id, writer, INSTRUCTION) == first
    with store.write() as session:
        job = jobs.claim(session, ["prompt-trial"])
    assert job is not None
    record.record(store, job, Outcome("failed", "The disk is full.", None), Ending(1))
    assert trials.start_trial(store, version.id, writer, INSTRUCTION, shown=1) > job.id


@pytest.mark.parametrize(
    ("instruction", "shown", "said"),
    [
        ("  ", 0, "write what the model is to do"),
        ("x" * 4001, 0, "4,001 characters"),
        (INSTRUCTION, 2, "choose 0, 1 or 3"),
    ],
)
def test_what_cannot_be_tried_is_a_sentence(
    store: Store, version: VersionInfo, writer: int, instruction: str, shown: int, said: str
) -> None:
    with pytest.raises(WorkbenchError, match=said):
        trials.start_trial(store, version.id, writer, instruction, shown=shown)


def test_a_model_that_only_reads_or_is_gone_is_told_nothing(
    store: Store, version: VersionInfo
) -> None:
    reader = next(m.id for m in catalogue.list_models(store) if m.name == "all-MiniLM-L6-v2")
    with pytest.raises(WorkbenchError, match="choose a model that writes"):
        trials.start_trial(store, version.id, reader, INSTRUCTION)
    gone = add_model(store, name="gone", kind="causal")
    with pytest.raises(WorkbenchError, match="gone is not ready"):
        trials.start_trial(store, version.id, gone, INSTRUCTION)


@pytest.mark.parametrize(
    ("right", "level"),
    [(1.0, outcome.ENOUGH), (0.7, outcome.BETTER), (0.3, outcome.NO_BETTER)],
)
def test_the_verdict_follows_the_answers(
    store: Store, writer: int, tmp_path: Path, right: float, level: str
) -> None:
    version = sorted_emails(store, projects.create_project(store, "Many"), tmp_path, rows=1200)
    trials.start_trial(store, version.id, writer, INSTRUCTION, is_exam=True)
    finish_trial(store, tmp_path, right)
    kept = _kept(store, version)
    found = outcome.judged(kept, trials.answers(kept, version.task), version.task)
    assert found.level == level, found.sentence
    assert f"{100 * right:.0f}" in found.sentence
    assert "most frequent answer" in found.sentence


def test_a_kept_instruction_is_a_rung_that_a_training_has_to_beat(
    store: Store, version: VersionInfo, writer: int, tmp_path: Path
) -> None:
    started = runs.start_run(
        store,
        project_id=version.project_id,
        version_id=version.id,
        base_model_id=writer,
        recipe=presets.preset("balanced", task="classification", family="causal", rows=240),
    )
    exam = read_examples(version, filters=[("split", "=", "test")]).to_pandas()
    table = answers(exam["label"], exam["label"], inputs=exam["text"].tolist())
    evaluation_id = add_exam(store, started.run_id, table, accuracies(table))
    info = evaluations.get_evaluation(store, evaluation_id)
    judged = evaluations.predictions(store, evaluation_id)
    assert [one.name for one in ladder_of(store, info, judged).rungs] == ["tuned"]
    trials.start_trial(store, version.id, writer, INSTRUCTION)
    finish_trial(store, tmp_path, right=0.9)
    assert [one.name for one in ladder_of(store, info, judged).rungs] == ["tuned"], "not kept yet"
    trials.start_trial(store, version.id, writer, INSTRUCTION, is_exam=True)
    finish_trial(store, tmp_path, right=0.5)
    found = ladder_of(store, info, judged)
    assert [one.name for one in found.rungs] == ["prompt", "tuned"]
    prompt = found.rungs[0]
    assert (prompt.title, prompt.scores["accuracy"], prompt.seconds) == (
        "With your instruction",
        0.5,
        0.5,
    )
    assert [one.name for one in found.simpler] == ["prompt"]
    assert "prompt" in told(store, info)["ladder"]


def test_trials_go_with_their_data(store: Store, version: VersionInfo, writer: int) -> None:
    job_id = trials.start_trial(store, version.id, writer, INSTRUCTION)
    delete_dataset(store, version.dataset_id)
    assert not list_versions(store, version.project_id)
    with store.read() as session:
        job = jobs.get(session, job_id)
    assert job is not None
    assert job.status == "cancelled"
