"""The key of the model server: one for good, for its owner only."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage import files
from storage.acting import Acting
from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.use import server_key


def test_it_is_made_once_and_stays(home: Path) -> None:
    key = server_key.key()
    path = server_key.key_file()
    assert path
    assert path.is_relative_to(home)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key == path.read_text().strip() == server_key.key()
    assert len(key) > 40
    assert {other.name for other in path.parent.iterdir()} == {"key", "key.lock"}


def test_another_home_has_another(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = server_key.key()
    monkeypatch.setenv("WORKBENCH_HOME", str(home / "other"))
    assert server_key.key() != first


def test_processes_that_come_at_once_agree(home: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = {task.result() for task in [threads.submit(server_key.key) for _ in range(32)]}
    assert keys == {server_key.key()}


@pytest.mark.parametrize("before", [None, ""])
def test_whoever_looked_before_the_first_key_takes_that_one(
    before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that saw no key, and was then held up until another had made one."""
    path = files.folder("serve") / "key"
    if before is not None:
        path.write_text(before)
    make = server_key._make

    def after_another(path: Path) -> None:
        monkeypatch.setattr(server_key, "_make", make)
        seen.append(server_key.key())
        make(path)

    seen: list[str] = []
    monkeypatch.setattr(server_key, "_make", after_another)
    assert server_key.key() == seen[0] == server_key.key()


def test_a_file_that_others_may_read_is_closed() -> None:
    path = server_key.key_file()
    assert path
    path.chmod(0o644)
    server_key.key()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_a_full_disk_left_is_made_again() -> None:
    path = server_key.key_file()
    assert path
    path.write_text("")
    assert len(server_key.key()) > 40
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["short", "two words are no key", "schlüssel-mit-umlaut"])
def test_a_key_of_ones_own_has_to_be_one(content: str) -> None:
    path = server_key.key_file()
    assert path
    path.write_text(content)
    with pytest.raises(WorkbenchError, match="holds no key of 16 characters"):
        server_key.key()
    path.write_text("a-key-of-my-own-choice")
    assert server_key.key() == "a-key-of-my-own-choice"


def test_it_can_be_turned_off(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_SERVER_KEY", "off")
    assert (server_key.key(), server_key.key_file()) == ("", None)
    assert not list(home.rglob("key"))


def test_another_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_SERVER_KEY", "my own key")
    with pytest.raises(WorkbenchError, match="can only be 'off'") as caught:
        server_key.key()
    assert "my own key" not in str(caught.value)


def test_it_is_told_to_administrators_only(store: Store) -> None:
    """It opens the models of all projects."""
    assert server_key.told(store) == server_key.key()
    assert server_key.told(store.acting_as(Acting(1, "Root", administrator=True)))
    assert server_key.told(store.acting_as(Acting(2, "Olga"))) == ""
