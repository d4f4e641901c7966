"""The Data page with a large file: on its way, read by a job, checked by a job, saved."""

import json
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from storage import files
from storage.database import Store
from tests.helpers.conversion_jobs import worked_off
from tests.pages.opened import open_page, texts
from workbench.data import datasets
from workbench.data.examples.plan import Source
from workbench.data.files import arrivals, large, uploads
from workbench.data.readers import table_file
from workbench.jobs import queue
from workbench.jobs.job import JobView
from workbench.projects import projects
from workbench.system import drafts

PAGE = "pages/data/data.py"
TABLE = "text,category\n" + "".join(f"message number {i},kind {i % 3}\n" for i in range(60))


@pytest.fixture(autouse=True)
def _small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    st.cache_data.clear()  # every test has a job with the number 1
    monkeypatch.setattr(large, "LARGE_BYTES", 1000)


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails")


def _kept(tmp_path: Path, text: str, name: str = "mails.csv") -> Source:
    path = tmp_path / name
    path.write_text(text)
    return Source(files.put_file(path), name)


def _open(store: Store, project_id: int, source: Source | None = None, **draft: Any) -> AppTest:
    if source is not None:
        draft["source"] = source.__dict__
    drafts.save_draft(store, project_id, "data", draft)
    return open_page(PAGE, project=project_id)


def _jobs(store: Store) -> list[JobView]:
    return queue.list_jobs(store)


def _box(at: AppTest) -> dict[str, Any]:
    """What the page gives to the upload box."""
    (found,) = at.get("bidi_component")
    return dict(json.loads(found.proto.json))


def test_a_large_file_is_read_by_one_job(store: Store, project_id: int, tmp_path: Path) -> None:
    at = _open(store, project_id, _kept(tmp_path, TABLE))
    assert not at.error
    assert at.button(key="data-other")

    open_page(PAGE, project=project_id)

    (job,) = _jobs(store)
    assert (job.kind, job.title, job.status) == ("convert", "Reading of mails.csv", "queued")


def test_the_reading_can_be_stopped_and_begun_again(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    at = _open(store, project_id, _kept(tmp_path, TABLE))
    (job,) = _jobs(store)

    at.button(key=f"job-cancel-{job.id}").click().run()
    at.run()
    assert "Reading of mails.csv was stopped" in texts(at)
    at.button(key=f"read-again-{job.id}").click().run()

    assert [job.status for job in _jobs(store)] == ["cancelled", "queued"]


def test_why_it_cannot_be_read_stands_there_with_the_corrections(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    _open(store, project_id, _kept(tmp_path, TABLE + '"open,a\n' + "x,b\n" * 9))
    worked_off(store, _jobs(store)[0].id)

    at = open_page(PAGE, project=project_id)

    assert "line 62 of mails.csv is not closed" in at.error[0].value
    assert len(at.error) == 1
    at.selectbox(key="data-read-quoting").set_value("literal").run()
    worked_off(store, _jobs(store)[-1].id)
    at.run()
    assert not at.error
    assert "70 rows" in texts(at)


def test_a_large_table_is_checked_by_a_job_and_saved(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    _open(store, project_id, _kept(tmp_path, TABLE))
    worked_off(store, _jobs(store)[0].id)
    at = open_page(PAGE, project=project_id)
    assert "60 rows × 2 columns" in texts(at)
    assert "what you see are some of its rows" in texts(at)
    assert not at.metric
    primary = [button.label for button in at.main.button if button.proto.type == "primary"]
    assert primary == ["Check all examples"]

    at.button(key="data-check").click().run()
    worked_off(store, _jobs(store)[-1].id)
    at = open_page(PAGE, project=project_id)

    assert [metric.value for metric in at.metric] == ["60", "48", "6", "6"]
    at.button(key="data-save").click().run()
    assert "Your data is ready: 60 examples" in at.success[0].value
    assert "Your data is ready" in open_page(PAGE, project=project_id).success[0].value
    assert len(datasets.list_versions(store, project_id)) == 1
    assert [job.kind for job in _jobs(store)] == ["convert", "prepare"]


def test_an_exam_by_customer_is_offered_for_rows_that_are_not_shown(
    store: Store, project_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_file, "_SAMPLE_FIRST", 20)  # of whom each has written once
    lines = [f"message number {i},kind {i % 3},K{i % 20}\n" for i in range(80)]
    _open(store, project_id, _kept(tmp_path, "text,category,kunde\n" + "".join(lines)))
    worked_off(store, _jobs(store)[0].id)

    at = open_page(PAGE, project=project_id)

    (drawn,) = [radio for radio in at.radio if "How are exam questions drawn?" in radio.label]
    assert drawn.options == ["At random", "By customer (kunde)"]
    assert drawn.value == "group:kunde"


def test_other_columns_ask_for_another_check(store: Store, project_id: int, tmp_path: Path) -> None:
    _open(store, project_id, _kept(tmp_path, TABLE))
    worked_off(store, _jobs(store)[0].id)
    at = open_page(PAGE, project=project_id)
    at.button(key="data-check").click().run()
    worked_off(store, _jobs(store)[-1].id)
    at = open_page(PAGE, project=project_id)
    assert at.metric

    at.radio[0].set_value("completion").run()

    assert not at.metric
    assert at.button(key="data-check")


def test_another_file_ends_what_was_begun_for_the_first(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    at = _open(store, project_id, _kept(tmp_path, TABLE))

    at.button(key="data-other").click().run()

    assert [job.status for job in _jobs(store)] == ["cancelled"]
    assert at.get("file_uploader")


def test_the_box_for_large_files_knows_where_to_send(project_id: int) -> None:
    at = open_page(PAGE, project=project_id)

    assert _box(at) == {
        "slot": f"{project_id}-source",
        "path": "/upload",
        "ticket": "",
        "error": "",
        "answered": "",
    }
    assert any("larger than 200 MB" in panel.label for panel in at.expander)


def test_a_file_that_has_arrived_is_taken_on_the_next_look(store: Store, project_id: int) -> None:
    body = TABLE.encode()
    ticket = uploads.open_ticket(store, project_id, "sent.csv", len(body))
    with arrivals.receive(store, ticket, None) as arrival:
        arrival.write(body)
        arrival.finish()

    at = _open(store, project_id, uploads={"source": uploads.id_of(ticket)})

    assert "sent.csv" in texts(at)
    draft = drafts.get_draft(store, project_id, "data")
    assert (draft["source"]["name"], draft["uploads"]) == ("sent.csv", {})


def test_a_refresh_shows_how_far_an_upload_is(store: Store, project_id: int) -> None:
    ticket = uploads.open_ticket(store, project_id, "sent.csv", 1000)
    with arrivals.receive(store, ticket, None) as arrival:
        arrival.write(b"x" * 250)
        arrival._tell()
        at = _open(store, project_id, uploads={"source": uploads.id_of(ticket)})
        assert "It is still being sent" in texts(at)
        (stop,) = [b for b in at.button if str(b.key).startswith("data-large-stop")]
        stop.click().run()

        with pytest.raises(uploads.NoTicket):
            arrival.finish()


def test_why_an_upload_broke_off_stands_in_the_box(store: Store, project_id: int) -> None:
    ticket = uploads.open_ticket(store, project_id, "sent.csv", 1000)
    with pytest.raises(uploads.TooMuch), arrivals.receive(store, ticket, None) as arrival:
        arrival.finish()

    at = _open(store, project_id, uploads={"source": uploads.id_of(ticket)})

    assert "The upload of sent.csv was interrupted" in _box(at)["error"]
    assert drafts.get_draft(store, project_id, "data")["uploads"] == {}
