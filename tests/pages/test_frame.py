"""The frame: step bar, sidebar, ids in the URL, and a home that cannot be opened."""

import ast
import gc
import os
import sqlite3
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from storage.tables import Job, now
from tests.fakes.looked import mails
from tests.helpers.made import add_dataset, add_model, add_run
from tests.pages.opened import open_page, texts
from workbench.data import checkups
from workbench.projects import projects, samples
from workbench.ui import frame

PAGES = Path(__file__).parents[2] / "pages"


def _notes(path: Path) -> list[str]:
    """Strings that stand alone in a page's code, but for its first."""
    alone = (
        one.value for one in ast.parse(path.read_text("utf-8")).body if isinstance(one, ast.Expr)
    )
    texts = [one.value for one in alone if isinstance(one, ast.Constant)]
    return [text for text in texts if isinstance(text, str)][1:]


def _links(at: AppTest) -> list[str]:
    return [link.proto.label for link in at.main.get("page_link")]


def test_no_script_lies_directly_in_pages() -> None:
    assert list(PAGES.glob("*.py")) == []


def test_the_step_bar_says_where_the_project_stands(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    add_dataset(store, project_id)
    bar = _links(open_page("pages/model/model.py", project=project_id))
    assert "1 Data" in bar[0]
    assert "done" in bar[0]
    assert "**2 Model**" in bar[1]
    assert "next" in bar[1]
    assert "needs a model" in bar[2]


def test_links_keep_the_project(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    at = open_page("pages/train/train.py", project=project_id)
    steps = [link.proto for link in at.get("page_link") if link.proto.page == "train"]
    assert steps
    assert all(link.query_string == f"project={project_id}" for link in steps)


def test_a_project_dropped_from_the_url_comes_back(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    at = open_page("pages/train/train.py", project=project_id)
    at.query_params.clear()
    at.run()
    assert at.query_params["project"] == str(project_id)


def test_home_belongs_to_no_project(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    at = open_page("pages/train/train.py", project=project_id)
    at.switch_page("pages/home/projects.py").run()
    assert "project" not in at.query_params


def test_the_switcher_opens_the_same_step_of_another_project(store: Store) -> None:
    first, second = (projects.create_project(store, name) for name in ("A", "B"))
    at = open_page("pages/train/train.py", project=first)
    at.sidebar.selectbox[0].set_value(second).run()
    assert not at.exception
    assert at.query_params["project"] == str(second)
    assert at.title[0].value == "Ready to train?"


def test_a_project_that_is_gone_is_a_sentence() -> None:
    at = open_page("pages/train/train.py", project=99)
    assert "There is no project 99" in at.error[0].value
    assert at.button == []


def test_a_job_that_ended_meanwhile_is_told(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    version_id, model_id = add_dataset(store, project_id), add_model(store)
    add_run(store, project_id, version_id, model_id, status="running", name="Balanced 1")
    at = open_page("pages/model/model.py", project=project_id)
    assert at.toast == []
    with store.write() as session:
        job = session.query(Job).one()
        job.status, job.finished_at = "succeeded", now()
    at.run()
    assert [toast.value for toast in at.toast] == ["Balanced 1 is finished."]
    at.run()
    assert at.toast == []


def test_the_end_of_a_checkup_is_told_everywhere_but_where_it_shows_itself(
    store: Store, tmp_path: Path
) -> None:
    version = mails(store, tmp_path)
    pages = ("pages/data/checkup.py", "pages/model/model.py")
    seen = [open_page(page, project=version.project_id) for page in pages]
    job = checkups.start(store, version.id)
    with store.write() as session:
        row = session.get_one(Job, job.id)
        row.status, row.finished_at = "cancelled", now()
    for at in seen:
        at.run()
    assert [[toast.value for toast in at.toast] for at in seen] == [
        [],
        ["Checkup of mails, version 1 was cancelled."],
    ]


def test_a_database_of_a_newer_version_is_a_sentence(store: Store, home: Path) -> None:
    store.close()
    with sqlite3.connect(home / "workbench.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    at = open_page()
    assert at.title[0].value == "Your projects cannot be opened"
    assert "newer version of the workbench" in at.error[0].value


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "locked" / "home"))
    assert "cannot be created" in open_page().error[0].value


def test_a_home_that_is_a_file_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "file"))
    at = open_page()
    assert "cannot be created" in at.error[0].value


def test_settings_say_what_the_machine_can_do() -> None:
    at = open_page("pages/settings/settings.py")
    assert "processor core" in texts(at)
    assert at.title[0].value == "What can this machine do?"


def test_what_a_page_loaded_is_not_searched_for_garbage_again(store: Store) -> None:
    frame._loaded.clear()
    gc.unfreeze()
    open_page("pages/settings/settings.py")
    frozen = gc.get_freeze_count()
    assert frozen > 10_000
    open_page("pages/settings/settings.py")
    assert gc.get_freeze_count() <= frozen


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(PAGES.glob("*/*.py")) if _notes(path)],
    ids=lambda one: one.stem,
)
def test_what_is_written_for_who_reads_the_code_is_not_on_the_page(
    store: Store, path: Path
) -> None:
    """Streamlit writes strings that stand alone in a page on it, unless it is told not to."""
    samples.create_sample_project(store)
    said = texts(open_page(str(path.relative_to(PAGES.parent)), project=1))
    assert [note for note in _notes(path) if note in said] == []
