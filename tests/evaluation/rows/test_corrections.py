"""Answers of the user's that an exam showed to be wrong: corrected as the next version."""

from pathlib import Path

import pytest

from storage.database import Store
from tests.helpers.exams import Trained, accuracies, add_exam, add_trained, answers, write_emails
from workbench.core.errors import WorkbenchError
from workbench.data import changes, datasets
from workbench.data.edits.edit import Edit
from workbench.data.versions import VersionInfo, get_version, rows_by_id
from workbench.evaluation import evaluations
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.rows import corrections


@pytest.fixture
def trained(store: Store, tmp_path: Path) -> Trained:
    return add_trained(store, tmp_path)


def _exam(store: Store, trained: Trained, split: str = "test") -> EvaluationInfo:
    table = answers(["Delivery", "Refund"], ["Refund", "Refund"])
    exam = add_exam(store, trained.run_id, table, accuracies(table), split=split)
    return evaluations.get_evaluation(store, exam)


def _correct(store: Store, info: EvaluationInfo, row: int, text: str) -> VersionInfo:
    made = corrections.correct(store, corrections.find_row(store, info, row), text)
    assert isinstance(made, VersionInfo)
    return made


def test_a_correction_is_the_next_version_and_the_exam_stays(
    store: Store, trained: Trained
) -> None:
    info = _exam(store, trained)
    made = _correct(store, info, 2, "Refund")
    assert (made.number, made.change and made.change["title"]) == (
        2,
        "Answer of row 2 corrected in an exam",
    )
    assert rows_by_id(made, [2])["label"].to_pylist() == ["Refund"]
    assert rows_by_id(get_version(store, trained.version_id), [2])["label"].to_pylist() == [
        "Delivery"
    ]
    assert evaluations.predictions(store, info.id)["expected"].tolist() == ["Delivery", "Refund"]
    assert corrections.corrected_in(store, info) == {2: 2}


def test_a_later_correction_counts_and_one_taken_back_does_not(
    store: Store, trained: Trained
) -> None:
    info = _exam(store, trained)
    _correct(store, info, 2, "Refund")
    _correct(store, info, 3, "Delivery")
    made = _correct(store, info, 2, "Product question")
    assert corrections.corrected_in(store, info) == {2: 4, 3: 3}
    _correct(store, info, 2, "Delivery")
    assert corrections.corrected_in(store, info) == {3: 3}
    changes.go_back(store, made.id)
    assert corrections.corrected_in(store, info) == {2: 4, 3: 3}


def test_the_same_answer_is_no_correction(store: Store, trained: Trained) -> None:
    info = _exam(store, trained)
    with pytest.raises(WorkbenchError, match="stands there already"):
        _correct(store, info, 2, " Delivery ")
    with pytest.raises(WorkbenchError, match="without a text"):
        _correct(store, info, 2, " ")


def test_a_row_that_is_gone_or_of_another_file_is_said(store: Store, trained: Trained) -> None:
    edit = Edit(remove=frozenset({2}))
    changes.apply_edit_here(store, trained.version_id, edit, changes.EDIT, "Out")
    with pytest.raises(WorkbenchError, match="has no such row any more"):
        corrections.find_row(store, _exam(store, trained), 2)
    other = _exam(store, trained, "new mails.csv")
    with pytest.raises(WorkbenchError, match=r"came from new mails\.csv"):
        corrections.find_row(store, other, 2)
    assert corrections.corrected_in(store, other) == {}


def test_in_a_newer_file_the_row_is_known_by_what_it_says(
    store: Store, trained: Trained, tmp_path: Path
) -> None:
    version = get_version(store, trained.version_id)
    path = write_emails(tmp_path / "new.csv", 66)
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([lines[0], "Something new,Refund,x", *lines[1:]]), "utf-8")
    datasets.save_version(
        store,
        project_id=trained.project_id,
        path=path,
        task="classification",
        mapping={"text": "email", "label": "category"},
        dataset_name=version.dataset_name,
    )
    found = corrections.find_row(store, _exam(store, trained), 2)
    assert found.row["row_id"] == 3
    assert found.row["text"] == rows_by_id(version, [2])["text"].to_pylist()[0]
