"""The Data page with a file that only the user can explain."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.helpers.conversion_jobs import worked_off
from tests.pages.opened import open_page, texts
from workbench.data.files import large, reader
from workbench.jobs import queue
from workbench.projects import projects

PAGE = "pages/data/data.py"
SETS = [["late"], ["price"], ["late", "price"]] * 10
ROWS = [{"text": f"Ferry {n} was an hour late.", "tags": tags} for n, tags in enumerate(SETS)]


pytestmark = pytest.mark.usefixtures("nothing_remembered")


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Ferry")


def _upload(project_id: int, rows: list[object] = [*ROWS]) -> AppTest:  # noqa: B006
    at = open_page(PAGE, project=project_id)
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    at.get("file_uploader")[0].set_value([("ferry.jsonl", content, "")]).run()
    assert not at.exception, at.exception
    return at


def test_nothing_is_made_until_the_question_is_answered(store: Store, project_id: int) -> None:
    at = _upload(project_id)
    assert "10 of 30 rows have several categories in 'tags'" in texts(at)
    (question,) = at.radio
    assert question.value is None
    assert not [button for button in at.button if button.key == "data-save"]

    question.set_value("first").run()
    assert not at.exception, at.exception
    assert at.button(key="data-save")
    assert [radio.value for radio in at.radio][:2] == ["first", "classification"]
    assert "Not used: 'tags (further ones)' (10 rows)." in texts(at)


def test_the_answer_survives_a_refresh_and_can_be_changed(store: Store, project_id: int) -> None:
    _upload(project_id).radio[0].set_value("each").run()
    at = open_page(PAGE, project=project_id)
    assert at.radio[0].value == "each"
    assert "40 rows × 2 columns" in texts(at)

    at.radio[0].set_value("single").run()
    assert not at.exception, at.exception
    assert "20 rows × 2 columns" in texts(at)
    account = [str(frame.value.to_dict()) for frame in at.dataframe]
    assert any("Left out: several categories" in frame for frame in account)


def test_an_answer_that_leaves_nothing_can_be_taken_back(store: Store, project_id: int) -> None:
    at = _upload(project_id, [{**row, "tags": ["late", "price"]} for row in ROWS])
    at.radio[0].set_value("single").run()
    assert "30 × several categories" in at.error[0].value
    at.button(key="data-choose-again").click().run()
    assert not at.error
    assert at.radio[0].value is None


def test_a_large_file_is_asked_about_in_the_same_way(
    store: Store, project_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "is_large", lambda source: True)
    monkeypatch.setattr(reader, "LARGE_BYTES", 0)
    _upload(project_id)
    worked_off(store, queue.list_jobs(store)[0].id)
    at = open_page(PAGE, project=project_id)
    assert at.radio[0].value is None
    at.radio[0].set_value("single").run()
    worked_off(store, max(job.id for job in queue.list_jobs(store)))
    at = open_page(PAGE, project=project_id)
    assert at.radio[0].value == "single"
    assert "20 rows × 2 columns" in texts(at)
