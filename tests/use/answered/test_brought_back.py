"""A workbook with answers, put right by hand and brought back: what was changed, and the examples."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from storage.database import Store
from tests.helpers.answered import Answered, answered, workbook, written_file
from workbench.core.errors import WorkbenchError
from workbench.data import changes
from workbench.data.versions import VersionInfo, latest_version, read_examples
from workbench.evaluation.sureness import threshold
from workbench.use.answered import brought_back
from workbench.use.answered.answers import answers_of
from workbench.use.answered.brought_back import LEAVE_OUT, BroughtBack

TEXTS = [f"Question {i}" for i in range(2, 12)]
"""Rows 2 to 11."""


@pytest.fixture
def made(store: Store, tmp_path: Path) -> Answered:
    return answered(store, tmp_path, workbook(TEXTS), output="Refund", probability=0.5)


def edit(made: Answered, folder: Path, change: Callable[[Any], None]) -> Path:
    """The answered workbook, opened and saved by another program with a change of its sheet."""
    book = openpyxl.load_workbook(made.file.path)
    change(book["Mails"])
    path = folder / "back.xlsx"
    book.save(path)
    return path


def look(store: Store, made: Answered, path: Path) -> BroughtBack:
    return brought_back.look(store, made.answers, made.file, path, "back.xlsx")


def told(found: BroughtBack) -> list[tuple[int, str, str, str]]:
    return [(one.row, one.text, one.before, one.after) for one in found.corrections]


def test_an_untouched_file_has_nothing_to_tell(
    store: Store, made: Answered, tmp_path: Path
) -> None:
    found = look(store, made, edit(made, tmp_path, lambda sheet: None))
    assert (found.corrections, found.emptied, found.strange_rows) == ((), 0, 0)


def test_answers_that_were_put_right_are_found(
    store: Store, made: Answered, tmp_path: Path
) -> None:
    def change(sheet: Any) -> None:
        sheet["C2"], sheet["C5"], sheet["C7"], sheet["C9"] = "Delivery", "Delivery", "", " Refund "

    found = look(store, made, edit(made, tmp_path, change))
    assert told(found) == [
        (2, "Question 2", "Refund", "Delivery"),
        (5, "Question 5", "Refund", "Delivery"),
    ]
    assert found.counts == {("Refund", "Delivery"): 2}
    assert found.emptied == 1


def test_rows_are_found_again_after_sorting_and_beside_new_ones(
    store: Store, made: Answered, tmp_path: Path
) -> None:
    def change(sheet: Any) -> None:
        sheet["C3"] = "Delivery"
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        random.Random(1).shuffle(rows)
        sheet.delete_rows(2, len(rows))
        sheet["E1"] = "Remark"
        for row in [["", "A new one", "Delivery", None], *rows[:-1]]:
            sheet.append([*row, "seen"])

    found = look(store, made, edit(made, tmp_path, change))
    assert told(found) == [(3, "Question 3", "Refund", "Delivery")]
    assert found.strange_rows == 1


def test_another_file_is_refused(store: Store, made: Answered, tmp_path: Path) -> None:
    def without(sheet: Any) -> None:
        sheet.delete_cols(3, 2)

    with pytest.raises(WorkbenchError, match=r"it has no column 'category \(answer\)'"):
        look(store, made, edit(made, tmp_path, without))

    def other_rows(sheet: Any) -> None:
        for row in range(2, 12):
            sheet[f"A{row}"] = sheet[f"B{row}"] = f"Other {row}"

    with pytest.raises(WorkbenchError, match=r"none of the rows of mails answered\.xlsx"):
        look(store, made, edit(made, tmp_path, other_rows))
    junk = tmp_path / "junk.xlsx"
    junk.write_bytes(b"PK\x03\x04 torn")
    with pytest.raises(WorkbenchError, match=r"back\.xlsx"):
        look(store, made, junk)


def test_corrections_become_examples_of_the_next_version(
    store: Store, made: Answered, tmp_path: Path
) -> None:
    def change(sheet: Any) -> None:
        sheet["C2"], sheet["C5"] = "Delivery", "Product question"

    found = look(store, made, edit(made, tmp_path, change))
    version = brought_back.make_examples(store, made.answers, found, "back.xlsx")
    assert isinstance(version, VersionInfo)
    assert (version.number, version.rows) == (2, found.version.rows + 2)
    assert version.change is not None
    assert version.change["title"] == "2 answers looked over in back.xlsx"
    difference = changes.difference(store, version, 10)
    assert difference is not None
    assert difference[0] == 2
    rows = {row["text"]: row["label"] for row in read_examples(version).to_pylist()}
    assert (rows["Question 2"], rows["Question 5"]) == ("Delivery", "Product question")


def test_a_question_that_is_an_example_already_gets_the_new_answer(
    store: Store, tmp_path: Path
) -> None:
    made = answered(store, tmp_path, workbook(["Where is parcel number 0?", "Question 3"]))

    def change(sheet: Any) -> None:
        sheet["C2"] = "Refund"

    found = look(store, made, edit(made, tmp_path, change))
    version = brought_back.make_examples(store, made.answers, found, "back.xlsx")
    assert isinstance(version, VersionInfo)
    assert version.rows == found.version.rows
    rows = read_examples(version).to_pylist()
    assert [r["label"] for r in rows if r["text"] == "Where is parcel number 0?"] == ["Refund"]


def test_an_unknown_category_is_a_slip_a_new_one_or_left_out(
    store: Store, made: Answered, tmp_path: Path
) -> None:
    def change(sheet: Any) -> None:
        sheet["C2"], sheet["C3"], sheet["C4"] = "Delivry", "Praise", "Nonsense"

    found = look(store, made, edit(made, tmp_path, change))
    assert [(one.name, one.nearest) for one in found.unknown] == [
        ("Delivry", "Delivery"),
        ("Praise", ""),
        ("Nonsense", ""),
    ]
    meant = {"Delivry": "Delivery", "Praise": "Praise", "Nonsense": LEAVE_OUT}
    version = brought_back.make_examples(store, made.answers, found, "back.xlsx", in_place=meant)
    assert isinstance(version, VersionInfo)
    rows = {row["text"]: row["label"] for row in read_examples(version).to_pylist()}
    assert (rows["Question 2"], rows["Question 3"]) == ("Delivery", "Praise")
    assert "Question 4" not in rows
    with pytest.raises(WorkbenchError, match="No row is left"):
        brought_back.make_examples(
            store, made.answers, found, "x", in_place=dict.fromkeys(meant, LEAVE_OUT)
        )


def test_rows_that_were_only_looked_at_become_examples_on_wish(
    store: Store, made: Answered, tmp_path: Path
) -> None:
    threshold.keep_threshold(store, made.trained.run_id, 0.6, threshold.USUAL)
    found = answers_of(store, made.answers.job_id)
    made = Answered(made.trained, made.order, found, written_file(store, found))

    def change(sheet: Any) -> None:
        sheet["C2"] = "Delivery"
        sheet.delete_rows(11)

    looked = look(store, made, edit(made, tmp_path, change))
    assert looked.confirmed == tuple(range(3, 11))
    version = brought_back.make_examples(store, made.answers, looked, "back.xlsx", confirmed=True)
    assert isinstance(version, VersionInfo)
    assert version.rows == looked.version.rows + 9
    newest = latest_version(store, version.dataset_id)
    with pytest.raises(WorkbenchError, match="newer version"):
        brought_back.make_examples(store, made.answers, looked, "back.xlsx", confirmed=True)
    assert newest.number == 2
