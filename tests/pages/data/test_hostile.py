"""The Data page with a file that harms what reads it: a sentence, and the way to another one."""

from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st

from storage import files
from storage.database import Store
from tests.fakes import broken_reader
from tests.pages.opened import open_page
from workbench.data.files import reader, reader_process
from workbench.data.files.reader_process import ReaderProcess
from workbench.projects import projects

PAGE = "pages/data/data.py"
_DAMAGED = "could not be read: it is damaged, or made to do harm"


@pytest.fixture(autouse=True)
def _broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Readers that come to harm over files that say so."""
    st.cache_data.clear()
    reader.end_all()
    monkeypatch.setattr(reader_process, "PROGRAM", broken_reader.__name__)
    yield
    reader.end_all()


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """How often a reader was asked for a table."""
    asked: list[Any] = []
    ask = ReaderProcess.ask

    def count(self: ReaderProcess, question: dict[str, Any], *limits: Any) -> Any:
        asked.extend([question] * (question["work"] == "table"))
        return ask(self, question, *limits)

    monkeypatch.setattr(ReaderProcess, "ask", count)
    return asked


@pytest.mark.parametrize("harm", ["abort", "panic"])
def test_a_file_that_does_harm_can_be_left(store: Store, tables: list[Any], harm: str) -> None:
    project_id = projects.create_project(store, "Mails")
    at = open_page(PAGE, project=project_id)
    content = f"{harm}\nWhere is my parcel?\n".encode()

    at.get("file_uploader")[0].set_value([("mails.csv", content, "")])
    at.run()
    assert _DAMAGED in at.error[0].value
    again = open_page(PAGE, project=project_id)

    assert _DAMAGED in again.error[0].value
    assert len(tables) == 1, "it was read again by itself"
    assert "Traceback" not in again.error[0].value
    again.button(key="data-other").click().run()
    assert not again.error
    assert again.get("file_uploader")
    assert list(files.folder("logs").glob("reader.log"))


def test_a_file_that_is_brought_again_is_tried_again(store: Store, tables: list[Any]) -> None:
    project_id = projects.create_project(store, "Mails")
    for _ in range(2):
        at = open_page(PAGE, project=project_id)
        at.get("file_uploader")[0].set_value([("mails.csv", b"abort\nx\n", "")])
        at.run()
        assert _DAMAGED in at.error[0].value
        at.button(key="data-other").click().run()
    assert len(tables) == 2
