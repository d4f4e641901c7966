"""The audit log, read: by administrators all of it, by the owner of a project what happened in it."""

import csv
import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, TextIO

from storage import audit, projects
from storage.accounts import roles
from storage.acting import OWNER
from storage.audit import actions, found, verify
from storage.audit.found import Wanted
from storage.audit.verify import Verified
from storage.database import Store
from storage.tables import AuditLine, Job
from workbench.core.cells import harmless
from workbench.core.errors import WorkbenchError
from workbench.core.words import joined, plural

__all__ = [
    "Line",
    "Page",
    "Wanted",
    "check",
    "downloaded",
    "export",
    "fetched",
    "look",
    "may_see",
    "people",
    "sayings",
]

COLUMNS = ("number", "at", "person", "person_id", "did", "about", "project_id", "via", "address",
           "request_id", "action", "kind", "thing_id", "details", "previous", "digest")  # fmt: skip
"""Of the file."""
_THINGS = {
    "api_keys": "key", "base_models": "base model", "blind_tests": "blind test",
    "conversations": "conversation", "dataset_versions": "version of examples",
    "datasets": "dataset", "evaluations": "exam", "invitations": "invitation", "jobs": "job",
    "memberships": "membership", "messages": "message", "must_pass": "must-pass example",
    "own_ratings": "rating", "person_limits": "limits of person", "persons": "person",
    "projects": "project", "releases": "release", "runs": "training", "settings": "setting",
    "sign_ins": "sign-in", "trials": "try of a sweep", "votes": "vote", "watches": "watched folder",
    "watched_files": "watched file",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line, in words and as it is."""

    number: int
    at: dt.datetime
    person: str
    person_id: int | None
    did: str
    """What was done, in words."""
    about: str
    """Which thing, and what of it changed; empty where there is none."""
    via: str
    address: str
    request_id: str
    action: str
    kind: str
    thing_id: int | None
    project_id: int | None
    details: dict[str, Any]
    previous: str
    digest: str

    def as_dict(self) -> dict[str, object]:
        """Plain values, for JSON; the moment in ISO 8601."""
        values = {name: getattr(self, name) for name in COLUMNS}
        return {**values, "at": self.at.isoformat()}


@dataclass(frozen=True)
class Page:
    """Some lines, the newest first, and of how many."""

    lines: tuple[Line, ...]
    count: int
    projects: Mapping[int, str]
    """The names of those projects that there still are."""


def may_see(store: Store) -> bool:
    """Whether who asks may see anything of the log."""
    return (scope := _scope(store)) is None or bool(scope)


def look(store: Store, wanted: Wanted, limit: int, before: int | None = None) -> Page:
    """Lines that fit, with a smaller number than `before`.

    Raises:
        WorkbenchError: who asks may not see them.
    """
    wanted = _allowed(store, wanted)
    with store.read() as session:
        rows = found.page(session, wanted, limit, before)
        are_all = before is None and len(rows) < limit  # to count them is to look through it again
        count = len(rows) if are_all else found.count(session, wanted)
        return Page(tuple(map(_line, rows)), count, projects.names(session))


def people(store: Store) -> dict[int, str]:
    """Person → name, of those in the log.

    Raises:
        WorkbenchError: who asks may see nothing of it.
    """
    _allowed(store, Wanted())
    with store.read() as session:
        named = found.people(session)
    return dict(sorted(named.items(), key=lambda item: item[1].lower()))


def sayings() -> list[str]:
    """All that can have been done, in words, each once."""
    return sorted({*actions.EVENTS.values(), *actions.SERVICES.values()})


def check(store: Store, on_progress: Callable[[int, int], None] = lambda _d, _a: None) -> Verified:
    """Whether the log is as it was written; see `storage.audit.verify`.

    Raises:
        WorkbenchError: who asks is no administrator.
    """
    if _scope(store) is not None:
        raise WorkbenchError("Only an administrator can check the audit log: ask one of them.")
    return verify.verify(store, on_progress)


def export(store: Store, wanted: Wanted, out: TextIO, most: int | None = None) -> int:
    """Write the lines that fit as CSV, the oldest first; how many they were. The export is logged.

    Raises:
        WorkbenchError: who asks may not see them, or there are more than `most`.
    """
    wanted = _allowed(store, wanted)
    with store.read() as session:
        count = found.count(session, wanted)
        if most is not None and count > most:
            raise WorkbenchError(
                f"{plural(count, 'line')} are more than the {most:,} of one file: narrow them down, or "
                "use `python -m workbench audit export` where the workbench runs."
            )
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for line in _lines(found.each(session, wanted)):
            values = line.as_dict() | {"details": json.dumps(line.details, sort_keys=True)}
            writer.writerow(["" if v is None else harmless(v) for v in values.values()])
    with store.write() as session:
        project_id = wanted.project_id
        audit.record(session, "log_exported", project_id=project_id, details={"lines": count})
    return count


def downloaded(
    store: Store,
    what: str,
    *,
    kind: str = "",
    thing_id: int | None = None,
    project_id: int | None = None,
) -> None:
    """Say that who asks took something along; nothing where nobody has an account.

    Args:
        what: in our words, such as "examples"; no name of a file.
        kind: the table of the thing.
    """
    if store.acting is None:
        return
    with store.write() as session:
        audit.record(
            session,
            "download",
            kind=kind,
            thing_id=thing_id,
            project_id=project_id,
            details={"what": what},
        )


def fetched(store: Store, path: Path) -> None:
    """Say that who asks fetched this file by a ticket: one that a job made, a backup, or another."""
    what = "a backup" if "backups" in path.parts else "a file"
    found = next((name for above, name in pairwise(path.parts) if above == "jobs"), "")
    if not found.isdecimal():
        downloaded(store, what)
        return
    with store.read() as session:
        job = session.get(Job, int(found))
    project_id = job.project_id if job is not None else None
    downloaded(store, what, kind="jobs", thing_id=int(found), project_id=project_id)


def _scope(store: Store) -> frozenset[int] | None:
    """The projects whose lines may be seen; None for all lines."""
    who = store.acting
    if who is None or who.administrator:
        return None
    return frozenset(one for one, role in roles.mine(store).items() if role == OWNER)


def _allowed(store: Store, wanted: Wanted) -> Wanted:
    scope = _scope(store)
    if scope is None:
        return wanted
    if not scope or (wanted.project_id is not None and wanted.project_id not in scope):
        raise WorkbenchError(
            "The audit log of a project is for its owners and for administrators: ask one of them."
        )
    return replace(wanted, of_projects=scope)


def _lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[Line]:
    return (_line(AuditLine(**row)) for row in rows)


def _line(row: AuditLine) -> Line:
    details = json.loads(row.details)
    return Line(
        row.number, row.at, row.person, row.person_id, actions.words(row.action),
        _about(row, details), row.via, row.address, row.request_id, row.action, row.kind,
        row.thing_id, row.project_id, details, row.previous, row.digest,
    )  # fmt: skip


def _about(row: AuditLine, details: dict[str, Any]) -> str:
    """Which thing, its name where the log has it, and which columns changed."""
    main = next((one for one in details.get("changes", ()) if one.get("kind") == row.kind), details)
    values = main.get("values", {})
    if why := details.get("why"):
        return _refused(why, details)
    if what := details.get("what"):
        return f"{what} of {_THINGS.get(row.kind, row.kind)} {row.thing_id}" if row.kind else what
    said = [_THINGS.get(row.kind, row.kind) + (f" {row.thing_id}" if row.thing_id else "")]
    if name := values.get("name"):
        said.append(f"“{name}”")
    if (rows := main.get("rows", 0)) > 1:
        said.append(f"and {rows - 1:,} more")
    changed = [_changed(name, main) for name in main.get("columns", ()) if name != "name"]
    told = " ".join(one for one in said if one)
    return f"{told}: {joined(changed)}" if changed else told


def _refused(why: str, details: Mapping[str, Any]) -> str:
    """Which key was refused, as far as it is known, why, and how often since the line before."""
    which = f" “{name}”" if (name := details.get("name")) else ""
    begins = f" that begins with {begins}" if (begins := details.get("begins")) else ""
    times = details.get("times", 1)
    return f"{why}{which}{begins}" + (f", {times:,} times" if times > 1 else "")


def _changed(name: str, main: Mapping[str, Any]) -> str:
    """A column, with what it is now and was where the log has that."""
    words, values, was = (
        name.removesuffix("_at").replace("_", " "),
        main.get("values", {}),
        main.get("was", {}),
    )
    if name not in values or name.endswith("_at") or isinstance(values[name], dict):
        return words
    before = f" (was {was[name]})" if was.get(name) not in (None, "") else ""
    return f"{words} {values[name]}{before}"
