"""The Model page with a hub on this machine: searched, looked at, accepted, paused, asked for a token."""

import json
from collections.abc import Iterator

import pytest
from huggingface_hub import constants
from streamlit.testing.v1 import AppTest

from storage.database import Store
from storage.tables import Job
from tests.fakes.hub import FakeHub, hub_here
from tests.helpers.folders import LLAMA
from tests.pages.opened import open_page, texts
from workbench.jobs import queue
from workbench.models import catalogue
from workbench.models.online import token
from workbench.projects import projects

PAGE = "pages/model/model.py"
NAME = "harbour/small-writer"
TOKEN = "hf_that_may_read_1234"


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Letters")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with hub_here(monkeypatch) as hub:
        hub.tokens[TOKEN] = "ann"
        hub.models[NAME] = {
            "model.safetensors": bytes(2_000_000), "config.json": json.dumps(LLAMA).encode(),
        }  # fmt: skip
        hub.cards[NAME] = {"license": "mit"}
        hub.about[NAME] = {"config": LLAMA, "downloads": 1200, "tags": ["safetensors"]}
        hub.models["harbour/small-ears"] = {}
        hub.about["harbour/small-ears"] = {"config": {"model_type": "clap"}}
        yield hub


def _searched(project_id: int, words: str) -> AppTest:
    at = open_page(PAGE, project=project_id)
    at.text_input(key="hub-search").input(words)
    at.button(key="hub-search-go").click().run()
    assert not at.exception
    return at


def test_search_shows_what_can_be_added_and_why_the_rest_cannot(
    hub: FakeHub, project_id: int
) -> None:
    at = _searched(project_id, "small")
    said = texts(at)
    assert "licence mit" in said
    assert "1,200 downloads" in said
    assert "Cannot be trained here" in said
    keys = {button.key for button in at.button}
    assert f"hub-look-{NAME}" in keys
    assert "hub-look-harbour/small-ears" not in keys


def test_nothing_found_and_no_network_are_said(
    hub: FakeHub, project_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "has no model with" in _searched(project_id, "zeppelin").info[-1].value
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "bars it" in _searched(project_id, "small").error[0].value


def test_size_and_licence_come_before_the_download(
    hub: FakeHub, store: Store, project_id: int
) -> None:
    at = _searched(project_id, "small")
    at.button(key=f"hub-look-{NAME}").click().run()
    assert not at.exception
    assert "download 2 MB" in texts(at)
    assert "free on the disk" in texts(at)
    assert not queue.list_jobs(store)
    assert at.button(key="hub-download").disabled
    next(box for box in at.checkbox if "I accept the licence" in box.label).check().run()
    at.button(key="hub-download").click().run()
    assert not at.exception
    (job,) = queue.list_jobs(store)
    assert job.title == f"Download of {NAME}"
    (model,) = [m for m in catalogue.list_models(store) if m.location == NAME]
    assert model.licence_accepted_at


def test_not_now_leaves_everything_as_it_was(hub: FakeHub, store: Store, project_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    at.text_input(key="hub").input(NAME)
    at.button(key="hub-add").click().run()
    at.button(key="hub-not-now").click().run()
    assert not [button for button in at.button if button.key == "hub-download"]
    assert not queue.list_jobs(store)


def test_a_gated_model_asks_for_a_token_there_and_goes_on(
    hub: FakeHub, store: Store, project_id: int
) -> None:
    hub.gated.add(NAME)
    at = open_page(PAGE, project=project_id)
    at.text_input(key="hub").input(NAME)
    at.button(key="hub-add").click().run()
    assert "accept the terms there" in texts(at)
    assert "given out only to who has accepted" in texts(at)
    assert f"{hub.address}/{NAME}" in [link.proto.url for link in at.get("link_button")]
    at.text_input(key="hub-token").input(TOKEN)
    at.button(key="hub-token-keep").click().run()
    assert not at.exception
    assert token.value() == TOKEN
    assert at.button(key="hub-download")


def test_a_token_that_is_not_let_in_is_told_and_the_model_can_be_left(
    store: Store, hub: FakeHub, project_id: int
) -> None:
    hub.gated.add(NAME)
    token.keep(store, TOKEN)
    hub.tokens.clear()
    at = open_page(PAGE, project=project_id)
    at.text_input(key="hub").input(NAME)
    at.button(key="hub-add").click().run()
    assert "ends in 1234 was sent, and is not let in" in texts(at)
    hub.tokens[TOKEN] = "ann"
    at.button(key="hub-gated-again").click().run()
    assert at.button(key="hub-download")
    hub.gated.clear()


def test_a_gated_model_can_be_left_be(hub: FakeHub, project_id: int) -> None:
    hub.gated.add(NAME)
    at = open_page(PAGE, project=project_id)
    at.text_input(key="hub").input(NAME)
    at.button(key="hub-add").click().run()
    at.button(key="hub-gated-leave").click().run()
    assert "given out only" not in texts(at)


def test_a_download_can_rest_and_go_on(hub: FakeHub, store: Store, project_id: int) -> None:
    model_id, job_id = catalogue.add_hub(store, NAME)
    assert job_id is not None
    with store.write() as session:
        row = session.get_one(Job, job_id)
        row.status = "running"
        row.progress = {
            "step": 1_000_000, "total_steps": 2_000_000, "message": "Downloading: 1 MB of 2 MB",
            "seconds_left": 40.0,
        }  # fmt: skip
    at = open_page(PAGE, project=project_id)
    assert "1 MB of 2 MB · about 40 seconds left" in at.get("progress")[0].text
    at.button(key=f"pause-{model_id}").click().run()
    assert not at.exception
    with store.write() as session:
        row = session.get_one(Job, job_id)
        assert row.pause_requested_at is not None
        row.status = "paused"
    at = open_page(PAGE, project=project_id)
    assert at.get("progress")[0].text == "Paused. Downloading: 1 MB of 2 MB"
    at.button(key=f"resume-{model_id}").click().run()
    assert not at.exception
    with store.read() as session:
        assert session.get_one(Job, job_id).status == "queued"


def test_texts_of_the_hub_are_shown_as_texts(hub: FakeHub, project_id: int) -> None:
    hub.cards[NAME] = {"license": "[mit](http://b.example) :material/home:"}
    said = texts(_searched(project_id, "small"))
    assert "\\[mit\\]" in said
