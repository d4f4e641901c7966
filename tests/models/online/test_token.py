"""The hub's token: checked, kept, told by its last characters, and which of several counts."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants

from storage.database import Store
from storage.guard import secret
from tests.fakes.hub import FakeHub, hub_here
from workbench.cli import main
from workbench.core.errors import WorkbenchError
from workbench.models import hub as hub_models
from workbench.models.online import token

TOKEN = "hf_" + "abcdEFGH" * 4 + "wxyz"


@pytest.fixture(autouse=True)
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with hub_here(monkeypatch) as hub:
        hub.tokens[TOKEN] = "ann"
        yield hub


@pytest.fixture
def own_file(hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the hub's own programs would keep a token."""
    path = tmp_path / "hub-token"
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(path))
    return path


def test_a_token_is_kept_once_the_hub_knows_it(store: Store, hub: FakeHub) -> None:
    assert token.about(store).source == token.NONE
    said = token.keep(store, f"  {TOKEN}\n")
    assert "ann's" in said
    assert TOKEN not in said
    about = token.about(store)
    assert (about.source, about.ends, token.value()) == (token.KEPT, "wxyz", TOKEN)
    assert "encrypted" in about.sentence


def test_a_token_that_the_hub_does_not_know_is_not_kept(store: Store, hub: FakeHub) -> None:
    with pytest.raises(WorkbenchError, match="does not accept this token"):
        token.keep(store, "hf_not_a_token_at_all")
    assert token.value() is None


@pytest.mark.parametrize("text", ["", "two words", "hf_ümlaut", "line\nline", "x" * 5000])
def test_what_is_no_token_is_not_sent(store: Store, hub: FakeHub, text: str) -> None:
    with pytest.raises(WorkbenchError, match="access token"):
        token.keep(store, text)
    assert not hub.asked


def test_without_a_network_it_is_kept_and_said(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "not checked yet" in token.keep(store, TOKEN)
    assert token.value() == TOKEN


def test_the_environment_comes_first_and_the_hubs_own_file_last(
    store: Store, hub: FakeHub, own_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_file.write_text("hf_from_the_file_1234")
    about = token.about(store)
    assert (about.source, about.ends, about.kept) == (token.FILE, "1234", False)
    assert str(own_file) in about.sentence
    token.keep(store, TOKEN)
    assert token.about(store).source == token.KEPT
    monkeypatch.setenv("HF_TOKEN", "hf_from_the_environment_5678")
    about = token.about(store)
    assert (about.source, about.ends, about.kept) == (token.ENVIRONMENT, "5678", True)
    assert "is not used" in about.sentence
    assert token.value() is None  # the hub's client takes it from the environment by itself


def test_questions_to_the_hub_carry_it_and_nothing_else_does(store: Store, hub: FakeHub) -> None:
    token.keep(store, TOKEN)
    hub.headers.clear()
    with pytest.raises(WorkbenchError, match="There is no model"):
        hub_models.look_up("owner/name")
    assert [h.get("Authorization") or h.get("authorization") for h in hub.headers] == [
        f"Bearer {TOKEN}"
    ]


def test_a_token_whose_key_is_lost_is_said(store: Store, hub: FakeHub, home: Path) -> None:
    token.keep(store, TOKEN)
    (home / secret.FOLDER / "key").unlink()
    with pytest.raises(Exception, match="enter it again"):
        hub_models.look_up("owner/name")


def test_the_command_line_keeps_tells_and_forgets(
    hub: FakeHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(TOKEN + "\n"))
    assert main(["hub", "token", "--set", "--json"]) == 0
    said = capsys.readouterr().out
    assert TOKEN not in said
    assert json.loads(said)["ends"] == "wxyz"
    assert main(["hub", "token"]) == 0
    assert "ends in wxyz" in capsys.readouterr().out
    assert main(["hub", "token", "--forget"]) == 0
    assert "deleted" in capsys.readouterr().out
    assert token.value() is None
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["hub", "token", "--set"]) == 2
