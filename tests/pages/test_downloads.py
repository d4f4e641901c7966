"""Downloads by ticket: the file for who has one, nothing for anybody else."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

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


def test_who_has_a_ticket_gets_the_file_whole_or_in_parts(client: TestClient, file: Path) -> None:
    link = download_route.link(file)
    whole = client.get(link)
    assert whole.content == file.read_bytes()
    assert "attachment" in whole.headers["content-disposition"]
    assert whole.headers["cache-control"] == "no-store"
    assert client.get(link, headers={"Range": "bytes=5-9"}).content == b"56789"
    named = client.get(download_route.link(file, "Mails v2.csv"))
    assert "Mails%20v2.csv" in named.headers["content-disposition"]


@pytest.mark.parametrize("ticket", ["guessed", "..%2F..%2Fetc%2Fpasswd", "x" * 5000])
def test_without_a_ticket_there_is_a_sentence(client: TestClient, file: Path, ticket: str) -> None:
    download_route.link(file)
    refused = client.get(f"{download_route.PATH}/{ticket}")
    assert refused.status_code == 404
    assert b"0123456789" not in refused.content


def test_a_ticket_ends_with_its_time_and_with_its_file(
    client: TestClient, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = download_route.link(file)
    assert download_route.link(file) == link
    start = downloads.time.monotonic()
    monkeypatch.setattr(downloads.time, "monotonic", lambda: start + 2000)
    renewed = download_route.link(file)
    assert renewed != link
    assert client.get(link).status_code == 200
    monkeypatch.setattr(downloads.time, "monotonic", lambda: start + 3700)
    refused = client.get(link)
    assert (refused.status_code, "no longer good" in refused.text) == (404, True)
    file.unlink()
    assert client.get(renewed).status_code == 404
