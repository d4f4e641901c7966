"""What somebody changes becomes one line, without a word of their data; what nobody changes, none."""

import ast
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from storage import jobs
from storage.acting import Acting
from storage.audit import actions
from storage.audit.changes import IGNORED, SHOWN, UNSEEN
from storage.database import Store
from storage.rights.lift import bare
from storage.tables import AuditLine, Base, Dataset, Job, Membership, Person, Project
from workbench.jobs import queue
from workbench.projects import projects
from workbench.system import drafts

ROOT = Path(__file__).parents[3]
JO = Acting(person_id=7, name="Jo", administrator=True, address="10.0.0.7", request_id="r-1")
MARK, OTHER = "marked-text", "other-marked-text"


@pytest.fixture(autouse=True)
def _jo(store: Store) -> None:
    with store.write() as session:
        session.add(Person(id=JO.person_id, email="jo@example.org", name="Jo", administrator=True))


def lines(store: Store) -> list[AuditLine]:
    with store.read() as session:
        return list(session.scalars(sa.select(AuditLine).order_by(AuditLine.number)))


def changes(line: AuditLine) -> list[dict[str, Any]]:
    return list(json.loads(line.details)["changes"])


def test_an_action_is_one_line_named_by_its_service(store: Store) -> None:
    project_id = projects.create_project(store.acting_as(JO), "Letters")
    (line,) = lines(store)
    assert (line.person_id, line.person, line.via) == (7, "Jo", "page")
    assert (line.address, line.request_id) == ("10.0.0.7", "r-1")
    assert line.action == "projects.projects.create_project"
    assert (line.kind, line.thing_id, line.project_id) == ("projects", project_id, project_id)
    assert changes(line)[0]["values"]["name"] == "Letters"


def test_nothing_is_written_of_the_workbench_itself(store: Store) -> None:
    project_id = projects.create_project(store, "Letters")
    projects.delete_project(store, project_id)
    assert lines(store) == []


