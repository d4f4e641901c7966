"""Tickets of uploads: of many that claim one, one has it; what is old is forgotten."""

import datetime as dt

import pytest

from storage.database import Store
from storage.tables import Project, UploadTicket, now
from storage.tickets import uploads


@pytest.fixture
def ticket(store: Store) -> str:
    with store.write() as session:
        session.add(Project(name="Mails"))
        session.flush()
        ticket = UploadTicket(key="abc", project_id=1, name="a.csv", size=5_000_000_000)
        ticket.expires_at = now()
        uploads.add(session, ticket)
    return "abc"


def test_a_ticket_is_claimed_once(store: Store, ticket: str) -> None:
    with store.write() as session:
        assert [uploads.claim(session, ticket) for _ in range(2)] == [True, False]
        assert not uploads.claim(session, "unknown")


def test_what_is_silent_is_forgotten(store: Store, ticket: str) -> None:
    at = now()
    with store.write() as session:
        uploads.change(session, ticket, received=4_000_000_000, heard_at=at)
        uploads.forget(session, at)
    with store.read() as session:
        found = uploads.keyed(session, ticket)
        assert found
        assert found.received == 4_000_000_000
    with store.write() as session:
        uploads.forget(session, at + dt.timedelta(seconds=1))
        assert uploads.keyed(session, ticket) is None


def test_it_goes_with_its_project(store: Store, ticket: str) -> None:
    with store.write() as session:
        session.delete(session.get_one(Project, 1))
    with store.read() as session:
        assert uploads.keyed(session, ticket) is None
