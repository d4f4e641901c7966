"""The Data page with a data set of a hub on this machine: looked up, shown, downloaded, taken."""

from collections.abc import Iterator

import pytest

from storage import files
from storage.database import Store
from storage.tables import Job
from tests.fakes.hub import FakeHub, hub_here
from tests.pages.opened import open_page, texts
from workbench.data.files import hub_sets
from workbench.projects import projects

PAGE = "pages/data/data.py"
NAME = "harbour/letters"
ROWS = "text,category\n" + "".join(f"letter number {i},kind {i % 3}\n" for i in range(40))


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with hub_here(monkeypatch) as hub:
        hub.files[NAME] = {"train.csv": ROWS.encode(), "test.csv": b"text,category\na,b\n"}
        hub.cards[NAME] = {"license": "mit"}
        hub.descriptions[NAME] = "Letters ![x](http://elsewhere.example/x.png)"
        yield hub


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Letters")


def test_a_data_set_is_shown_downloaded_and_taken(
    hub: FakeHub, store: Store, project_id: int
) -> None:
    at = open_page(PAGE, project=project_id)
    at.text_input(key="data-hub-name").input(NAME)
    next(b for b in at.button if b.label == "Look it up").click().run()
    assert not at.exception
    assert "2 files" in texts(at)
    assert "licence mit" in texts(at)
    assert hub.descriptions[NAME] in [text.value for text in at.text]
    assert hub_sets.newest(store, project_id) is None

    at.selectbox(key="data-hub-split-default").select("train").run()
    at.button(key="data-hub-download").click().run()
    assert not at.exception
    job = hub_sets.newest(store, project_id)
    assert job is not None
    assert "waits to begin" in at.get("progress")[0].text

    folder = files.job_folder(job.id)
    folder.mkdir(parents=True)
    (folder / hub_sets.FETCHED).write_bytes(ROWS.encode())
    with store.write() as session:
        row = session.get_one(Job, job.id)
        row.status, row.result = "succeeded", {"status": "succeeded", "name": "letters.csv"}
    at = open_page(PAGE, project=project_id)
    assert not at.exception
    assert "letters.csv" in texts(at)
    assert hub_sets.newest(store, project_id) is None


def test_an_unknown_name_and_a_failed_download_are_sentences(
    hub: FakeHub, store: Store, project_id: int
) -> None:
    at = open_page(PAGE, project=project_id)
    at.text_input(key="data-hub-name").input("harbour/nothing")
    next(b for b in at.button if b.label == "Look it up").click().run()
    assert "There is no data set" in texts(at)

    job = hub_sets.start(store, project_id, hub_sets.look_up(NAME), "default")
    with store.write() as session:
        row = session.get_one(Job, job.id)
        row.status, row.reason = "failed", "The hub cannot be reached."
    at = open_page(PAGE, project=project_id)
    assert "The hub cannot be reached." in texts(at)
    assert [b for b in at.button if b.label == "Look it up"]
