"""Every service of the house, asked by people who do not belong to a project, or may only look.

Services are found in the code, and their arguments made from names and types, so a new one is asked
here by itself; one whose arguments nobody can make fails until a way is said (`helpers/strangers.py`).
In every text of the project stands a mark: what comes back, or is said, may have none of them.
"""

import dataclasses
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from storage.acting import EDITOR, OWNER, VIEWER, Acting
from storage.database import Store
from storage.errors import StorageError
from storage.tables import (
    ApiKey,
    Base,
    BlindTest,
    Conversation,
    Dataset,
    DatasetVersion,
    Evaluation,
    Job,
    Membership,
    Message,
    MustPass,
    Person,
    Run,
    WatchedFile,
    now,
)
from tests.helpers import full_home, hostile_home, hostile_judge, strangers
from tests.helpers.strangers import World
from workbench.core.errors import WorkbenchError
from workbench.models import live_names
from workbench.use import served_models

MARK = "SECRET"
THEIRS, ELSEWHERE = 1, 2
OWNS, LOOKS, STRANGE, EDITS_ELSEWHERE = range(1, 5)
OF_THE_INSTALLATION = (
    "Model",
    "Model name",
    "Template",
    "Check",
    "Hub id",
    "Licence",
    "Language",
    "Purpose",
    "Lost model",
    "Lost purpose",
)
"""Fields of base models, which everybody sees."""

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
    """Two full projects of two companies, and four people."""
    for number, mark in ((THEIRS, MARK), (ELSEWHERE, "own")):
        folder = tmp_path / f"project {number}"
        folder.mkdir()
        (folder / "mails.csv").write_text("text,label\na,b\n")
        for module in (hostile_home, hostile_judge):
            monkeypatch.setattr(module, "nasty", _namer(mark))
        assert hostile_home.fill(store, folder).project_id == number
    with store.write() as session:
        for name in ("Olga", "Vic", "Sam", "Edi"):
            session.add(Person(email=f"{name}@example.com", name=name))
            session.flush()
        for project_id, person_id, role in (
            (THEIRS, OWNS, OWNER), (THEIRS, LOOKS, VIEWER), (ELSEWHERE, EDITS_ELSEWHERE, EDITOR),
        ):  # fmt: skip
            session.add(Membership(project_id=project_id, person_id=person_id, role=role))
        for project_id, mark in ((THEIRS, MARK), (ELSEWHERE, "own")):
            run_id = session.scalars(sa.select(Run.id).where(Run.project_id == project_id)).first()
            pairs = [{"row_id": 2, "question": mark, "mine": mark, "other": f"{mark}-2"}]
            test = BlindTest(project_id=project_id, run_id=run_id, asked={"pairs": pairs}, seed=1)
            test.token_hash, test.expires_at = mark, now() + timedelta(days=1)
            session.add_all(
                [test, ApiKey(name=mark, key_hash=mark, ends="x", project_id=project_id)]
            )
    live_names.listing(store)
    served_models.refresh(store)
    return [
        World(store, numbers(store, project_id), tmp_path / f"project {project_id}")
        for project_id in (1, 2)
    ]


def _namer(mark: str) -> Any:
    def named(field: str) -> str:
        if field in OF_THE_INSTALLATION:
            return f"{field} of all {mark.lower()}"
        return f"{mark}-{re.sub('[^A-Za-z0-9]', '-', field)}"

    return named


def numbers(store: Store, project_id: int) -> dict[str, int]:
    """Parameter → the id of such a thing in the project."""
    with store.read() as session:

        def first(entity: Any, *where: Any) -> int:
            return (
                session.scalars(sa.select(entity.id).where(*where).order_by(entity.id)).first() or 0
            )

        run_id = first(Run, Run.project_id == project_id)
        dataset_id = first(Dataset, Dataset.project_id == project_id)
        version_id = first(DatasetVersion, DatasetVersion.dataset_id == dataset_id)
        evaluation_id = first(Evaluation, Evaluation.run_id == run_id)
        conversation_id = first(Conversation, Conversation.project_id == project_id)
        answers = (Message.conversation_id == conversation_id, Message.role == "assistant")
        jobs = Job.project_id == project_id
        return {
            "project_id": project_id, "run_id": run_id, "other_run_id": run_id,
            "dataset_id": dataset_id, "version_id": version_id, "dataset_version_id": version_id,
            "evaluation_id": evaluation_id, "new_id": evaluation_id, "old_id": evaluation_id,
            "conversation_id": conversation_id, "message_id": first(Message, *answers),
            "job_id": first(Job, jobs, Job.kind == "predict"),
            "sweep_id": first(Job, jobs, Job.kind == "sweep"),
            "test_id": first(BlindTest, BlindTest.project_id == project_id),
            "example_id": first(MustPass, MustPass.project_id == project_id),
            "file_id": first(WatchedFile), "model_id": 1, "base_model_id": 1, "person_id": OWNS,
            "invitation_id": 1, "sign_in_id": 1, "row_id": 2,
        }  # fmt: skip


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
    faults, written = [], _last_write(store)
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
        if (now_written := _last_write(store)) != written:
            after = full_home.all_rows(store)
            if wrong := changed(rows, after) - MAY_WRITE.get(name, set()):
                faults.append(f"{name} changes {sorted(wrong)}")
            rows, written = after, now_written
    left = kept_files(home)
    assert not faults, "\n".join(faults)
    assert {path: left.get(path) for path in files} == files


def _last_write(store: Store) -> object:
    """Another value after each transaction that wrote."""
    if store.engine.dialect.name == "postgresql":
        with store.read() as session:
            return session.scalar(sa.text("SELECT pg_current_wal_insert_lsn()::text"))
    path = Path(store.engine.url.database or "")
    found = [path.with_name(path.name + end) for end in ("", "-wal")]
    return [(f.stat().st_mtime_ns, f.stat().st_size) for f in found if f.exists()]


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
