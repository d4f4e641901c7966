"""The Queue page: order, pausing, cancelling, and what ended."""

import pytest
from streamlit.testing.v1 import AppTest

from storage import jobs
from storage.acting import Acting
from storage.database import Store
from storage.tables import CANCELLED, OPEN, PAUSED, QUEUED, RUNNING, Job, Project, now
from tests.fakes.harness import add_job, job_of, status_of
from tests.helpers import accounts
from tests.pages.opened import open_page, texts

PAGE = "pages/queue/queue.py"


def set_job(store: Store, job_id: int, **values: object) -> None:
    with store.write() as session:
        for name, value in values.items():
            setattr(session.get_one(Job, job_id), name, value)


def ids(store: Store) -> list[int]:
    with store.read() as session:
        return [job.id for job in jobs.listing(session, OPEN)]


def choose(at: AppTest, key: str, value: str) -> AppTest:
    return at.menu_button(key=key).click(value).run()


def test_an_empty_queue_says_what_belongs_here(store: Store) -> None:
    assert "Nothing runs and nothing waits" in texts(open_page(PAGE))


def test_it_shows_what_runs_and_what_waits_in_order(store: Store) -> None:
    running, waiting = add_job(store), add_job(store)
    progress = {"phase": "training", "step": 3, "total_steps": 9, "seconds_left": 120}
    set_job(store, running, status=RUNNING, attempt=1, started_at=now(), progress=progress)
    set_job(store, waiting, project_id=1)
    at = open_page(PAGE)
    said = texts(at)
    assert "Quillberry · waits behind 1 job" in said
    assert at.get("progress")[0].text == "step 3 of 9 · about 2 minutes left"
    assert {f"pause-{running}", f"cancel-{waiting}"} <= {button.key for button in at.button}


def test_a_job_is_paused_and_goes_on(store: Store) -> None:
    job_id = add_job(store)
    at = open_page(PAGE)
    at.button(key=f"pause-{job_id}").click().run()
    assert status_of(store, job_id) == PAUSED
    at.button(key=f"resume-{job_id}").click().run()
    assert status_of(store, job_id) == QUEUED


def test_the_reading_of_a_large_file_is_shown_and_cannot_be_paused(store: Store) -> None:
    job_id = add_job(store, "convert")
    buttons = {button.key for button in open_page(PAGE).button}
    assert f"cancel-{job_id}" in buttons
    assert f"pause-{job_id}" not in buttons


def test_cancelling_asks_first(store: Store) -> None:
    job_id = add_job(store)
    at = open_page(PAGE)
    at.button(key=f"cancel-{job_id}").click().run()
    assert "nothing is lost" in texts(at)
    assert status_of(store, job_id) == QUEUED
    at.button(key="cancel-yes").click().run()
    assert status_of(store, job_id) == CANCELLED
    assert "Nothing runs and nothing waits" in texts(at)
    assert at.dataframe[0].value["How it ended"].tolist() == ["Stopped"]


def test_the_order_can_be_changed(store: Store) -> None:
    first, second, third = add_job(store), add_job(store), add_job(store)
    at = open_page(PAGE)
    at = choose(at, f"move-{third}", "First")
    assert ids(store) == [third, first, second]
    at = choose(at, f"move-{first}", "Later")
    assert ids(store) == [third, second, first]
    at = choose(at, f"move-{third}", "After …")
    at.selectbox(key="after-job").select(first).run()
    at.button(key="after-yes").click().run()
    assert ids(store) == [second, first, third]


def test_what_is_being_stopped_offers_nothing_more(store: Store) -> None:
    job_id = add_job(store)
    set_job(store, job_id, attempt=1, cancel_requested_at=now())
    at = open_page(PAGE)
    assert not [button for button in at.button if str(button.key).endswith(f"-{job_id}")]
    assert job_of(store, job_id).status == QUEUED


def test_a_waiting_job_moves_to_the_cluster_where_there_is_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = add_job(store)
    assert f"place-{job_id}" not in {button.key for button in open_page(PAGE).button}
    monkeypatch.setenv("WORKBENCH_RAY_ADDRESS", "http://head:8265")
    at = open_page(PAGE)
    at.button(key=f"place-{job_id}").click().run()
    assert job_of(store, job_id).place == "ray"
    assert "on the cluster" in texts(open_page(PAGE))


def test_a_job_that_nobody_can_tell_of_is_given_up_after_a_question(store: Store) -> None:
    job_id = add_job(store, place="ray")
    told = {"unknown_since": now().timestamp() - 700, "unknown_why": "Nobody answers."}
    set_job(store, job_id, status=RUNNING, attempt=1, started_at=now(), progress=told)
    at = open_page(PAGE)
    assert "Once you are sure" in texts(at)
    at.button(key=f"give-up-{job_id}").click().run()
    assert job_of(store, job_id).given_up_attempt is None
    at.button(key="give-up-yes").click().run()
    assert job_of(store, job_id).given_up_attempt == 1


def test_jobs_of_others_are_counted_and_nothing_else(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.write() as session:
        session.add(Project(id=1, name="Secret"))
        session.flush()
        jobs.add(session, "evaluate", "an exam", {}, project_id=1)
    accounts.act_as(monkeypatch, Acting(person_id=7, name="Jo"))
    said = texts(open_page(PAGE))
    assert "1 job of other projects" in said
    assert "Nothing runs" not in said
    assert "Secret" not in said
