"""What large and hostile files do to a real web process and a real conversion."""

import contextlib
import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path

from storage import files
from tests.fakes.harness import until
from tests.faults.conftest import Web
from workbench import uploads

ROW = b"Where is my parcel? It was due on Monday and nobody knows anything,Delivery\n"
GIB = 1 << 30


def table_of(size: int) -> Iterator[bytes]:
    """A CSV file of exactly so many bytes, made while it is sent."""
    head = b"text,category\n"
    yield head
    block = ROW * (65536 // len(ROW))
    left = size - len(head)
    while left > 0:
        yield block[:left]
        left -= len(block)


def send(web: Web, ticket: str, body: Iterator[bytes], size: int) -> tuple[int, str]:
    """The status and the sentence that the route answers."""
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=120)
    with contextlib.closing(connection):
        connection.request("PUT", f"/upload/{ticket}", body, {"Content-Length": str(size)})
        answer = connection.getresponse()
        return answer.status, json.load(answer)["error"]


def left_behind(home: Path) -> list[Path]:
    """Every object, whole or in part."""
    return [path for path in (home / "objects").rglob("*") if path.is_file()]


def test_a_gibibyte_goes_through_in_constant_memory(web: Web) -> None:
    ticket = uploads.open_ticket(1, "large.csv", GIB)
    before = web.resident_mb()
    peak = [before]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            peak.append(web.resident_mb())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        assert send(web, ticket, table_of(GIB), GIB) == (200, "")
    finally:
        ended.set()
        watcher.join()

    upload = uploads.look(uploads.id_of(ticket))
    assert upload
    assert files.object_path(upload.source.digest).stat().st_size == GIB
    assert max(peak) - before < 100
    files.object_path(upload.source.digest).unlink()


def test_a_connection_that_breaks_leaves_no_file(web: Web, home: Path) -> None:
    ticket = uploads.open_ticket(1, "large.csv", GIB)
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)
    connection.putrequest("PUT", f"/upload/{ticket}")
    connection.putheader("Content-Length", str(GIB))
    connection.endheaders()
    connection.send(ROW * 200_000)
    until(lambda: [path for path in left_behind(home) if path.stat().st_size])

    connection.close()

    until(lambda: not left_behind(home))
    upload = uploads.look(uploads.id_of(ticket))
    assert upload
    assert "was interrupted" in upload.reason


def test_a_wrong_or_used_ticket_is_turned_away(web: Web, home: Path) -> None:
    assert send(web, "wrong", iter([b"x"]), 1)[0] == 403
    ticket = uploads.open_ticket(1, "small.csv", 1)
    assert send(web, ticket, iter([b"x"]), 1) == (200, "")
    status, sentence = send(web, ticket, iter([b"x"]), 1)
    assert status == 403
    assert "choose the file again" in sentence
