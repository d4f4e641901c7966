"""The Settings page: the access token for the hub is entered, told and forgotten."""

from collections.abc import Iterator

import pytest

from storage.database import Store
from tests.fakes.hub import FakeHub, hub_here
from tests.pages.opened import open_page, texts
from workbench.models.online import token

PAGE = "pages/settings/settings.py"
TOKEN = "hf_" + "abcdEFGH" * 4 + "wxyz"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, store: Store) -> Iterator[FakeHub]:
    with hub_here(monkeypatch) as hub:
        hub.tokens[TOKEN] = "ann"
        yield hub


def test_a_token_is_kept_told_by_its_end_and_forgotten(hub: FakeHub) -> None:
    at = open_page(PAGE)
    assert "No access token" in texts(at)
    at.text_input(key="hub-token").input(TOKEN)
    at.button(key="hub-token-keep").click().run()
    assert not at.exception
    assert "ends in **wxyz**" in texts(at)
    assert "ann's" in texts(at)
    assert TOKEN[:-4] not in texts(at)
    assert token.value() == TOKEN
    at.button(key="hub-token-forget").click().run()
    assert "No access token" in texts(at)
    assert token.value() is None


def test_one_that_the_hub_does_not_know_is_refused(hub: FakeHub) -> None:
    at = open_page(PAGE)
    at.text_input(key="hub-token").input("hf_something_else_entirely")
    at.button(key="hub-token-keep").click().run()
    assert "does not accept this token" in at.error[0].value
    assert token.value() is None


def test_one_of_the_environment_is_told(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_from_the_environment_5678")
    said = texts(open_page(PAGE))
    assert "ends in **5678**" in said
    assert "comes from the environment" in said
