"""Fields that were put right in their own columns, and talks: back in the form that models are taught."""

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from storage.database import Store
from tests.helpers import exams
from tests.helpers.answered import Answered, written_file
from tests.helpers.exams import Trained, answer_queued
from tests.helpers.made import add_model
from workbench.data import datasets
from workbench.data.versions import VersionInfo, read_examples
from workbench.projects import projects
from workbench.use.answered import asking, brought_back
from workbench.use.answered.answers import answers_of, first_rows
from workbench.use.answered.asking import Order
from workbench.use.answered.brought_back import BroughtBack

ANSWER = {"name": "Ann", "total": 12, "address": {"street": "Lane 1"}, "paid": False}


def fields(number: int) -> str:
    return json.dumps({**ANSWER, "total": number})


def add(store: Store, folder: Path, task: str, rows: list[dict[str, Any]]) -> Trained:
    """A project whose examples are these rows, and a run that learned from them."""
    project_id = projects.create_project(store, "Bills")
    path = folder / "examples.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    saved = datasets.save_version(store, project_id=project_id, path=path, task=task)
    model_id = add_model(store, kind="causal")
    told = (project_id, saved.version_id, model_id, folder, "causal", "succeeded", "Run 1", task)
    return Trained(project_id, saved.version_id, exams._add_run(store, *told))


def answered(store: Store, folder: Path, trained: Trained, content: bytes, **told: Any) -> Answered:
    source = datasets.keep(io.BytesIO(content), "bills.xlsx")
    order = Order(trained.project_id, trained.run_id, source)
    columns = asking.guess_columns(store, trained.run_id, asking.table(store, order))
    order = Order(trained.project_id, trained.run_id, source, columns=columns)
    job_id = asking.start(store, order)
    answer_queued(store, folder, **told)
    found = answers_of(store, job_id)
    return Answered(trained, order, found, written_file(store, found))


def workbook(header: str, texts: list[str]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for cells in [[header], *([text] for text in texts)]:
        book.active.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def look(store: Store, made: Answered, folder: Path, cells: dict[str, Any]) -> BroughtBack:
    book = openpyxl.load_workbook(made.file.path)
    for place, value in cells.items():
        assert book.active is not None
        book.active[place] = value
    book.save(folder / "back.xlsx")
    return brought_back.look(store, made.answers, made.file, folder / "back.xlsx", "back.xlsx")


@pytest.fixture
def bills(store: Store, tmp_path: Path) -> Answered:
    rows = [{"text": f"Bill number {i} for Ann", "response": fields(i)} for i in range(20)]
    trained = add(store, tmp_path, "extraction", rows)
    texts = ["Bill number 90 for Ann", "Bill number 91 for Bob", "Not a bill"]
    told = [fields(90), fields(91), "No idea"]
    return answered(store, tmp_path, trained, workbook("text", texts), output=told, probability=1.0)


def test_each_field_is_put_right_in_its_own_column(
    store: Store, bills: Answered, tmp_path: Path
) -> None:
    sheet = openpyxl.load_workbook(bills.file.path).active
    assert sheet is not None
    titles = [cell.value for cell in sheet[1]]
    assert titles[1:5] == [
        "name (answer)",
        "total (answer)",
        "address · street (answer)",
        "paid (answer)",
    ]
    assert first_rows(bills.answers, 20)["total"].tolist()[:2] == [90, 91]
    found = look(store, bills, tmp_path, {"B3": "Bob", "C3": 19.5, "D3": "Way 2", "E3": "yes"})
    (one,) = found.corrections
    assert json.loads(one.after) == {
        "name": "Bob",
        "total": 19.5,
        "address": {"street": "Way 2"},
        "paid": True,
    }
    version = brought_back.make_examples(store, bills.answers, found, "back.xlsx")
    assert isinstance(version, VersionInfo)
    rows = {row["text"]: row["response"] for row in read_examples(version).to_pylist()}
    assert json.loads(rows["Bill number 91 for Bob"]) == json.loads(one.after)


def test_a_field_that_cannot_be_read_is_a_sentence_and_nothing_is_kept(
    store: Store, bills: Answered, tmp_path: Path
) -> None:
    found = look(store, bills, tmp_path, {"C2": "a lot", "B3": "Bob"})
    assert [one.row for one in found.corrections] == [3]
    ((row, why),) = found.unreadable
    assert row == 2
    assert "a lot" in why


def test_a_talk_is_taught_with_its_new_answer(store: Store, tmp_path: Path) -> None:
    def talk(number: int) -> list[dict[str, str]]:
        asked = {"role": "user", "content": f"Where is parcel {number}?"}
        return [asked, {"role": "assistant", "content": "On its way."}]

    rows = [{"messages": talk(i)} for i in range(20)]
    trained = add(store, tmp_path, "chat", rows)
    asked = [json.dumps(talk(n)[:1]) for n in (90, 91)]
    content = workbook("messages", asked)
    made = answered(store, tmp_path, trained, content, output="It comes on Monday.")
    found = look(store, made, tmp_path, {"B3": "It comes on Friday."})
    version = brought_back.make_examples(store, made.answers, found, "back.xlsx")
    assert isinstance(version, VersionInfo)
    taught = json.loads(read_examples(version)["messages"].to_pylist()[-1])
    assert taught == [*talk(91)[:1], {"role": "assistant", "content": "It comes on Friday."}]
