"""The Audit page: what fits is shown, a page at a time; who may not see it is told; the proof."""

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from storage import audit
from storage.acting import Acting
from storage.database import Store
from storage.tables import Membership, Person, Project
from tests.helpers import accounts
from tests.pages.opened import open_page, texts
from workbench.projects import projects

PAGE = "pages/audit/audit.py"
ROOT = Acting(person_id=1, name="Root", administrator=True, address="10.0.0.1")
JO = Acting(person_id=2, name="Jo")


@pytest.fixture
def logged(store: Store) -> Store:
    """Sixty downloads and a project that was archived."""
    with store.write() as session:
        session.add_all([Person(id=1, name="Root", email="r@x.org", administrator=True),
                         Person(id=2, name="Jo", email="j@x.org"), Project(id=1, name="Letters")])  # fmt: skip
        session.flush()
        session.add(Membership(project_id=1, person_id=2, role="viewer"))
    for number in range(60):
        with store.write() as session:
            audit.record(session, "download", who=JO, kind="runs", thing_id=number)
    projects.archive_project(store.acting_as(ROOT), 1)
    return store


def seen_by(who: Acting | None, store: Store, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    accounts.act_as(monkeypatch, who)
    return open_page(PAGE)


def shown(at: AppTest) -> list[int]:
    return [int(number) for number in at.dataframe[0].value["Line"]]


def test_lines_are_turned_a_page_at_a_time(logged: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    at = seen_by(ROOT, logged, monkeypatch)
    assert shown(at) == list(range(61, 11, -1))
    assert "1 to 50 of 61 lines" in texts(at)
    at.button(key="audit-older").click().run()
    assert shown(at) == list(range(11, 0, -1))
    assert at.button(key="audit-older").disabled
    at.button(key="audit-newer").click().run()
    assert shown(at)[0] == 61


def test_a_search_begins_at_the_newest_that_fits(
    logged: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = seen_by(ROOT, logged, monkeypatch)
    at.button(key="audit-older").click().run()
    at.selectbox(key="audit-did").set_value("Archived a project").run()
    assert shown(at) == [61]
    row = at.dataframe[0].value.iloc[0]
    assert (row["Who"], row["Project"], row["From"]) == ("Root", "Letters", "10.0.0.1")
    at.text_input(key="audit-text").set_value("nothing of it").run()
    assert "No line of the log fits." in texts(at)
    assert not at.exception


def test_the_proof_says_what_it_found(logged: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    at = seen_by(ROOT, logged, monkeypatch)
    at.button(key="audit-check").click().run()
    assert "All of 61 lines are as they were written" in texts(at)
    with logged.write() as session:
        session.execute(sa.text("DROP TRIGGER audit_no_delete"))
        session.execute(sa.text("DELETE FROM audit WHERE number = 30"))
    at.button(key="audit-check").click().run()
    assert "Line 30 is missing" in texts(at)


def test_who_owns_nothing_is_told_whom_to_ask(
    logged: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = seen_by(JO, logged, monkeypatch)
    assert "for its owners and for administrators" in texts(at)
    assert not at.dataframe


def test_without_accounts_there_is_no_log(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    at = seen_by(None, store, monkeypatch)
    assert "Nobody has an account in this workbench" in texts(at)
