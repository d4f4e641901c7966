"""Names for programs: of a project's own name, its for good, and told to the server at once."""

from typing import Any

import pytest

from storage import files
from storage.database import Store
from storage.live import releases
from storage.tables import Project
from tests.helpers import made
from workbench.jobs.process.job_dir import read_json
from workbench.models import live_names
from workbench.projects import projects


def named(store: Store) -> dict[int, str]:
    return {one.project_id: one.id for one in live_names.listing(store)}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Mails", "mails"),
        ("  Kunden-Mails (2026) / Größe ", "kunden-mails-2026-grosse"),
        ("Café №1: naïve & co.", "cafe-no1-naive-co"),
        ("日本語", ""),
        ("🙂", ""),
        ("x" * 90, "x" * 40),
        ("a" * 39 + " b", "a" * 39),
        ("../../etc; DROP", "etc-drop"),
    ],
)
def test_a_name_in_programs_is_of_plain_letters(name: str, told: str) -> None:
    assert live_names.name_in_programs(name) == told


def test_every_project_has_a_name_of_its_own(store: Store) -> None:
    given = ("Mails", "Mails!", "日本語", "Base", "Run 7", "run-7", "Project 3", "mails-2")
    ids = [projects.create_project(store, name) for name in given]
    found = named(store)
    assert len(set(found.values())) == len(ids)
    assert found[ids[0]] == "mails:live"
    assert found[ids[1]] == f"mails-{ids[1]}:live"
    for place in (2, 3, 4, 5, 6):
        assert found[ids[place]] == f"project-{ids[place]}:live"


def test_a_name_stays_when_the_project_gets_another(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    assert named(store)[project_id] == "mails:live"
    projects.update_project(store, project_id, name="Calls", description="")
    other = projects.create_project(store, "Mails")
    assert named(store) == {project_id: "mails:live", other: f"mails-{other}:live"}
    assert projects.project_named(store, "CALLS") == project_id
    assert projects.project_named(store, "mails") == other
    assert projects.project_named(store, f"mails-{other}") == other


def test_the_server_is_told_what_is_live_and_of_no_archived_project(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    version_id = made.add_dataset(store, project_id)
    run_id = made.add_run(store, project_id, version_id, made.add_model(store))

    def told() -> Any:
        live_names.tell_server(store)
        return read_json(files.folder("serve") / "live.json")

    item = {"id": "mails:live", "project": "Mails", "project_id": project_id}
    assert told() == [{**item, "model": ""}]
    with store.write() as session:
        releases.add(session, project_id, run_id, approver="Ann", note="", gate={}, about={})
    assert told() == [{**item, "model": f"run-{run_id}"}]
    with store.write() as session:
        releases.end(session, project_id)
    assert told() == [{**item, "model": ""}]
    projects.archive_project(store, project_id)
    assert told() == []


def test_a_file_that_cannot_be_written_stops_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    projects.create_project(store, "Mails")
    monkeypatch.setattr(live_names, "write_json", full)
    live_names.tell_server(store)
    with store.read() as session:
        assert session.get_one(Project, 1).api_name == "mails"
