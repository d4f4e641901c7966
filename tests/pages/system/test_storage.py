"""The Storage page: what takes space, what may go and what may not, and backups."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage import files
from storage.database import Store
from storage.tables import BaseModel, Project
from tests.fakes.harness import until
from tests.helpers import full_home
from tests.helpers.full_home import DONE, STOPPED, WORKING
from tests.pages.opened import open_page, texts
from workbench.data.files import downloads
from workbench.system.backup import backup, backups
from workbench.system.backup.project_backup import save_project

PAGE = "pages/storage/storage.py"


@pytest.fixture(autouse=True)
def _no_backup_stays() -> Iterator[None]:
    yield
    for making in list(backups._present.values()):
        making.stop()
        until(lambda making=making: making.is_over)
    backups._present.clear()


@pytest.fixture
def full(store: Store) -> Store:
    full_home.fill(store)
    return store


def checkpoints(job_id: int) -> Path:
    return files.job_folder(job_id) / "checkpoints"


def labels(at: AppTest) -> list[str]:
    return [button.label for button in at.button]


def test_an_empty_home_has_nothing_to_free() -> None:
    at = open_page(PAGE)
    assert at.title[0].value == "Where does the disk space go?"
    assert "Nothing: everything here is in use." in texts(at)
    assert "of" in texts(at)
    assert at.button(key="backup").label == "Make a backup"


def test_checkpoints_of_finished_runs_go_after_a_question_and_no_others(full: Store) -> None:
    at = open_page(PAGE)
    assert "Checkpoints of 1 finished run" in texts(at)
    assert at.button(key="free-checkpoints").label == "Free 12 bytes"
    at.button(key="free-checkpoints").click().run()
    assert checkpoints(DONE).exists()
    at.button(key="free-yes").click().run()
    assert not at.exception
    assert not checkpoints(DONE).exists()
    assert (files.job_folder(DONE) / "adapter" / "workbench.json").exists()
    assert all(checkpoints(job_id).exists() for job_id in (WORKING, STOPPED))
    assert at.toast[0].value == "12 bytes are free again."
    assert "Checkpoints of" not in texts(at)


def test_an_answer_of_no_frees_nothing(full: Store) -> None:
    at = open_page(PAGE)
    at.button(key="free-checkpoints").click().run()
    at.button(key="free-no").click().run()
    assert checkpoints(DONE).exists()
    assert at.button(key="free-checkpoints")


def test_a_downloaded_model_goes_only_if_nothing_uses_it(full: Store) -> None:
    unused = files.home() / "models" / "ann--unused"
    full_home.write(unused / "model.safetensors", "w" * 500)
    with full.write() as session:
        session.add(
            BaseModel(
                name="unused",
                source="hub",
                location="ann/unused",
                kind="causal",
                facts={"path": str(unused)},
            )
        )
    at = open_page(PAGE)
    assert "1 downloaded base model" in texts(at)
    at.button(key="free-models").click().run()
    assert "unused" in texts(at)
    with full.write() as session:
        session.get_one(Project, 1).base_model_id = 2  # chosen while the question stood
    at.button(key="free-yes").click().run()
    assert unused.exists()
    with full.write() as session:
        session.get_one(Project, 1).base_model_id = None
    at = open_page(PAGE)
    at.button(key="free-models").click().run()
    at.button(key="free-yes").click().run()
    assert not unused.exists()
    assert (files.home() / "models" / "ann--tiny").exists()
    with full.read() as session:
        assert [model.name for model in session.query(BaseModel) if model.source == "hub"] == [
            "tiny"
        ]


def test_a_backup_is_made_beside_the_page_and_told(full: Store) -> None:
    at = open_page(PAGE)
    at.button(key="backup").click().run()
    until(lambda: backups.list_backups(full))
    until(lambda: (making := backups.present_backup(full)) is None or making.is_over)
    at.run()
    at.run()
    assert not at.exception
    (made,) = backups.list_backups(full)
    assert f"delete-{made.path.name}" in [button.key for button in at.button]
    (link,) = at.get("link_button")
    offer = downloads.offer_of(full, link.proto.url.rsplit("/", 1)[-1])
    assert offer == downloads.Offer(made.path, made.path.name)
    assert "Make a backup" in labels(at)


def test_a_backup_goes_on_from_page_to_page_until_it_is_cancelled(
    full: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()
    add_file = backup.Writer.add_file

    def slowly(self: backup.Writer, name: str, path: Path) -> None:
        add_file(self, name, path)
        begun.set()
        while not (making := backups.present_backup(full)) or not making.is_stopping:
            time.sleep(0.01)

    monkeypatch.setattr(backup.Writer, "add_file", slowly)
    at = open_page(PAGE)
    at.button(key="backup").click().run()
    assert begun.wait(20)
    at.switch_page("pages/settings/settings.py").run()
    at.switch_page(PAGE).run()
    assert not at.exception
    assert "Make a backup" not in labels(at)
    assert "are saved" in at.get("progress")[0].proto.text
    at.button(key="backup-cancel").click().run()
    until(lambda: (making := backups.present_backup(full)) is None or making.is_over)
    at.run()
    at.run()
    assert "Make a backup" in labels(at)
    assert list(files.folder("backups").iterdir()) == []


def test_a_backup_that_failed_says_why(full: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    at = open_page(PAGE)
    with monkeypatch.context() as patch:
        patch.setattr(backup, "_check_room", lambda *_: _no_room())
        at.button(key="backup").click().run()
        until(lambda: (making := backups.present_backup(full)) is None or making.is_over)
    at.run()
    at.run()
    assert "There is no room" in at.error[0].value
    assert "Make a backup" in labels(at)
    at.button(key="backup").click().run()
    until(lambda: (making := backups.present_backup(full)) is None or making.is_over)
    at.run()
    assert not at.error
    assert len(backups.list_backups(full)) == 1


def _no_room() -> None:
    raise backup.WorkbenchError("There is no room for the backup: make some.")


def test_a_backup_is_deleted_after_a_question(full: Store) -> None:
    made = backup.make_backup(full, files.folder("backups") / "workbench-1.zip")
    at = open_page(PAGE)
    at.button(key="delete-workbench-1.zip").click().run()
    assert made.path.exists()
    at.button(key="delete-yes").click().run()
    assert not at.exception
    assert not made.path.exists()


def _over(at: AppTest, full: Store) -> None:
    until(lambda: (making := backups.present_backup(full)) is None or making.is_over)
    at.run()
    at.run()
    assert not at.exception


def test_a_project_is_saved_in_a_file_and_brought_here_under_another_name(full: Store) -> None:
    at = open_page(PAGE)
    at.button(key="save-project").click().run()
    _over(at, full)
    (made,) = backups.list_backups(full)
    assert made.is_project
    at.button(key=f"bring-{made.path.name}").click().run()
    assert at.text_input(key=f"bring-name-{made.path.name}").value == "Mails"
    assert "There is a project 'Mails' here already" in texts(at)
    assert at.button(key="bring-yes").disabled
    at.text_input(key=f"bring-name-{made.path.name}").set_value("Twin").run()
    at.button(key="bring-yes").click().run()
    _over(at, full)
    assert "**Twin** is here now." in texts(at)
    with full.read() as session:
        assert [project.name for project in session.query(Project)] == ["Mails", "Twin"]


def test_a_project_file_that_is_brought_is_kept_and_asked_about(
    full: Store, tmp_path: Path
) -> None:
    file = save_project(full, 1, tmp_path / "x.zip").path
    at = open_page(PAGE)
    at.get("file_uploader")[0].set_value([("My *mails*.zip", file.read_bytes(), "")]).run()
    assert not at.exception, at.exception
    assert [found.path.name for found in backups.list_backups(full)] == ["project-my-mails.zip"]
    assert at.button(key="bring-no")


def test_a_file_without_a_project_says_so(full: Store) -> None:
    files.folder("backups").joinpath("project-film.zip").write_text("a film")
    at = open_page(PAGE)
    at.button(key="bring-project-film.zip").click().run()
    assert "no whole backup" in at.error[0].value
    assert "bring-yes" not in [button.key for button in at.button]
