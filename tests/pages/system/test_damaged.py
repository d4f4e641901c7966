"""Damage in the home, as the pages tell it: a sentence where it is, and all else goes on."""

import os
from pathlib import Path

import pytest
import streamlit as st

from storage import files
from storage.database import Store
from storage.tables import DatasetVersion, Evaluation, Run
from tests.fakes.looked import duplicates, looked_through
from tests.helpers.exams import accuracies, add_exam, add_trained, answers
from tests.pages.opened import open_page, texts
from workbench.core.errors import WorkbenchError
from workbench.data import checkups
from workbench.data.checkup import record
from workbench.data.versions import get_version, list_versions
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.trained import TrainedModel, write_trained
from workbench.projects import projects
from workbench.system.backup.backup import make_backup
from workbench.ui import frame


@pytest.mark.sqlite
def test_a_damaged_database_is_a_sentence_with_the_backup_to_restore(
    store: Store, home: Path
) -> None:
    projects.create_project(store, "Mails")
    (home / "backups").mkdir()
    made = make_backup(store, home / "backups" / "b.zip")
    store.close()
    for log in home.glob("workbench.db-*"):
        log.unlink()
    (home / "workbench.db").write_bytes(os.urandom(5000))
    at = open_page()
    assert at.title[0].value == "Your projects cannot be opened"
    assert f"The database {home / 'workbench.db'} is damaged" in at.error[0].value
    assert f"python -m workbench restore {made.path}" in at.error[0].value


@pytest.mark.sqlite
def test_a_database_that_goes_while_pages_are_open_is_a_sentence(store: Store, home: Path) -> None:
    projects.create_project(store, "Mails")
    store.close()
    at = open_page()
    (home / "workbench.db").rename(home / "away.db")
    (home / "objects").mkdir(exist_ok=True)
    at.run()
    assert not at.exception
    (error,) = at.error
    assert f"The database {home / 'workbench.db'} is not there" in error.value
    assert not (home / "workbench.db").exists()


def test_what_was_open_to_others_is_told_on_the_settings_until_it_is_read(
    store: Store, home: Path
) -> None:
    (home / "logs").mkdir()
    (home / "logs" / "web.log").write_text("")
    (home / "logs" / "web.log").chmod(0o644)
    at = open_page("pages/settings/settings.py")
    assert "could read" in at.info[0].value
    assert "Only you can read what is in" in texts(at)
    at.button(key="news-read").click().run()
    assert list(at.info) == []


@pytest.fixture
def project(store: Store, tmp_path: Path) -> int:
    """A project that has everything: a version, a checkup, a trained run and its exam."""
    trained = add_trained(store, tmp_path)
    looked_through(store, get_version(store, trained.version_id), duplicates())
    table = answers(["Delivery", "Refund"], ["Delivery", "Refund"], base=["Refund", "Refund"])
    add_exam(store, trained.run_id, table, accuracies(table))
    base = BaseModelRef("tiny", Path("/models/tiny"), "encoder", "abc")
    about = TrainedModel(task="classification", family="encoder", base=base)
    write_trained(tmp_path / "adapter of Run 1", about)
    return trained.project_id


def file_of(store: Store, home: Path, which: str) -> Path:
    """What is to be torn, by its name here."""
    with store.read() as session:
        version, exam = session.query(DatasetVersion).one(), session.query(Evaluation).one()
        adapter = Path(session.query(Run).one().result["adapter"])
    objects = {"examples": version.content_hash, "answers": exam.predictions_hash}
    if which in objects:
        return files.object_path(objects[which])
    return adapter / which if which == "workbench.json" else next(home.glob(f"jobs/*/{which}"))


@pytest.mark.parametrize(
    ("which", "content", "pages"),
    [
        ("examples", b"", {"Explore"}),
        ("examples", b"PAR1 of another file PAR1", {"Explore"}),
        ("answers", b"\x00" * 900, {"Evaluate"}),
        ("checkup.json", b'{"score": ', {"Checkup"}),
        ("checkup.json", b"[" * 100_000, {"Checkup"}),
        ("checkup.json", b"\xff\xfe\x00", {"Checkup"}),
        ("marks.parquet", b"PAR1", set()),
        ("map.parquet", b"", set()),
        ("workbench.json", b"[]", {"Use"}),
        ("workbench.json", b'{"kind": 7', {"Use"}),
    ],
)
def test_a_damaged_file_is_a_sentence_where_it_is_used_and_all_else_goes_on(
    store: Store, home: Path, project: int, which: str, content: bytes, pages: set[str]
) -> None:
    st.cache_data.clear()
    other = projects.create_project(store, "Other")
    file_of(store, home, which).write_bytes(content)
    said = {}
    for name in ("Data", "Checkup", "Explore", "Train", "Evaluate", "Use"):
        at = open_page(frame.PAGES[name][0], project=project)
        assert at.title
        sentences = {str(error.value) for error in at.error}
        assert not [sentence for sentence in sentences if "our mistake" in sentence]
        said[name] = [sentence for sentence in sentences if "damaged" in sentence]
    assert {name for name, sentences in said.items() if sentences} == pages
    assert not open_page(frame.PAGES["Evaluate"][0], project=other).error
    assert len(projects.list_projects(store)) == 2


def test_rows_of_a_finding_and_the_map_that_are_torn_are_sentences(
    store: Store, home: Path, project: int
) -> None:
    for which in ("marks.parquet", "map.parquet"):
        file_of(store, home, which).write_bytes(b"PAR1")
    at = open_page("pages/data/explore.py", project=project)
    at.segmented_control(key="explore-view").set_value("Map").run()
    assert not at.exception
    assert [error.value for error in at.error] == [record.DAMAGED]
    with pytest.raises(WorkbenchError, match="The checkup is damaged"):
        checkups.flagged_rows(store, list_versions(store, project)[0], 2, "duplicates", 5)
