"""Uploads that stream: who may send what, and what is left when it breaks off."""

import contextlib
import hashlib
import io
import os
import time
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from storage import files
from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.data.files import arrivals, uploads
from workbench.projects import projects
from workbench.ui.routes import upload_route

BODY = b"text,label\n" + b"one,a\n" * 500


@pytest.fixture(autouse=True)
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails")


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=[upload_route.route()]))


def left_behind(home: Path) -> list[str]:
    """Every object, whole or in part."""
    return [path.name for path in (home / "objects").rglob("*") if path.is_file()]


def test_what_is_sent_becomes_an_object(store: Store, client: TestClient, home: Path) -> None:
    ticket = uploads.open_ticket(store, 1, "mails.csv", len(BODY))

    answer = client.put(f"/upload/{ticket}", content=BODY)

    assert (answer.status_code, answer.json()) == (200, {"error": ""})
    upload = uploads.look(store, uploads.id_of(ticket))
    assert upload
    assert (upload.state, upload.received, upload.name) == ("done", len(BODY), "mails.csv")
    assert upload.source.digest == hashlib.sha256(BODY).hexdigest()
    assert files.object_path(upload.source.digest).read_bytes() == BODY
    assert left_behind(home) == [upload.source.digest]


def test_a_ticket_serves_once(store: Store, client: TestClient) -> None:
    ticket = uploads.open_ticket(store, 1, "mails.csv", len(BODY))
    client.put(f"/upload/{ticket}", content=BODY)

    again = client.put(f"/upload/{ticket}", content=BODY)

    assert again.status_code == 403
    assert "not known" in again.json()["error"]


@pytest.mark.parametrize("ticket", ["nonsense", "..%2f..%2fetc", "x" * 500])
def test_without_a_ticket_nothing_is_taken(client: TestClient, home: Path, ticket: str) -> None:
    assert client.put(f"/upload/{ticket}", content=BODY).status_code in (403, 404)
    assert not left_behind(home)


