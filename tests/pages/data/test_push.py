"""The Data page pushes a version: what leaves is shown before, and nothing goes without a yes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.fakes.hub import FakeHub, hub_here
from tests.helpers.made import end_job
from tests.pages.opened import open_page
from workbench.data import datasets
from workbench.data.versions import VersionInfo
from workbench.jobs import queue
from workbench.models.online import token
from workbench.projects import projects

PAGE = "pages/data/data.py"
NAME = "ann/letters"
TOKEN = "hf_that_may_write_1234"


@pytest.fixture
def version(store: Store, tmp_path: Path) -> VersionInfo:
    path = tmp_path / "letters.csv"
    path.write_text("text,label\n" + "".join(f"letter {i},kind {i % 3}\n" for i in range(60)))
    project_id = projects.create_project(store, "Letters")
    saved = datasets.save_version(store, project_id=project_id, path=path)
    return datasets.get_version(store, saved.version_id)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with hub_here(monkeypatch) as hub:
        hub.tokens[TOKEN] = "ann"
        yield hub


def _opened(version: VersionInfo) -> AppTest:
    at = open_page(PAGE, project=version.project_id)
    at.button(key=f"export-{version.id}").click().run()
    return at.radio(key=f"export-kind-{version.id}").set_value("hub").run()


def _planned(version: VersionInfo, name: str = NAME) -> AppTest:
    at = _opened(version)
    at.text_input(key=f"push-id-{version.id}").input(name)
    return at.button(key=f"push-look-{version.id}").click().run()


def test_without_a_token_one_is_asked_for_there(hub: FakeHub, version: VersionInfo) -> None:
    at = _opened(version)
    at.text_input(key="push-token").input(TOKEN)
    at.button(key="push-token-keep").click().run()
    assert not at.exception
    assert token.value() == TOKEN
    assert at.text_input(key=f"push-id-{version.id}")


def test_what_leaves_is_shown_and_only_a_yes_sends(
    hub: FakeHub, store: Store, version: VersionInfo
) -> None:
    token.keep(store, TOKEN)
    at = _planned(version)
    assert not at.exception
    (said,) = [warning.value for warning in at.warning]
    assert "60 rows" in said
    assert "private" in said
    at.button(key=f"push-no-{version.id}").click().run()
    assert (queue.list_jobs(store), hub.sent) == ([], 0)

    at = _planned(version)
    at.button(key=f"push-yes-{version.id}").click().run()
    assert not at.exception
    (job,) = queue.list_jobs(store)
    assert job.title == f"Push of letters, version 1, to {NAME}"
    assert at.button(key=f"job-cancel-{job.id}")
    end_job(store, job.id, url=f"{hub.address}/datasets/{NAME}")
    assert f"{hub.address}/datasets/{NAME}" in _opened(version).success[0].value


def test_one_that_is_there_is_said_before(store: Store, hub: FakeHub, version: VersionInfo) -> None:
    token.keep(store, TOKEN)
    hub.files[NAME], hub.about[NAME] = {}, {"private": True}
    assert "becomes a new version of it" in _planned(version).warning[0].value


def test_what_cannot_be_pushed_is_a_sentence(
    store: Store, hub: FakeHub, version: VersionInfo
) -> None:
    token.keep(store, TOKEN)
    at = _planned(version, "letters")
    assert "cannot be the name of a data set" in at.error[0].value
