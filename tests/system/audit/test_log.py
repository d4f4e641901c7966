"""Who may see the log, what it says in words, and the file of it."""

import csv
import io
from collections.abc import Callable

import pytest

from storage.acting import Acting
from storage.database import Store
from storage.tables import Membership, Person, Project
from workbench.core.errors import WorkbenchError
from workbench.projects import projects
from workbench.system.audit import log
from workbench.system.audit.log import Wanted

ROOT = Acting(person_id=1, name="Root", administrator=True)
JO, AL = Acting(person_id=2, name="=Jo()"), Acting(person_id=3, name="Al")


@pytest.fixture
def filled(store: Store) -> Store:
    """Two projects, of which Jo owns the first and only views the second."""
    with store.write() as session:
        session.add_all(
            [Person(id=who.person_id, name=who.name, email=f"{who.person_id}@x.org")
             for who in (ROOT, JO, AL)]
        )  # fmt: skip
        session.add_all([Project(id=1, name="Letters"), Project(id=2, name="Calls")])
        session.flush()
        session.add_all(
            [Membership(project_id=1, person_id=2, role="owner"),
             Membership(project_id=2, person_id=2, role="viewer"),
             Membership(project_id=1, person_id=3, role="editor")]
        )  # fmt: skip
    asked = store.acting_as(ROOT)
    projects.update_project(asked, 1, name="Replies", description="")
    projects.archive_project(asked, 2)
    return store


def test_an_administrator_sees_all_and_an_owner_what_is_theirs(filled: Store) -> None:
    assert [line.number for line in log.look(filled.acting_as(ROOT), Wanted(), 10).lines] == [2, 1]
    mine = log.look(filled.acting_as(JO), Wanted(), 10)
    assert [line.project_id for line in mine.lines] == [1]
    assert mine.count == 1


@pytest.mark.parametrize(
    ("text", "numbers"), [("LETTERS", [1]), ("ARCHIVED", [2]), ("_", [2, 1]), ("nowhere", [])]
)
def test_a_text_is_found_in_whatever_letters(filled: Store, text: str, numbers: list[int]) -> None:
    found = log.look(filled, Wanted(text=text), 10)
    assert [line.number for line in found.lines] == numbers
    assert found.count == len(numbers)


def test_lines_are_counted_whichever_of_them_are_shown(filled: Store) -> None:
    for limit, before in ((1, None), (2, None), (3, None), (3, 2)):
        assert log.look(filled, Wanted(), limit, before).count == 2


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: log.look(store.acting_as(AL), Wanted(), 10),
        lambda store: log.look(store.acting_as(JO), Wanted(project_id=2), 10),
        lambda store: log.export(store.acting_as(JO), Wanted(project_id=2), io.StringIO()),
        lambda store: log.people(store.acting_as(AL)),
        lambda store: log.check(store.acting_as(JO)),
    ],
)
def test_others_are_told_whom_to_ask(filled: Store, ask: Callable[[Store], object]) -> None:
    with pytest.raises(WorkbenchError, match="ask one of them"):
        ask(filled)
    assert [log.may_see(filled.acting_as(who)) for who in (ROOT, JO, AL)] == [True, True, False]


def test_a_line_says_in_words_what_was_done(filled: Store) -> None:
    archived, renamed = log.look(filled, Wanted(), 10).lines
    assert (renamed.did, renamed.about) == (
        "Renamed or described a project",
        "project 1 “Replies”",
    )
    assert (archived.did, archived.about) == ("Archived a project", "project 2: archived")


def test_the_file_runs_no_formula_and_is_logged_itself(filled: Store) -> None:
    projects.update_project(filled.acting_as(JO), 1, name="R", description="x")
    out = io.StringIO()
    assert log.export(filled.acting_as(JO), Wanted(), out) == 2
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert [row["number"] for row in rows] == ["1", "3"]
    assert rows[1]["person"] == "'=Jo()"
    newest = log.look(filled, Wanted(), 1).lines[0]
    assert (newest.did, newest.details) == ("Exported the audit log", {"lines": 2})
    with pytest.raises(WorkbenchError, match="more than the 1 of one file"):
        log.export(filled, Wanted(), io.StringIO(), most=1)


def test_all_that_can_be_done_has_a_name(filled: Store) -> None:
    assert "Deleted a project" in log.sayings()
    assert log.people(filled) == {1: "Root"}
    assert log.check(filled).is_sound
