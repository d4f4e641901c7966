"""Downloads by ticket: the file for who has one, nothing for anybody else."""

import time
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from storage.acting import Acting
from storage.database import Store
from workbench.data.files import downloads
from workbench.ui.routes import download_route


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=[download_route.route()]))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "Größe 1.zip"
    path.write_bytes(b"0123456789" * 100_000)
    return path


def test_who_has_a_ticket_gets_the_file_whole_or_in_parts(
    store: Store, client: TestClient, file: Path
) -> None:
    link = download_route.link(file)
    whole = client.get(link)
    assert whole.content == file.read_bytes()
    assert "attachment" in whole.headers["content-disposition"]
    assert whole.headers["cache-control"] == "no-store"
    assert client.get(link, headers={"Range": "bytes=5-9"}).content == b"56789"
    named = client.get(download_route.link(file, "Mails v2.csv"))
    assert "Mails%20v2.csv" in named.headers["content-disposition"]


@pytest.mark.parametrize("ticket", ["guessed", "..%2F..%2Fetc%2Fpasswd", "x" * 5000])
def test_without_a_ticket_there_is_a_sentence(
    store: Store, client: TestClient, file: Path, ticket: str
) -> None:
    download_route.link(file)
    refused = client.get(f"{download_route.PATH}/{ticket}")
    assert refused.status_code == 404
    assert b"0123456789" not in refused.content


def test_a_ticket_ends_with_its_time_and_with_its_file(
    store: Store, client: TestClient, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = download_route.link(file)
    assert download_route.link(file) == link
    start = time.time()
    monkeypatch.setattr(time, "time", lambda: start + 2000)
    renewed = download_route.link(file)
    assert renewed != link
    assert client.get(link).status_code == 200
    monkeypatch.setattr(time, "time", lambda: start + 3700)
    refused = client.get(link)
    assert (refused.status_code, "no longer good" in refused.text) == (404, True)
    file.unlink()
    assert client.get(renewed).status_code == 404


def test_a_ticket_serves_in_every_process_and_after_a_move_of_the_home(
    store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "backups").mkdir()
    (home / "backups" / "all.zip").write_bytes(b"PK")
    ticket = downloads.ticket_for(store, home / "backups" / "all.zip")
    downloads._given.clear()  # as another process, which has given none
    again = downloads.ticket_for(store, home / "backups" / "all.zip")
    assert again != ticket
    moved = home.with_name("moved")
    home.rename(moved)
    monkeypatch.setenv("WORKBENCH_HOME", str(moved))
    if store.engine.dialect.name == "sqlite":
        store.close()
        store.engine.url = store.engine.url.set(database=str(moved / "workbench.db"))
    for one in (ticket, again):
        offer = downloads.offer_of(store, one)
        assert offer == downloads.Offer(moved / "backups" / "all.zip", "all.zip")


def test_a_ticket_serves_nobody_else(store: Store, home: Path) -> None:
    file = home / "objects" / "ab" / "cd"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"rows")
    ann, ben = (store.acting_as(Acting(number, name)) for number, name in ((1, "Ann"), (2, "Ben")))
    ticket = downloads.ticket_for(ann, file)
    assert downloads.ticket_for(ben, file) != ticket
    assert downloads.offer_of(ben, ticket) is None
    assert downloads.offer_of(ann, ticket) == downloads.Offer(file, file.name)


def test_only_the_hash_of_a_ticket_is_written_down(store: Store, home: Path, file: Path) -> None:
    ticket = downloads.ticket_for(store, file)
    assert not [p for p in home.rglob("*") if p.is_file() and ticket.encode() in p.read_bytes()]
