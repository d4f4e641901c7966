"""Older models of a project stand in the ladder, on rows that they have not learned from."""

from pathlib import Path

import pytest

from storage import files
from storage.database import Store
from storage.tables import Run
from tests.helpers.exams import accuracies, add_exam, add_trained, answers, write_emails
from workbench.data import datasets
from workbench.data.versions import get_version, read_examples
from workbench.evaluation import evaluations
from workbench.evaluation.exam_ladder import ladder_of
from workbench.evaluation.ladder import Ladder
from workbench.evaluation.told import told

WANTED = ["Delivery", "Refund"] * 30
WRONG = ["Refund", "Delivery"] * 30
ASKED = [f"a new question {i}" for i in range(60)]


@pytest.fixture
def two(store: Store, tmp_path: Path) -> tuple[int, int]:
    """An older run and a newer one of the same project, on datasets of their own."""
    (tmp_path / "new").mkdir()
    older = add_trained(store, tmp_path, name="First try")
    newer = add_trained(store, tmp_path / "new", project_id=older.project_id, name="Second try")
    return older.run_id, newer.run_id


def _add(store: Store, run_id: int, right: int, asked: list[str] = ASKED, **others: object) -> int:
    table = answers(WANTED[: len(asked)], _right(right, len(asked)), inputs=asked, **others)
    return add_exam(store, run_id, table, accuracies(table))


def _right(number: int, rows: int = 60) -> list[str]:
    return WANTED[:number] + WRONG[number:rows]


def _ladder(store: Store, run_id: int) -> Ladder:
    info = evaluations.list_evaluations(store, run_id)[0]
    return ladder_of(store, info, evaluations.predictions(store, info.id))


def test_an_older_model_is_compared_on_the_same_questions(
    store: Store, two: tuple[int, int]
) -> None:
    older, newer = two
    _add(store, older, right=30)
    _add(store, newer, right=50)
    rung = _ladder(store, newer).rungs[-1]
    assert (rung.name, rung.title, rung.rows) == (f"run {older}", "First try", 60)
    assert rung.scores["accuracy"] == 0.5
    assert rung.against is not None
    assert rung.against.gain == pytest.approx(20 / 60)
    assert [one.name for one in _ladder(store, older).rungs] == ["tuned"], "a newer one is no older"


def test_models_of_one_name_are_told_apart(
    store: Store, two: tuple[int, int], tmp_path: Path
) -> None:
    (tmp_path / "last").mkdir()
    older, newer = two
    with store.read() as session:
        project_id = session.get_one(Run, older).project_id
    last = add_trained(
        store, tmp_path / "last", project_id=project_id, name="After training"
    ).run_id
    with store.write() as session:
        for run_id in two:
            session.get_one(Run, run_id).name = "After training"
    for run_id in (older, newer, last):
        _add(store, run_id, right=50)
    assert [one.title for one in _ladder(store, last).rungs] == [
        "After training",
        f"After training (run {newer})",
        f"After training (run {older})",
    ]


def test_only_questions_in_common_are_compared(store: Store, two: tuple[int, int]) -> None:
    older, newer = two
    _add(store, older, right=30, asked=ASKED[:40])
    _add(store, newer, right=50)
    rung = _ladder(store, newer).rungs[-1]
    assert (rung.rows, rung.scores["accuracy"]) == (40, 0.75)
    assert rung.against is not None
    assert rung.against.gain == pytest.approx(0.25), "of these the newer one has all right"


def test_rows_that_the_older_one_has_learned_from_are_left_out(
    store: Store, two: tuple[int, int], tmp_path: Path
) -> None:
    older, newer = two
    learned = get_version(store, evaluations.version_of(store, older))
    saved = datasets.save_version(
        store,
        project_id=learned.project_id,
        path=write_emails(tmp_path / "more.csv", rows=90),
        task="classification",
        mapping={"text": "email", "label": "category"},
        dataset_name="More e-mails",
    )
    with store.write() as session:
        session.get_one(Run, newer).dataset_version_id = saved.version_id
    table = read_examples(learned, filters=[("split", "=", "train")])
    asked = [*table["text"].to_pylist()[:25], *ASKED[25:]]
    _add(store, older, right=60, asked=asked)
    _add(store, newer, right=50, asked=asked)
    rung = _ladder(store, newer).rungs[-1]
    assert rung.name == f"run {older}"
    assert rung.rows == 35


def test_an_exam_by_turns_and_one_apart_are_not_compared(
    store: Store, two: tuple[int, int]
) -> None:
    older, newer = two
    _add(store, older, right=30, turn=[0, 1] * 30)
    _add(store, newer, right=50)
    assert [one.name for one in _ladder(store, newer).rungs] == ["tuned"]


def test_too_few_questions_in_common_tell_nothing(store: Store, two: tuple[int, int]) -> None:
    older, newer = two
    _add(store, older, right=10, asked=ASKED[:19])
    _add(store, newer, right=50)
    assert [one.name for one in _ladder(store, newer).rungs] == ["tuned"]


def test_whoever_is_worse_than_an_older_one_is_not_to_be_used(
    store: Store, two: tuple[int, int]
) -> None:
    older, newer = two
    _add(store, older, right=55)
    _add(store, newer, right=30, base=_right(10))
    said = told(store, evaluations.list_evaluations(store, newer)[0])["verdict"]
    assert (said["level"], said["use"]) == ("worse", f"run {older}")
    assert said["sentence"] == (
        "Do not use the trained model: the older version 'First try' is better."
    )
    assert "Next: keep using that one" in said["next"]


def test_an_exam_whose_answers_are_gone_is_told_by_its_scores(
    store: Store, two: tuple[int, int]
) -> None:
    _, newer = two
    _add(store, newer, right=50, base=_right(20))
    info = evaluations.list_evaluations(store, newer)[0]
    files.object_path(info.predictions_hash).unlink()
    said = told(store, info)
    assert said["ladder"]["tuned"]["rows"] == said["rows"] == 60
    assert said["baseline"] == {}
    assert said["verdict"]["level"] == "not_yet"
    assert said["verdict"]["evidence"][0].startswith("On 60 exam questions")
