"""How far the log goes, beside the database: so that what is cut off at its end is missed.

    <home>/secrets/audit-KEY.json     number and digest of the last line, signed
    <home>/secrets/audit.key          what it is signed with (mode 0600)

No backup holds this folder, and a restore leaves it. Who may write to both the database and this
folder can make up a log that fits; who may write to the database alone cannot.
"""

import contextlib
import hashlib
import hmac
import json
import logging
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock

from storage import files
from storage.errors import StorageError
from storage.guard.secret import FOLDER

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Head:
    """The last line that the home knows of."""

    number: int
    digest: str


def keep(url: sa.URL, number: int, digest: str, *, back: bool = False) -> None:
    """Keep how far the log goes, unless it is known to go further (but `back`).

    A disk that takes nothing is said in the program's log: what was done is done, and the next line
    brings it up to date.
    """
    path = _path(url)
    try:
        files.folder(FOLDER)
        with FileLock(path.with_suffix(".lock"), timeout=30):
            known = read(url)
            if known is None or known.number < number or back:
                _write(path, Head(number, digest))
    except (OSError, StorageError) as error:
        logger.warning("How far the audit log goes could not be written down: %s", error)


def read(url: sa.URL) -> Head | None:
    """How far the log goes; None where nothing was kept.

    Raises:
        StorageError: somebody without the key wrote it, or it is damaged.
    """
    path = _path(url)
    try:
        kept = json.loads(path.read_text("utf-8"))
        head = Head(int(kept["number"]), str(kept["digest"]))
        signature = str(kept["signature"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _wrong(path) from error
    if not hmac.compare_digest(signature, _signature(path, head)):
        raise _wrong(path)
    return head


def _wrong(path: Path) -> StorageError:
    return StorageError(
        f"{path}, which says how far the audit log goes, was not written by this workbench or is "
        "damaged: compare the log with a copy that was exported earlier."
    )


def _path(url: sa.URL) -> Path:
    name = f"{url.host or ''}:{url.port or ''}/{url.database}"
    if url.get_backend_name() == "sqlite" and url.database:
        with contextlib.suppress(ValueError):  # a home may be moved with its database
            name = str(Path(url.database).absolute().relative_to(files.home()))
    return files.home() / FOLDER / f"audit-{hashlib.sha256(name.encode()).hexdigest()[:12]}.json"


def _signature(path: Path, head: Head) -> str:
    words = f"{path.name}\n{head.number}\n{head.digest}".encode()
    return hmac.new(_key(), words, hashlib.sha256).hexdigest()


def _key() -> bytes:
    """The home's key, made at first use by whoever is first."""
    path = files.folder(FOLDER) / "audit.key"
    if not path.exists():
        part = path.with_name(f".audit.key-{os.getpid()}.part")
        part.write_text(secrets.token_hex(32), "ascii")
        part.chmod(0o600)
        with contextlib.suppress(FileExistsError):
            os.link(part, path)
        part.unlink()
    return path.read_bytes().strip()


def _write(path: Path, head: Head) -> None:
    part = path.with_name(f".{path.name}-{os.getpid()}.part")
    kept = {"number": head.number, "digest": head.digest, "signature": _signature(path, head)}
    part.write_text(json.dumps(kept), "utf-8")
    part.chmod(0o600)
    os.replace(part, path)
