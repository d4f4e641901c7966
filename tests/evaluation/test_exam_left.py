"""What is left of an exam where a training goes on from a model that learned some of its questions."""

from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import Run
from tests.helpers.exams import add_trained
from workbench.core.recipe import APART, TURNS
from workbench.data.versions import VersionInfo, get_version
from workbench.evaluation.exam_left import ExamLeft, exam_left
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.trained import Learned, TrainedModel, write_trained

BASE = BaseModelRef("tiny", Path("/models/tiny"), "encoder")


@pytest.fixture
def trained(store: Store, tmp_path: Path) -> tuple[int, VersionInfo]:
    """A run and the version of its examples."""
    made = add_trained(store, tmp_path)
    return made.run_id, get_version(store, made.version_id)


def _is(store: Store, run_id: int, data: Path | None, exam: str = APART, **more: object) -> None:
    with store.read() as session:
        folder = Path((session.get_one(Run, run_id).result or {})["adapter"])
    facts = {
        "task": "classification",
        "family": "encoder",
        "base": BASE,
        "data": data,
        "exam": exam,
    }
    write_trained(folder, TrainedModel(**{**facts, **more}))  # type: ignore[arg-type]


def test_by_turns_a_model_has_learned_its_exam_and_otherwise_not(
    store: Store, trained: tuple[int, VersionInfo]
) -> None:
    run_id, version = trained
    questions = version.splits["test"]
    assert questions > 1
    _is(store, run_id, version.path)
    assert exam_left(store, run_id, version) == ExamLeft(questions, questions)
    _is(store, run_id, version.path, TURNS)
    left = exam_left(store, run_id, version)
    assert left == ExamLeft(0, questions)
    assert "there would be no exam after this training" in left.sentence
    before = (Learned(task="classification", data=version.path, whole=True),)
    _is(store, run_id, None, learned=before)  # what the model before it had learned counts as well
    assert exam_left(store, run_id, version) == left


def test_another_task_or_examples_that_are_gone_say_nothing(
    store: Store, trained: tuple[int, VersionInfo], tmp_path: Path
) -> None:
    run_id, version = trained
    _is(store, run_id, version.path, TURNS, task="completion")
    left = exam_left(store, run_id, version)
    assert left is not None
    assert left.sentence == ""
    _is(store, run_id, tmp_path / "gone.parquet", TURNS)
    assert exam_left(store, run_id, version) is None


def test_a_part_that_is_known_is_told_in_numbers() -> None:
    assert "has learned 38 of the 40 exam questions" in ExamLeft(2, 40).sentence
    assert "asks the other 2" in ExamLeft(2, 40).sentence
    assert ExamLeft(40, 40).sentence == ExamLeft(0, 0).sentence == ""
