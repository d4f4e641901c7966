"""Keys with which programs ask the model server: made, listed and revoked; shown once, kept as hashes.

The key of the server itself (`server_key.py`) is the workbench's own and has no limits.
"""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from storage import files, projects
from storage.database import Store
from storage.programs import api_keys
from storage.tables import ApiKey
from workbench.core import names
from workbench.core.errors import WorkbenchError
from workbench.jobs.process.job_dir import read_json, write_json
from workbench.jobs.process.serve_files import KEYS, REVOKED, AccessKey
from workbench.use import request_log

BEGINS = "slm-"
NAME_LIMIT = 60
MOST = 2**31 - 1
"""Of a limit: what every database takes."""
_RANDOM_BYTES = 32
_SHOWN = 4
_REVOKED_KNOWN = 1_000
"""So many of the last ones the server knows by their hashes, to tell them from unknown ones."""
_LOOK_AT_IT = "the page 'For other programs' lists them, and so does `keys list`"


@dataclass(frozen=True)
class KeyInfo:
    """A key, without the key."""

    id: int
    name: str
    ends: str
    """Its last characters, to know it by."""
    project_id: int | None
    """The project whose models alone it may ask; None for all."""
    project: str
    """That project's name; empty for all."""
    requests_a_minute: int | None
    tokens_a_day: int | None
    tokens_a_month: int | None
    """None for no limit."""
    created_at: dt.datetime
    last_used_at: dt.datetime | None
    """None if the log knows of no request."""

    def as_dict(self) -> dict[str, object]:
        """Plain values, for JSON; times in ISO 8601."""
        return {
            "name": self.name,
            "ends": self.ends,
            "project_id": self.project_id,
            "project": self.project or None,
            "requests_a_minute": self.requests_a_minute,
            "tokens_a_day": self.tokens_a_day,
            "tokens_a_month": self.tokens_a_month,
            "created_at": self.created_at.isoformat(),
            "last_used_at": self.last_used_at.isoformat() if self.last_used_at else None,
        }


def make(
    store: Store,
    name: str,
    *,
    project_id: int | None = None,
    requests_a_minute: int | None = None,
    tokens_a_day: int | None = None,
    tokens_a_month: int | None = None,
) -> tuple[KeyInfo, str]:
    """A new key and its only showing.

    Args:
        project_id: the project whose models alone it may ask; None for all.

    Raises:
        WorkbenchError: the name is empty, too long or in use, there is no such project, or a limit
            is no number of requests or tokens.
    """
    name = _checked(name)
    for limit, what in (
        (requests_a_minute, "requests a minute"),
        (tokens_a_day, "tokens a day"),
        (tokens_a_month, "tokens a month"),
    ):
        if limit is not None and not 1 <= limit <= MOST:
            raise WorkbenchError(f"A key allows 1 to {MOST:,} {what}: leave it out for no limit.")
    secret = BEGINS + secrets.token_urlsafe(_RANDOM_BYTES)
    with store.write() as session:
        if api_keys.named(session, name) is not None:
            raise WorkbenchError(
                f"There is a key called '{name}' already: choose another name, or revoke that one."
            )
        if api_keys.is_taken(session, name):
            raise WorkbenchError(
                f"A key of this installation is called '{name}': choose another name."
            )
        if project_id is not None and projects.get(session, project_id) is None:
            raise WorkbenchError(f"There is no project {project_id}: choose another one.")
        row = ApiKey(
            name=name,
            key_hash=hashlib.sha256(secret.encode()).hexdigest(),
            ends=secret[-_SHOWN:],
            project_id=project_id,
            requests_a_minute=requests_a_minute,
            tokens_a_day=tokens_a_day,
            tokens_a_month=tokens_a_month,
        )
        info = _info(api_keys.add(session, row), projects.names(session), {})
    tell_server(store)
    return info, secret


def listing(store: Store) -> list[KeyInfo]:
    """The keys that are good, the oldest first."""
    used = request_log.last_uses()
    with store.read() as session:
        known = projects.names(session)
        return [_info(row, known, used) for row in api_keys.listing(session)]


def revoke(store: Store, name: str) -> KeyInfo:
    """End the key of this name: whoever sends it is refused from now on.

    Raises:
        WorkbenchError: there is none.
    """
    with store.write() as session:
        row = api_keys.named(session, name.strip())
        if row is None:
            raise WorkbenchError(f"There is no key called '{name[:NAME_LIMIT]}': {_LOOK_AT_IT}.")
        info = _info(row, projects.names(session), {})
        api_keys.revoke(session, row.id)
    tell_server(store)
    return info


def tell_server(store: Store) -> None:
    """Bring the server's list of hashes up to date, if something changed.

    Raises:
        StorageError: the disk takes nothing.
    """
    with store.acting_as(None).read() as session:  # the server is one for all projects
        rows = api_keys.listing(session, revoked=True)
    good = [_access(row).as_dict() for row in rows if row.revoked_at is None]
    ended = sorted((row for row in rows if row.revoked_at is not None), key=_ended_at)
    for name, items in (
        (KEYS, good),
        (REVOKED, [_access(row).as_dict() for row in ended[-_REVOKED_KNOWN:]]),
    ):
        path = files.folder("serve") / name
        with files.said_on_disk(path):
            if read_json(path) != items and (items or path.exists()):
                write_json(path, items)
                path.chmod(0o600)


def _ended_at(row: ApiKey) -> dt.datetime:
    return row.revoked_at or row.created_at


def _checked(name: str) -> str:
    name = names.typed(name)
    if not name:
        raise WorkbenchError("A key needs a name, such as that of the program that uses it.")
    if len(name) > NAME_LIMIT:
        raise WorkbenchError(f"A name has at most {NAME_LIMIT} characters: shorten it.")
    return name


def _access(row: ApiKey) -> AccessKey:
    return AccessKey(
        id=row.id,
        name=row.name,
        key_hash=row.key_hash,
        project_id=row.project_id,
        requests_a_minute=row.requests_a_minute,
        tokens_a_day=row.tokens_a_day,
        tokens_a_month=row.tokens_a_month,
    )


def _info(row: ApiKey, known: dict[int, str], used: dict[int, dt.datetime]) -> KeyInfo:
    return KeyInfo(
        id=row.id,
        name=row.name,
        ends=row.ends,
        project_id=row.project_id,
        project=known.get(row.project_id, "") if row.project_id else "",
        requests_a_minute=row.requests_a_minute,
        tokens_a_day=row.tokens_a_day,
        tokens_a_month=row.tokens_a_month,
        created_at=row.created_at,
        last_used_at=used.get(row.id),
    )