def test_a_transaction_that_fails_leaves_no_line(store: Store) -> None:
    def fail() -> None:
        with store.acting_as(JO).write() as session:
            session.add(Project(name="p"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert lines(store) == []


def test_looking_and_typing_are_no_actions(store: Store) -> None:
    project_id = projects.create_project(store, "Letters")
    asked = store.acting_as(JO)
    drafts.save_draft(asked, project_id, "data", {"name": "Repl"})
    with asked.write() as session:
        session.get_one(Project, project_id).drafts = {"data": {}}
    with asked.write():
        pass
    assert lines(store) == []


def test_a_role_stands_in_the_log_with_what_it_was(store: Store) -> None:
    with store.write() as session:
        session.add_all([Project(name="p"), Person(id=3, name="Al", email="al@example.org")])
        session.flush()
        session.add(Membership(project_id=1, person_id=3, role="viewer"))
    with store.acting_as(JO).write() as session:
        session.get_one(Membership, 1).role = "owner"
    (line,) = lines(store)
    assert changes(line) == [
        {"kind": "memberships", "did": "changed", "ids": [1], "columns": ["role"],
         "values": {"role": "owner"}, "was": {"role": "viewer"}}
    ]  # fmt: skip
    assert line.project_id == 1


def test_statements_that_load_nothing_are_seen_row_by_row(store: Store) -> None:
    with store.write() as session:
        session.add(Project(id=4, name="p"))
        session.flush()
        session.add_all([Dataset(project_id=4, name=f"d{number}") for number in range(1, 31)])
    asked = store.acting_as(JO)
    with asked.write() as session:
        session.execute(sa.update(Dataset).where(Dataset.id <= 2).values(name="e"))
        session.execute(sa.update(Dataset).where(Dataset.id == 99).values(name="e"))
    with asked.write() as session:
        session.execute(sa.delete(Dataset).where(Dataset.id > 2))
    changed, deleted = lines(store)
    assert changes(changed) == [
        {"kind": "datasets", "did": "changed", "ids": [1, 2], "columns": ["name"]}
    ]
    (gone,) = changes(deleted)
    assert (len(gone["ids"]), gone["rows"]) == (20, 28)
    assert (changed.project_id, deleted.project_id) == (4, 4)


def test_a_job_that_is_moved_is_the_one_that_is_named(store: Store) -> None:
    with store.write() as session:
        for title in ("first", "second", "third"):
            jobs.add(session, "train", title, {})
    queue.move_job(store.acting_as(JO), 3)
    (line,) = lines(store)
    assert (line.action, line.kind, line.thing_id) == ("jobs.queue.move_job", "jobs", 3)
    assert len(changes(line)[0]["ids"]) == 1


def test_a_job_is_only_how_something_is_done(store: Store) -> None:
    with store.write() as session:
        session.add(Project(id=1, name="p"))
    with store.acting_as(JO).write() as session:
        session.add(Job(kind="train", title="t", spec={}, project_id=1))
        session.flush()
        session.add(Dataset(project_id=1, name="d"))
    (line,) = lines(store)
    assert line.kind == "datasets"
    assert [change["kind"] for change in changes(line)] == ["jobs", "datasets"]


def test_a_deleted_thing_is_told_with_its_project(store: Store) -> None:
    with store.write() as session:
        session.add(Project(id=5, name="p"))
        session.flush()
        session.add(Dataset(id=6, project_id=5, name="d"))
    with store.acting_as(JO).write() as session:
        session.delete(session.get_one(Project, 5))
    (line,) = lines(store)
    assert (line.kind, line.thing_id, line.project_id) == ("projects", 5, 5)


def test_no_text_of_the_data_reaches_the_log(store: Store) -> None:
    with store.write() as session:
        session.execute(sa.delete(Person))
    asked = store.acting_as(replace(JO, person_id=1))  # the one whom it makes
    tables = [table for table in Base.metadata.sorted_tables if table.name != "audit"]
    models = {str(mapper.local_table): mapper.class_ for mapper in Base.registry.mappers}
    with asked.write() as session:
        for table in tables:
            session.add(models[table.name](**_full(table, MARK)))
            session.flush()
            if table.name == "projects":  # whose owner is who made it
                bare(session).execute(sa.delete(Membership))
    worded = [table for table in tables if _texts(table, "")]
    for table in worded:
        with asked.write() as session:
            session.execute(sa.update(models[table.name]).values(_texts(table, OTHER)))
    with asked.write() as session:
        for table in worded:
            thing = session.scalars(sa.select(models[table.name])).one()
            for name, value in _texts(table, MARK + "-again").items():
                setattr(thing, name, value)
    for table in reversed(tables):
        with asked.write() as session:
            session.execute(sa.delete(models[table.name]))
    told = [line.details for line in lines(store)]
    seen = {change["kind"] for text in told for change in json.loads(text)["changes"]}
    assert seen == {table.name for table in tables} - UNSEEN
    shown = {f"{table}.{name}" for table, names in SHOWN.items() for name in names}
    found = {
        f"{table.name}.{name}"
        for table in tables
        for name in _texts(table, "")
        if any(f"{mark}-{table.name}-{name}" in text for text in told for mark in (MARK, OTHER))
    }
    assert found <= shown, sorted(found - shown)
    assert {"projects.name", "memberships.role"} <= found


def _texts(table: sa.Table, mark: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.primary_key:
            continue
        if isinstance(column.type, sa.JSON):
            values[column.name] = {"text": f"{mark}-{table.name}-{column.name}"}
        elif isinstance(column.type, sa.String):
            values[column.name] = f"{mark}-{table.name}-{column.name}"
    return values


def _full(table: sa.Table, mark: str) -> dict[str, Any]:
    values = _texts(table, mark)
    for column in table.columns:
        if column.name in values:
            continue
        if isinstance(column.type, sa.String):
            values[column.name] = "name"
        elif isinstance(column.type, sa.Boolean):
            values[column.name] = False
        elif isinstance(column.type, sa.Integer):
            values[column.name] = 1
        else:
            values[column.name] = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
    return values


def test_shown_and_ignored_columns_are_there() -> None:
    named = {
        (table, name) for found in (SHOWN, IGNORED) for table in found for name in found[table]
    }
    there = {(t.name, column.name) for t in Base.metadata.tables.values() for column in t.columns}
    assert named <= there, sorted(named - there)


WORKER = (
    "jobs/worker", "jobs/supervision", "jobs/record", "jobs/ingest_events", "use/watched/seeing",
    "evaluation/sweeps/conductor", "system/backup/loading", "system/backup/restore", "system/audit/refusals",
)  # fmt: skip
"""Write for the workbench itself, never for somebody."""


def test_every_service_that_writes_has_words() -> None:
    writing = set(_writing_services())
    known = {*actions.SERVICES, *actions.QUIET}
    assert not writing - known, "give words to " + ", ".join(sorted(writing - known))
    assert not known - writing, "nothing writes as " + ", ".join(sorted(known - writing))


def _writing_services() -> Iterator[str]:
    """Public functions that open `Store.write()`, or call a private one of their module that does."""
    for path in sorted((ROOT / "workbench").rglob("*.py")):
        name = str(path.relative_to(ROOT / "workbench")).removesuffix(".py")
        if name.startswith(WORKER) or name.startswith(("ui/", "engine/")):
            continue
        functions = {
            node.name: node
            for node in ast.parse(path.read_text("utf-8")).body
            if isinstance(node, ast.FunctionDef)
        }
        writes = {one for one, node in functions.items() if _opens(node)}
        while more := {
            one
            for one, node in functions.items()
            if one not in writes and _calls(node) & {w for w in writes if w.startswith("_")}
        }:
            writes |= more
        dotted = name.replace("/", ".")
        yield from (f"{dotted}.{one}" for one in writes if not one.startswith("_"))


def _opens(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(item.context_expr, ast.Call)
        and isinstance(item.context_expr.func, ast.Attribute)
        and item.context_expr.func.attr == "write"
        and "store" in ast.unparse(item.context_expr.func.value)
        for node in ast.walk(function)
        if isinstance(node, ast.With)
        for item in node.items
    )


def _calls(function: ast.FunctionDef) -> set[str]:
    return {
        node.func.id
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
