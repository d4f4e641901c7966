"""The Installation page: what is well and what is not, who uses what, the last backup, errors."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from storage import files
from storage.acting import Acting
from storage.database import Store
from storage.tables import Job, Person
from tests.fakes.harness import add_job, until
from tests.fakes.ray_cluster import FakeCluster
from tests.helpers import accounts, full_home
from tests.pages.opened import open_page, texts
from workbench.jobs.cluster import home_name
from workbench.jobs.launchers.ray_jobs import Resources
from workbench.system.backup import backups
from workbench.system.backup.backup import make_backup
from workbench.system.installation import cluster_state

PAGE = "pages/settings/installation.py"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    st.cache_data.clear()
    yield
    for making in list(backups._present.values()):
        making.stop()
        until(lambda making=making: making.is_over)
    backups._present.clear()
    st.cache_data.clear()


def _table(at: AppTest, column: str) -> dict[str, list[object]]:
    """The table that has this column."""
    found = (frame.value for frame in at.dataframe)
    table = next(table for table in found if column in table.columns)
    return {str(name): list(table[name]) for name in table.columns}


def test_an_empty_home_says_what_is_missing() -> None:
    at = open_page(PAGE)
    said = texts(at)
    assert at.title[0].value == "Is everything well?"
    assert "Worker" in at.error[0].value
    assert "Nothing runs and nothing waits." in said
    assert "There is no backup in the home." in said
    assert "Nobody has an account" in said
    assert "None were logged." in said
    assert "SQLite" in said


def test_jobs_of_all_lanes_stand_there_with_who_asked_for_them(store: Store) -> None:
    full_home.fill(store)
    at = open_page(PAGE)
    table = _table(at, "Lane")
    assert table["What"] == ["job 2", "job 3", "job 4", "job 6", "job 5"]
    assert table["State"][0] == "Running"
    assert set(table["Lane"]) == {"Models", "Model server"}
    assert set(table["Project"]) == {"Mails"}
    assert "Who" not in table


def test_each_project_says_what_it_takes(store: Store) -> None:
    full_home.fill(store)
    at = open_page(PAGE)
    table = _table(at, "Models and jobs")
    assert table["Project"] == ["Mails"]
    data = sum(files.size_of(path) for path in files.home().glob("objects/??/*"))
    assert table["Data"] == [f"{data} bytes"]


def test_a_backup_is_looked_through_and_what_is_wrong_with_it_told(store: Store) -> None:
    full_home.fill(store)
    made = make_backup(store, files.folder("backups") / "workbench-1.zip")
    at = open_page(PAGE)
    assert "nobody knows yet if it is whole" in texts(at)
    _look_through(store, at)
    assert "It is whole: every file in it was read and compared" in texts(at)
    _damage(made.path)
    at = open_page(PAGE)
    assert "nobody knows yet if it is whole" in texts(at)  # it is another file now
    _look_through(store, at)
    assert "so it cannot be restored: use another backup" in texts(at)


def _look_through(store: Store, at: AppTest) -> None:
    at.button(key="check-backup").click().run()
    until(lambda: (making := backups.present_backup(store)) is None or making.is_over)
    at.run()
    at.run()
    assert not at.exception


def _damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    place = content.index(b"weightsweights")
    content[place : place + 7] = b"WEIGHTS"
    path.write_bytes(content)


def test_errors_of_the_last_day_stand_there_once_with_their_number(store: Store) -> None:
    log = files.folder("logs") / "web.log"
    moment = logging.Formatter("%(asctime)s").format(
        logging.LogRecord("x", logging.ERROR, "x", 1, "", (), None)
    )
    log.write_text(
        f"2020-01-01 10:00:00,000 ERROR Long ago\n"
        f"{moment} INFO All is well\n"
        f"{moment} ERROR [abc123def456] A page failed\nTraceback (most recent call last):\n"
        f'  File "x.py", line 1\nValueError: *broken*\n'
        f"{moment} ERROR [fff123def456] A page failed\nValueError: *broken*\n"
    )
    table = _table(open_page(PAGE), "Request")
    assert table["What"] == ["A page failed: ValueError: *broken*"]
    assert table["Times"] == [2]
    assert table["Request"] == ["fff123def456"]
    assert table["Log"] == ["Pages"]


def test_where_people_have_accounts_administrators_alone_see_it_and_the_disk(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_home.fill(store)
    make_backup(store, files.folder("backups") / "workbench-1.zip")
    with store.write() as session:
        session.add(Person(email="ann@example.org", name="Ann", administrator=True))
        session.add(Person(email="ben@example.org", name="Ben"))
        session.flush()
        session.get_one(Job, 2).person_id = 2
    accounts.act_as(monkeypatch, Acting(2, "Ben"))
    for page in (PAGE, "pages/storage/storage.py"):
        at = open_page(page)
        assert "Only administrators look after the installation" in at.error[0].value
        assert "workbench-1.zip" not in texts(at)
        assert "Storage" not in [link.proto.label for link in at.get("page_link")]
    accounts.act_as(monkeypatch, Acting(1, "Ann", administrator=True))
    at = open_page(PAGE)
    assert _table(at, "Who")["Who"].count("Ben") == 1
    assert "2 people have an account, 1 administrator among them." in texts(at)
    assert "Storage" in [link.proto.label for link in at.get("page_link")]


def test_without_a_cluster_nothing_is_said_of_one(store: Store) -> None:
    full_home.fill(store)
    at = open_page(PAGE)
    assert "The cluster" not in texts(at)
    assert "Where" not in _table(at, "Lane")


def test_the_cluster_stands_there_with_its_machines_and_jobs(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = FakeCluster(tmp_path / "cluster")
    cluster.name_in(monkeypatch, tmp_path)
    monkeypatch.setattr(cluster_state, "RayJobs", lambda *_, **__: cluster.jobs)
    job_id = add_job(store, place="ray")
    cluster.has_room = False
    name = f"job-{job_id}-a1-{home_name()}"
    cluster.jobs.submit(name, "exec nothing", Resources(1, 0), {}, {})
    cluster.say(name, status="RUNNING")
    at = open_page(PAGE)
    said = texts(at)
    assert "2 machines with 1 processor core for jobs (0 free)." in said
    assert "0 jobs of this workbench run there, 1 waits." in said.replace("\\", "")
    table = _table(at, "Machine")
    assert table["Machine"] == ["head (head node)", "gpu-1"]
    assert table["Cores free"] == ["–", "0 of 1"]
    assert table["Memory free"] == ["4.0 GB of 16.0 GB"] * 2
    assert table["At work"] == ["–", f"Job {job_id}"]
    assert _table(at, "Lane")["Where"] == ["The cluster"]


def test_a_cluster_that_does_not_answer_is_told_and_the_rest_stands_there(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = FakeCluster(tmp_path / "cluster")
    cluster.name_in(monkeypatch, tmp_path)
    cluster.answers = False
    monkeypatch.setattr(cluster_state, "RayJobs", lambda *_, **__: cluster.jobs)
    at = open_page(PAGE)
    assert "does not answer" in "\n".join(str(one.value) for one in at.warning)
    assert not [frame for frame in at.dataframe if "Machine" in frame.value.columns]
    assert "SQLite" in texts(at)
