"""A secret of the user's, such as a token: kept by the system's keyring, else encrypted in the home.

    <home>/secrets/NAME.json    where the secret is, its last four characters, and without a keyring
                                the secret, encrypted (Fernet)
    <home>/secrets/key          what it is encrypted with (mode 0600)

No backup holds this folder, and a restore leaves it as it is.
"""

import contextlib
import json
import os
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from storage import files
from storage.errors import StorageError

FOLDER = "secrets"
KEYRING, HOME = "keyring", "home"
"""Where a secret may be."""
SERVICE = "SLM Workbench"
"""What the system's keyring files it under."""
PATIENCE_S = 20.0
"""So long a keyring may take: it may ask the user for a password first."""
SHORTEST = 12
"""Of a shorter secret the last four characters would tell too much."""
T = TypeVar("T")


def keep(name: str, secret: str) -> str:
    """Keep a secret in place of the one before; where it is now.

    Raises:
        StorageError: the disk is full or may not be written to.
    """
    _delete_from_keyring(_about(name))  # of one that is locked, what nobody can read is left there
    account = f"{name}-{secrets.token_hex(8)}"
    about: dict[str, Any] = {"ends": secret[-4:] if len(secret) >= SHORTEST else ""}
    if _put_on_keyring(account, secret):
        about |= {"place": KEYRING, "account": account}
    else:
        about |= {"place": HOME, "cipher": _cipher().encrypt(secret.encode()).decode()}
    _write(_path(name), json.dumps(about))
    return str(about["place"])


def read(name: str) -> str:
    """The secret; empty where none is kept.

    Raises:
        StorageError: it cannot be had: the keyring is locked or not there, the key is gone.
    """
    about = _about(name)
    if not about:
        return ""
    found = _from_keyring(about) if about.get("place") == KEYRING else _from_home(about)
    if found is None:
        raise StorageError(
            f"The secret '{name}' that is kept {told(str(about.get('place')))} cannot be read "
            "(the keyring is locked or not there, or its key is gone): enter it again."
        )
    return found


def forget(name: str) -> bool:
    """Delete the secret; whether there was one.

    Raises:
        StorageError: the keyring does not delete it, or the folder may not be written to.
    """
    about = _about(name)
    if not _delete_from_keyring(about):
        raise StorageError(
            f"The secret '{name}' is not deleted, because your system's keyring is locked or not "
            "there: unlock it (log in to the desktop), then try again."
        )
    with files.said_on_disk(_path(name)):
        _path(name).unlink(missing_ok=True)
    return bool(about)


def place(name: str) -> str:
    """Where the secret is, KEYRING or HOME; empty where none is kept."""
    return str(_about(name).get("place") or "")


def ends(name: str) -> str:
    """Its last four characters; empty of a short one, and where none is kept."""
    return str(_about(name).get("ends") or "")


def told(where: str) -> str:
    """A place in words: by or in what a secret is kept."""
    if where == KEYRING:
        return "by your system's keyring"
    return f"in an encrypted file in {files.home()}"


def _path(name: str) -> Path:
    return files.home() / FOLDER / f"{name}.json"


def _about(name: str) -> dict[str, Any]:
    try:
        found = json.loads(_path(name).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _from_home(about: dict[str, Any]) -> str | None:
    from cryptography.fernet import InvalidToken

    with contextlib.suppress(InvalidToken, ValueError):
        return str(_cipher().decrypt(str(about.get("cipher", "")).encode()), "utf-8")
    return None


def _cipher() -> Any:
    """What encrypts, with the home's key, which is made at first use."""
    from cryptography.fernet import Fernet

    path = files.home() / FOLDER / "key"
    if not path.exists():
        _write(path, Fernet.generate_key().decode())
    with files.said_on_disk(path):
        return Fernet(path.read_bytes().strip())


def _write(path: Path, text: str) -> None:
    """Whole or not at all, for its owner alone."""
    files.folder(FOLDER)
    part = path.with_name(f".{path.name}-{secrets.token_hex(4)}.{os.getpid()}.part")
    with files.said_on_disk(path):
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(part, path)


def _put_on_keyring(account: str, secret: str) -> bool:
    """Whether the keyring has it now, and gives it back."""

    def put(ring: Any) -> bool:
        ring.set_password(SERVICE, account, secret)
        return bool(ring.get_password(SERVICE, account) == secret)

    return bool(_on_keyring(put))


def _delete_from_keyring(about: dict[str, Any]) -> bool:
    """Whether the keyring has nothing of it any more."""
    if about.get("place") != KEYRING:
        return True
    account = str(about.get("account"))

    def delete(ring: Any) -> bool:
        if ring.get_password(SERVICE, account) is not None:
            ring.delete_password(SERVICE, account)
        return True

    return bool(_on_keyring(delete))


def _from_keyring(about: dict[str, Any]) -> str | None:
    return _on_keyring(lambda ring: ring.get_password(SERVICE, str(about.get("account"))))


def _on_keyring(work: Callable[[Any], T]) -> T | None:
    """What `work` makes of the system's keyring; None where there is none, or it does not answer.

    A keyring may wait for the user's password, or for a service that hangs: not for ever.
    """
    made: list[T] = []

    def run() -> None:
        with contextlib.suppress(Exception):  # each system has errors of its own
            if (ring := _system_keyring()) is not None:
                made.append(work(ring))

    thread = threading.Thread(target=run, name="keyring", daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    return made[0] if made else None


def _system_keyring() -> Any:
    """The keyring of the system, or the one that the user has configured; None without one.

    Those that keep secrets readable in a file are of a lower priority, and are not taken.
    """
    import keyring
    from keyring.backends.chainer import ChainerBackend

    ring = keyring.get_keyring()
    rings = ring.backends if isinstance(ring, ChainerBackend) else [ring]
    return next((one for one in rings if one.priority >= 1), None)
