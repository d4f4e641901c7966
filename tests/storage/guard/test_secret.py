"""Secrets: on the system's keyring where there is one, else encrypted, and never half kept."""

import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring import core
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from storage import files
from storage.errors import StorageError
from storage.guard import secret

TOKEN = "hf_" + "abcdEFGH" * 4 + "wxyz"


class Ring(KeyringBackend):
    """A keyring in memory."""

    priority = 5  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}
        self.is_locked = False
        self.hangs: threading.Event | None = None

    def _look(self) -> None:
        if self.hangs:
            self.hangs.wait(20)
        if self.is_locked:
            raise RuntimeError("locked")

    def get_password(self, service: str, username: str) -> str | None:
        self._look()
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._look()
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._look()
        if self.held.pop((service, username), None) is None:
            raise PasswordDeleteError


class Readable(Ring):
    """One that keeps what it is given in a file that anybody can read."""

    priority = 0.5  # type: ignore[assignment]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ring]:
    before = core._keyring_backend
    ring = Ring()
    keyring.set_keyring(ring)
    yield ring
    core._keyring_backend = before


def _written(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_without_a_keyring_it_is_encrypted_and_for_its_owner_alone(home: Path) -> None:
    assert secret.keep("hub", TOKEN) == secret.place("hub") == secret.HOME
    assert (secret.read("hub"), secret.ends("hub")) == (TOKEN, "wxyz")
    folder = files.home() / secret.FOLDER
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert TOKEN.encode() not in _written(home)
    assert TOKEN[:-4].encode() not in _written(home)


def test_on_a_keyring_nothing_of_it_is_in_the_home(ring: Ring, home: Path) -> None:
    assert secret.keep("hub", TOKEN) == secret.KEYRING
    assert secret.read("hub") == TOKEN
    assert list(ring.held.values()) == [TOKEN]
    assert TOKEN[:-4].encode() not in _written(home)
    assert not (files.home() / secret.FOLDER / "key").exists()


def test_another_takes_its_place_and_forgetting_leaves_nothing(ring: Ring) -> None:
    secret.keep("hub", TOKEN)
    secret.keep("hub", "another-one-1234")
    assert list(ring.held.values()) == ["another-one-1234"]
    assert secret.forget("hub")
    assert (ring.held, secret.read("hub"), secret.place("hub")) == ({}, "", "")
    assert not secret.forget("hub")


def test_a_keyring_that_others_can_read_is_not_taken(ring: Ring) -> None:
    readable = Readable()
    keyring.set_keyring(readable)
    assert secret.keep("hub", TOKEN) == secret.HOME
    assert not readable.held


def test_a_locked_keyring_is_a_sentence(ring: Ring) -> None:
    secret.keep("hub", TOKEN)
    ring.is_locked = True
    with pytest.raises(StorageError, match="the keyring is locked or not there"):
        secret.read("hub")
    assert secret.ends("hub") == "wxyz"
    with pytest.raises(StorageError, match="is not deleted"):
        secret.forget("hub")
    ring.is_locked = False
    assert secret.forget("hub")
    assert not ring.held


def test_what_somebody_else_deleted_is_forgotten(ring: Ring) -> None:
    secret.keep("hub", TOKEN)
    ring.held.clear()
    assert secret.forget("hub")
    assert secret.place("hub") == ""


def test_a_keyring_that_hangs_is_not_waited_for(
    ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret, "PATIENCE_S", 0.05)
    ring.hangs = threading.Event()
    assert secret.keep("hub", TOKEN) == secret.HOME
    ring.hangs.set()
    assert secret.read("hub") == TOKEN


def test_a_key_that_is_gone_is_a_sentence() -> None:
    secret.keep("hub", TOKEN)
    (files.home() / secret.FOLDER / "key").unlink()
    with pytest.raises(StorageError, match="enter it again"):
        secret.read("hub")
    secret.keep("hub", TOKEN)
    assert secret.read("hub") == TOKEN


def test_of_a_short_secret_nothing_is_shown() -> None:
    secret.keep("hub", "12345678")
    assert secret.ends("hub") == ""
