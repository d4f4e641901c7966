"""Every service of the house, asked by people who do not belong to a project, or may only look.

Services are found in the code, and their arguments made from names and types, so a new one is asked
here by itself; one whose arguments nobody can make fails until a way is said (`helpers/strangers.py`).
In every text of the project stands a mark: what comes back, or is said, may have none of them.
"""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.acting import Acting
from storage.database import Store
from storage.errors import StorageError
from storage.tables import (
    Base,
)
from tests.helpers import companies, full_home, strangers
from tests.helpers.companies import EDITS_ELSEWHERE, LOOKS, MARK, STRANGE
from tests.helpers.strangers import World
from workbench.core.errors import WorkbenchError

OF_THE_WORKER = {
    "evaluation.sweeps.work.conducted",
    "jobs.ingest_events.ingest",
    "jobs.ingest_events.ingest_all",
    "jobs.record.record",
}
"""Asked by processes of the workbench itself only, never for somebody."""
WAITS = {
    "use.foreground.serve_forever": "serves until it is interrupted",
    "use.judge_here.check": "waits until a model answers",
    "use.judge_here.models": "waits until the server answers",
    "use.judge_here.ready": "waits until the server answers",
    "use.server.ensure_server": "waits until the server answers",
    "models.catalogue.resolve_model": "asks the hub",
    "models.downloads.add_hub": "asks the hub",
}
"""Services that would take long; what each asks of the store is asked by others, too."""
MAY_WRITE = {
    "data.pending_edits.discard": {"drafts"},
    "data.pending_edits.keep": {"drafts"},
    "projects.projects.create_project": {"projects", "memberships"},
    "projects.projects.duplicate_project": {
        "projects", "memberships", "datasets", "dataset_versions", "must_pass",
    },
    "projects.projects.mark_evaluation_seen": {"drafts"},
    "projects.samples.create_sample_project": {
        "projects", "memberships", "datasets", "dataset_versions",
    },
    "system.accounts.signing_in.sign_in": {"sign_in_failures"},
    "system.drafts.save_draft": {"drafts"},
    "use.playground.answerers": {"projects"},
    "use.server.start_server": {"jobs"},
    "use.server.stop_server": {"jobs"},
}  # fmt: skip
"""What everybody with an account may do: make projects, which get names for programs, and use models
in them, for which there is one server; type; fail to sign in."""


@pytest.fixture(scope="module")
def asked() -> list[tuple[str, Any]]:
    return sorted(strangers.services())


@pytest.fixture
def worlds(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[World]:
    return companies.fill(store, tmp_path, monkeypatch)


def forged(name: str, function: Any, worlds: list[World]) -> dict[str, Any]:
    """Arguments of somebody who knows the numbers of another's project, and has objects of their own."""
    theirs, own = (strangers.arguments(name, function, world) for world in worlds)
    return {
        key: theirs[key]
        if isinstance(theirs[key], int)
        else strangers.forged(own[key], theirs[key])
        for key in theirs
    }


def called(function: Any, store: Store, arguments: dict[str, Any]) -> str:
    """All that comes back: what is returned, or said of why not."""
    try:
        found = function(store, **arguments)
        return repr(list(found) if isinstance(found, Iterator) else found)
    except (WorkbenchError, StorageError) as error:
        return str(error)


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The tables of which something is other than before; the audit log grows by itself."""
    return {table for table in after if after[table] != before[table]} - {"audit"}


def kept_files(home: Path) -> dict[Path, int]:
    """What people made: file → its size."""
    return {
        path: path.stat().st_size
        for part in ("objects", "jobs", "models")
        for path in (home / part).rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("who", [STRANGE, EDITS_ELSEWHERE, LOOKS])
def test_nobody_reaches_past_their_rights(
    who: int, store: Store, home: Path, worlds: list[World], asked: list[tuple[str, Any]]
) -> None:
    mine = store.acting_as(Acting(who, "Somebody"))
    rows, files = full_home.all_rows(store), kept_files(home)
    faults, written = [], full_home.last_write(store)
    for name, function in asked:
        if name in OF_THE_WORKER or name in WAITS:
            continue
        try:
            arguments = (
                strangers.arguments(name, function, worlds[0])
                if who == LOOKS
                else forged(name, function, worlds)
            )
            given = set(re.findall(rf"{MARK}[\w-]*", repr(arguments)))
            told = set(re.findall(rf"{MARK}[\w-]*", called(function, mine, arguments)))
        except Exception as error:
            faults.append(f"{name}: {error!r}")
            continue
        if who != LOOKS and told - given:
            faults.append(f"{name} tells {sorted(told - given)[:3]}")
        if (now_written := full_home.last_write(store)) != written:
            after = full_home.all_rows(store)
            if wrong := changed(rows, after) - MAY_WRITE.get(name, set()):
                faults.append(f"{name} changes {sorted(wrong)}")
            rows, written = after, now_written
    left = kept_files(home)
    assert not faults, "\n".join(faults)
    assert {path: left.get(path) for path in files} == files


def test_its_members_are_told_by_those_services(
    store: Store, worlds: list[World], asked: list[tuple[str, Any]]
) -> None:
    """Else nothing would be shown by nobody else being told."""
    mine = store.acting_as(Acting(LOOKS, "Vic"))
    telling = set()
    for name, function in asked:
        if name.split(".")[-1].startswith(("get_", "list_", "of_")) and name not in OF_THE_WORKER:
            arguments = strangers.arguments(name, function, worlds[0])
            if MARK in called(function, mine, arguments):
                telling.add(name)
    assert len(telling) >= 15, telling


def test_the_lists_of_exceptions_name_services_that_there_are(asked: list[tuple[str, Any]]) -> None:
    known = {name for name, _ in asked}
    assert known >= {*OF_THE_WORKER, *WAITS, *MAY_WRITE}
    assert len(known) > 300
    assert {table for tables in MAY_WRITE.values() for table in tables} <= set(Base.metadata.tables)


def test_forged_objects_have_the_numbers_of_another_and_the_rest_of_their_own() -> None:
    @dataclasses.dataclass(frozen=True)
    class Thing:
        id: int
        run_id: int
        name: str

    assert strangers.forged(Thing(5, 6, "own"), Thing(1, 2, "theirs")) == Thing(1, 2, "own")
