"""Every change of the log is found, with the first line that does not fit."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import audit
from storage.acting import Acting
from storage.audit import found, lines
from storage.audit.found import Wanted
from storage.audit.verify import verify
from storage.database import Store
from storage.tables import AuditLine

JO, AL = Acting(person_id=7, name="Jo"), Acting(person_id=8, name="Al", address="10.0.0.8")


@pytest.fixture
def log(store: Store) -> Store:
    """Ten lines."""
    for number in range(10):
        with store.write() as session:
            who = JO if number % 2 else AL
            audit.record(session, "download", who=who, project_id=number % 3 + 1)
    return store


Tamper = Callable[[str], None]


@pytest.fixture
def tamper(log: Store) -> Tamper:
    """Runs a statement as somebody would who may do everything in the database."""

    def run(statement: str) -> None:
        with log.engine.execution_options(workbench_write=True).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("ALTER TABLE audit DISABLE TRIGGER USER"))
            else:
                names = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                for name in connection.execute(names).scalars().all():
                    connection.execute(sa.text(f"DROP TRIGGER {name}"))
            connection.execute(sa.text(statement))

    return run


def test_a_log_as_it_was_written_fits(log: Store) -> None:
    seen: list[tuple[int, int]] = []
    checked = verify(log, lambda done, total: seen.append((done, total)))
    assert (checked.is_sound, checked.lines, checked.wrong, checked.note) == (True, 10, None, "")
    assert seen[-1] == (10, 10)


def test_an_empty_log_fits(store: Store) -> None:
    assert verify(store).is_sound


@pytest.mark.parametrize(
    ("statement", "wrong", "why"),
    [
        ("UPDATE audit SET person = 'Bo' WHERE number = 4", 4, "Line 4 was changed"),
        ("UPDATE audit SET details = '{ }' WHERE number = 4", 4, "Line 4 was changed"),
        ("UPDATE audit SET person_id = NULL WHERE number = 10", 10, "Line 10 was changed"),
        ("DELETE FROM audit WHERE number = 4", 4, "Line 4 is missing"),
        ("DELETE FROM audit WHERE number = 1", 1, "Line 1 is missing"),
        ("DELETE FROM audit WHERE number > 8", 9, "its end was cut off"),
        ("DELETE FROM audit", 1, "its end was cut off"),
        ("UPDATE audit SET number = 0 WHERE number = 3", 1, "Line 0 has no place"),
        ("UPDATE audit SET previous = digest WHERE number = 6", 6, "does not follow"),
    ],
)
def test_what_was_done_to_it_is_found(
    log: Store, tamper: Tamper, statement: str, wrong: int, why: str
) -> None:
    tamper(statement)
    checked = verify(log)
    assert not checked.is_sound
    assert checked.wrong == wrong
    assert why in checked.why


def test_a_log_made_anew_throughout_is_found_by_its_head(log: Store, tamper: Tamper) -> None:
    tamper("DELETE FROM audit")
    with log.engine.execution_options(workbench_write=True).begin() as connection:
        before = lines.FIRST
        for number in range(1, 11):
            line = {column.name: "" for column in AuditLine.__table__.columns}
            made: dict[str, object] = {
                **line, "number": number, "at": lines.now(), "person_id": None, "thing_id": None,
                "project_id": None, "details": "{}", "previous": before,
            }  # fmt: skip
            made["digest"] = before = lines.digest_of(made)
            connection.execute(sa.insert(AuditLine), made)
    checked = verify(log)
    assert checked.wrong == 10
    assert "made anew" in checked.why


def test_a_head_that_nobody_signed_is_not_believed(log: Store, home: Path) -> None:
    (path,) = (home / "secrets").glob("audit-*.json")
    kept = json.loads(path.read_text())
    path.write_text(json.dumps({**kept, "number": 5}))
    checked = verify(log)
    assert not checked.is_sound
    assert "was not written by this workbench" in checked.why


def test_without_a_head_it_is_said_that_the_end_proves_nothing(log: Store, home: Path) -> None:
    (path,) = (home / "secrets").glob("audit-*.json")
    path.unlink()
    checked = verify(log)
    assert checked.is_sound
    assert "missing at its end would not be noticed" in checked.note


def test_a_line_that_the_head_has_missed_is_no_harm(log: Store, home: Path) -> None:
    (path,) = (home / "secrets").glob("audit-*.json")
    kept = path.read_text()
    with log.write() as session:
        audit.record(session, "sign_out", who=JO)
    path.write_text(kept)  # as after a kill between the commit and the head
    assert verify(log).is_sound


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (Wanted(), [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
        (Wanted(person_id=7), [10, 8, 6, 4, 2]),
        (Wanted(project_id=1), [10, 7, 4, 1]),
        (Wanted(of_projects=frozenset({2, 3}), person_id=8), [9, 5, 3]),
        (Wanted(of_projects=frozenset()), []),
        (Wanted(said="Downloaded", text="10.0.0.8"), [9, 7, 5, 3, 1]),
        (Wanted(said="Signed in"), []),
        (Wanted(text="DOWNLOADED", person_id=7), [10, 8, 6, 4, 2]),
        (Wanted(text="10_0"), []),
    ],
)
def test_lines_are_found(log: Store, wanted: Wanted, numbers: list[int]) -> None:
    with log.read() as session:
        assert [line.number for line in found.page(session, wanted, 20)] == numbers
        assert found.count(session, wanted) == len(numbers)
        assert [line["number"] for line in found.each(session, wanted)] == numbers[::-1]


def test_pages_follow_each_other(log: Store) -> None:
    with log.read() as session:
        first = found.page(session, Wanted(person_id=7), 2)
        second = found.page(session, Wanted(person_id=7), 2, before=first[-1].number)
        assert [line.number for line in (*first, *second)] == [10, 8, 6, 4]
        assert found.people(session) == {7: "Jo", 8: "Al"}
        moment = first[0].at
        assert found.count(session, Wanted(since=moment)) == 1
        assert found.count(session, Wanted(until=moment)) == 9
