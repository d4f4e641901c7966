"""The Data page with what is no single table: several files, chats, documents."""

from pathlib import Path

import pytest
from openpyxl import Workbook
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.corpus import make
from tests.helpers.conversion_jobs import worked_off
from tests.pages.opened import open_page, texts
from workbench.jobs import queue
from workbench.projects import projects

PAGE = "pages/data/data.py"
FILES = make.FILES


pytestmark = pytest.mark.usefixtures("nothing_remembered")


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails")


def _upload(project_id: int, *names: str) -> AppTest:
    at = open_page(PAGE, project=project_id)
    uploader = at.get("file_uploader")[0]
    found = [(Path(name).name, (FILES / name).read_bytes(), "") for name in names]
    uploader.set_value(found).run()
    assert not at.exception, at.exception
    return at


def test_several_files_become_one_table(store: Store, project_id: int) -> None:
    at = _upload(project_id, "tables/comma.csv", "tables/one-row-too-long.csv")

    assert "162 rows × 3 columns · several files" in texts(at)
    assert at.radio[0].value == "classification"
    assert at.text_input(key="data-name").value == "comma and 1 more"
    assert not at.error


def test_several_files_that_take_longer_are_read_by_a_job(store: Store, project_id: int) -> None:
    _upload(project_id, "documents/handbook.pdf", "documents/handbook.docx")
    (job,) = queue.list_jobs(store)
    assert job.title == "Reading of 2 files (handbook.pdf, …)"
    worked_off(store, job.id)

    at = open_page(PAGE, project=project_id)

    assert "5 rows × 4 columns" in texts(at)
    assert at.radio[0].value == "language-modelling"
    assert "has 5 usable rows, but at least 10 are needed" in at.error[0].value


def test_a_chat_asks_who_answers(project_id: int) -> None:
    at = _upload(project_id, "documents/whatsapp-android.txt")
    assert at.radio[0].value == "chat"
    assert "What Werkstatt writes counts as the answers" in texts(at)

    who = at.selectbox(key="data-read-assistant")
    assert (who.value, who.options) == ("Werkstatt", ["Werkstatt", "Noor"])
    who.set_value("Noor").run()

    assert at.selectbox(key="data-read-assistant").value == "Noor"
    assert "What Noor writes counts as the answers" in texts(at)


def test_turns_that_stand_apart_are_woven_to_conversations(project_id: int) -> None:
    at = _upload(project_id, "training/preferences-in-turns.jsonl")

    assert at.radio[0].value == "chat"
    assert "'chosen' is taken for the answer" in texts(at)
    assert at.metric[0].value == "12"
    assert not at.error
    assert not at.warning


def test_a_workbook_that_cannot_be_read_offers_its_sheets(project_id: int, tmp_path: Path) -> None:
    book = Workbook()
    for number in range(12):
        book.active.append([f"message {number}", "Delivery", *["more"] * (number > 9)])
    book.create_sheet("Mails").append(["text", "label"])
    for number in range(12):
        book["Mails"].append([f"Where is parcel {number}?", ("Delivery", "Other")[number % 2]])
    book.save(tmp_path / "two.xlsx")
    at = open_page(PAGE, project=project_id)
    at.get("file_uploader")[0].set_value([("two.xlsx", (tmp_path / "two.xlsx").read_bytes(), "")])

    at.run()

    assert "Sheet 'Sheet'" in at.error[0].value
    assert "Give the column a name, or empty those cells" in at.error[0].value
    labels = {box.label for box in at.selectbox}
    assert "Sheet" in labels
    assert not labels & {"Separator", "Quote signs", "Encoding"}
    at.selectbox(key="data-read-sheet").set_value("Mails").run()
    assert not at.error