def test_a_ticket_begins_within_its_time(
    store: Store, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = uploads.open_ticket(store, 1, "mails.csv", len(BODY))
    late = time.time() + uploads.BEGIN_WITHIN_S + 1
    monkeypatch.setattr(time, "time", lambda: late)

    answer = client.put(f"/upload/{ticket}", content=BODY)

    assert answer.status_code == 403
    assert "did not begin within 15 minutes" in answer.json()["error"]


def test_more_or_less_than_announced_is_refused(
    store: Store, client: TestClient, home: Path
) -> None:
    for body in (BODY + b"x", BODY[:-1]):
        ticket = uploads.open_ticket(store, 1, "mails.csv", len(BODY))
        answer = client.put(f"/upload/{ticket}", content=body)
        assert answer.status_code == 413
        assert "has changed since you chose it" in answer.json()["error"]
    assert not left_behind(home)


def test_more_than_announced_is_noticed_without_a_length_too(
    store: Store, client: TestClient, home: Path
) -> None:
    ticket = uploads.open_ticket(store, 1, "mails.csv", len(BODY))

    answer = client.put(f"/upload/{ticket}", content=iter([BODY, BODY]))

    assert answer.status_code == 413
    assert not left_behind(home)


def test_a_file_larger_than_the_disk_is_refused_before_it_is_sent(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "free_bytes", lambda: 2_000_000_000)

    with pytest.raises(uploads.NoRoom, match=r"big.csv needs 3.0 GB more, .* only 1.5 GB to spare"):
        uploads.open_ticket(store, 1, "big.csv", 3_000_000_000)


def test_a_disk_that_filled_up_meanwhile_is_said(
    store: Store, client: TestClient, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = uploads.open_ticket(store, 1, "mails.csv", len(BODY))
    monkeypatch.setattr(files, "free_bytes", lambda: 1000)

    answer = client.put(f"/upload/{ticket}", content=BODY)

    assert answer.status_code == 507
    assert "free some space" in answer.json()["error"]
    assert not left_behind(home)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_disk_that_is_full_at_last_leaves_no_file(
    store: Store, client: TestClient, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = uploads.open_ticket(store, 1, "mails.csv", len(BODY))
    fdopen = os.fdopen
    monkeypatch.setattr(
        os,
        "fdopen",
        lambda number, *_: (os.close(number), fdopen(os.open("/dev/full", 1), "wb"))[1],
    )

    answer = client.put(f"/upload/{ticket}", content=BODY)

    assert answer.status_code == 507
    assert "is full: free some space" in answer.json()["error"]
    monkeypatch.undo()
    assert "objects" not in os.listdir(home) or not left_behind(home)


def test_two_uploads_at_once_do_not_mix(store: Store) -> None:
    tickets = [uploads.open_ticket(store, 1, f"{name}.csv", 4) for name in "ab"]
    with (
        arrivals.receive(store, tickets[0], None) as first,
        arrivals.receive(store, tickets[1], None) as second,
    ):
        first.write(b"aa")
        second.write(b"bb")
        first.write(b"aa")
        second.write(b"bb")
        digests = [arrival.finish().digest for arrival in (first, second)]

    assert [files.object_path(d).read_bytes() for d in digests] == [b"aaaa", b"bbbb"]


def test_a_page_can_see_how_far_it_is(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = uploads.open_ticket(store, 1, "mails.csv", 10)
    monkeypatch.setattr(arrivals, "_TOLD_S", -1.0)
    with contextlib.suppress(KeyError), arrivals.receive(store, ticket, 10) as arrival:
        arrival.write(b"12345")
        upload = uploads.look(store, uploads.id_of(ticket))
        assert upload
        assert (upload.state, upload.received, upload.size) == ("receiving", 5, 10)
        raise KeyError

    upload = uploads.look(store, uploads.id_of(ticket))
    assert upload
    assert upload.state == "failed"
    assert "was interrupted after 5 bytes of 10 bytes" in upload.reason


def test_an_upload_whose_web_process_was_killed_is_over(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = uploads.open_ticket(store, 1, "mails.csv", 10)
    arriving = arrivals.receive(store, ticket, 10)
    arriving.__enter__()
    later = time.time() + 31
    monkeypatch.setattr(time, "time", lambda: later)

    upload = uploads.look(store, uploads.id_of(ticket))

    assert upload
    assert not upload.is_open
    assert "was interrupted" in upload.reason
    arriving.__exit__(None, None, None)


def test_giving_up_ends_an_upload(
    store: Store, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    ticket = uploads.open_ticket(store, 1, "mails.csv", 10)
    monkeypatch.setattr(arrivals, "_TOLD_S", -1.0)
    with contextlib.ExitStack() as stack:
        arrival = stack.enter_context(arrivals.receive(store, ticket, 10))
        uploads.give_up(store, uploads.id_of(ticket))
        with pytest.raises(uploads.NoTicket, match="You stopped"):
            arrival.write(b"12345")

    assert not left_behind(home)
    upload = uploads.look(store, uploads.id_of(ticket))
    assert upload
    assert not upload.is_open


def test_an_empty_file_and_a_strange_name_are_known_at_once(store: Store) -> None:
    with pytest.raises(WorkbenchError, match=r"empty.csv is empty"):
        uploads.open_ticket(store, 1, "empty.csv", 0)
    ticket = uploads.open_ticket(store, 1, "..\\..\\secret/../x.csv", 5)
    upload = uploads.look(store, uploads.id_of(ticket))
    assert upload
    assert upload.name == "x.csv"


def test_what_killed_processes_left_is_removed_after_a_day(store: Store, home: Path) -> None:
    digest = files.put(io.BytesIO(b"kept"))
    old, young = (home / "objects" / f"{files.PART}{name}" for name in ("old", "young"))
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))

    uploads.open_ticket(store, 1, "mails.csv", 5)

    assert not old.exists()
    assert young.exists()
    assert files.object_path(digest).exists()


def test_only_the_hash_of_a_ticket_is_written_down(store: Store, home: Path) -> None:
    ticket = uploads.open_ticket(store, 1, "mails.csv", 5)
    assert not [
        p
        for p in home.rglob("*")
        if p.is_file() and ticket.encode() in p.name.encode() + p.read_bytes()
    ]


def test_of_two_that_begin_at_the_same_moment_one_may(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = uploads.open_ticket(store, 1, "mails.csv", 10)
    waiting = uploads.look(store, uploads.id_of(ticket))
    monkeypatch.setattr(uploads, "look", lambda *_: waiting)  # as both of them see it
    first, second = arrivals.receive(store, ticket, 10), arrivals.receive(store, ticket, 10)
    with contextlib.suppress(KeyError), first:
        with pytest.raises(uploads.NoTicket):
            second.__enter__()
        raise KeyError
