"""Lines are bound to each other, only ever added, and the same on every database and process."""

import subprocess
import sys
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from storage import audit
from storage.acting import Acting
from storage.audit import lines
from storage.database import Store
from storage.tables import AuditLine, Person

JO = Acting(person_id=7, name="Jo", via="route", address="::1", request_id="r")
_WRITER = """
import sys
from storage.acting import Acting
from storage.database import Store
from storage.tables import Project
store = Store(sys.argv[1]).acting_as(Acting(person_id=int(sys.argv[2]), name="P"))
for number in range(25):
    with store.write() as session:
        session.add(Project(name=f"{sys.argv[2]}-{number}"))
"""


def all_lines(store: Store) -> list[AuditLine]:
    with store.read() as session:
        return list(session.scalars(sa.select(AuditLine).order_by(AuditLine.number)))


def values(line: AuditLine) -> dict[str, object]:
    return {column.name: getattr(line, column.name) for column in AuditLine.__table__.columns}


def fits(found: list[AuditLine]) -> bool:
    before = lines.FIRST
    for number, line in enumerate(found, start=1):
        if line.number != number or line.previous != before:
            return False
        if lines.digest_of(values(line)) != line.digest:
            return False
        before = line.digest
    return True


def test_an_event_is_said_with_who_and_from_where(store: Store) -> None:
    with store.write() as session:
        audit.record(session, "sign_in", who=JO, details={"browser": "Firefox"})
    (line,) = all_lines(store)
    assert (line.person_id, line.person, line.via, line.address) == (7, "Jo", "route", "::1")
    assert line.details == '{"browser":"Firefox"}'


def test_whom_nobody_knows_is_written_only_where_people_have_accounts(store: Store) -> None:
    with store.write() as session:
        audit.record(session, "sign_in_failed", address="10.1.1.1")
    assert all_lines(store) == []
    with store.write() as session:
        session.add(Person(email="a@example.org", name="A"))
    with store.write() as session:
        audit.record(session, "sign_in_failed", address="10.1.1.1")
    (line,) = all_lines(store)
    assert (line.person_id, line.person, line.address) == (None, "", "10.1.1.1")


def test_an_event_of_an_acting_session_stands_beside_its_changes(store: Store) -> None:
    administrator = replace(JO, administrator=True)
    with store.acting_as(administrator).write() as session:
        session.add(Person(email="a@example.org", name="A"))
        audit.record(session, "download", kind="runs", thing_id=3, project_id=2)
    event, change = all_lines(store)
    assert (event.action, event.kind, event.thing_id, event.project_id) == (
        "download",
        "runs",
        3,
        2,
    )
    assert change.kind == "persons"


def test_each_line_holds_the_one_before(store: Store) -> None:
    with store.write() as session:
        for text in ("a\x00b", "ä€😀", "\ud800"):
            who = Acting(person_id=1, name=text, address=text)
            audit.record(session, "sign_in", who=who, details={"text": text})
    found = all_lines(store)
    assert len(found) == 3
    assert fits(found)
    for name in ("person", "details", "at", "number", "address"):
        changed = {**values(found[1]), name: values(found[2])[name]}
        assert lines.digest_of(changed) != found[1].digest


def test_no_statement_changes_or_deletes_a_line(store: Store) -> None:
    with store.write() as session:
        audit.record(session, "sign_in", who=JO)
    before = [values(line) for line in all_lines(store)]
    for statement in (
        "UPDATE audit SET person = 'Al'",
        "DELETE FROM audit",
        "TRUNCATE audit" if store.engine.dialect.name == "postgresql" else "DELETE FROM audit",
    ):
        with pytest.raises(DatabaseError, match="only ever added"), store.write() as session:
            session.execute(sa.text(statement))
    assert [values(line) for line in all_lines(store)] == before


@pytest.mark.sqlite
def test_no_line_is_replaced(store: Store) -> None:
    with store.write() as session:
        audit.record(session, "sign_in", who=JO)
    columns = ", ".join(column.name for column in AuditLine.__table__.columns)
    replace = f"INSERT OR REPLACE INTO audit ({columns}) SELECT {columns} FROM audit"
    with pytest.raises(DatabaseError, match="only ever added"), store.write() as session:
        session.execute(sa.text(replace))


def test_processes_that_write_at_once_make_one_chain(store: Store) -> None:
    url = store.engine.url.render_as_string(hide_password=False)
    with store.write() as session:
        session.add_all(Person(email=f"{name}@example.org", name="P") for name in "abc")
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, url, str(number)]) for number in (1, 2, 3)
    ]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]
    found = all_lines(store)
    assert len(found) == 75
    assert {line.person_id for line in found} == {1, 2, 3}
    assert fits(found)
