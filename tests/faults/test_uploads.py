"""What large and hostile files do to a real web process and a real conversion."""

import contextlib
import gzip
import http.client
import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from storage import files
from storage.database import Store
from tests.fakes.harness import (
    drive,
    end_leftovers,
    folder_of,
    handle_of,
    job_of,
    status_of,
    until,
)
from tests.fakes.worker import QUICK
from tests.faults.conftest import ROOT, Web
from workbench.data.examples.plan import Source
from workbench.data.files import large, uploads
from workbench.data.readers import ReadOptions, table_file
from workbench.jobs import queue
from workbench.jobs.launchers.local import LocalLauncher, module_command
from workbench.jobs.process.job_dir import JobDir, read_json, write_json
from workbench.jobs.worker import Worker
from workbench.projects import projects

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


def test_a_gibibyte_goes_through_in_constant_memory(store: Store, web: Web) -> None:
    projects.create_project(store, "Mails")
    ticket = uploads.open_ticket(store, 1, "large.csv", GIB)
    assert growth_mb(web, ticket) < 100
    upload = uploads.look(store, uploads.id_of(ticket))
    assert upload
    assert files.object_path(upload.source.digest).stat().st_size == GIB
    files.object_path(upload.source.digest).unlink()


def growth_mb(web: Web, ticket: str) -> float:
    """How much the web process grows while a gibibyte goes through it."""
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
    return max(peak) - before


def test_a_connection_that_breaks_leaves_no_file(store: Store, web: Web, home: Path) -> None:
    projects.create_project(store, "Mails")
    ticket = uploads.open_ticket(store, 1, "large.csv", GIB)
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)
    connection.putrequest("PUT", f"/upload/{ticket}")
    connection.putheader("Content-Length", str(GIB))
    connection.endheaders()
    connection.send(ROW * 200_000)
    until(lambda: [path for path in left_behind(home) if path.stat().st_size])
    upload = uploads.look(store, uploads.id_of(ticket))
    assert upload
    assert upload.is_open

    connection.close()

    until(lambda: not left_behind(home))
    until(
        lambda: "was interrupted" in (uploads.look(store, uploads.id_of(ticket)) or upload).reason
    )


def test_a_wrong_or_used_ticket_is_turned_away(store: Store, web: Web, home: Path) -> None:
    assert send(web, "wrong", iter([b"x"]), 1)[0] == 403
    projects.create_project(store, "Mails")
    ticket = uploads.open_ticket(store, 1, "small.csv", 1)
    assert send(web, ticket, iter([b"x"]), 1) == (200, "")
    status, sentence = send(web, ticket, iter([b"x"]), 1)
    assert status == 403
    assert "choose the file again" in sentence


def bomb(path: Path) -> None:
    """A gibibyte of one line, in five megabytes."""
    block = gzip.compress(b"text,label\n" * 381_300, 9)
    path.write_bytes(block * 256)


def wide_text(path: Path) -> None:
    row = ",".join(f"c{i}" for i in range(200_000)) + "\n"
    path.write_text(row * 30)


def wide_json(path: Path) -> None:
    path.write_text((json.dumps({f"c{i}": i for i in range(200_000)}) + "\n") * 10)


def wide_parquet(path: Path) -> None:
    """A description as long as that of some hundred thousand columns."""
    length = 40_000_000
    path.write_bytes(b"PAR1" + bytes(length) + length.to_bytes(4, "little") + b"PAR1")


def open_quote(path: Path) -> None:
    with path.open("w") as stream:
        stream.write('text,label\nfirst,a\n"open,b\n')
        for _ in range(100):
            stream.write("a line like many others,a\n" * 40_000)


def one_line(path: Path) -> None:
    with path.open("w") as stream:
        stream.write("text,label\n")
        for _ in range(100):
            stream.write("x" * 1_000_000)


def huge_cells(path: Path) -> None:
    """A cell of ten megabytes, said a thousand times in two."""
    cell = pa.DictionaryArray.from_arrays(pa.array([0] * 1000, pa.int32()), ["x" * 10_000_000])
    pq.write_table(pa.table({"text": cell}), path)


HOSTILE: list[tuple[str, Callable[[Path], None], str]] = [
    ("bomb.csv.gz", bomb, "unpacks to more than 200 times its size"),
    ("wide.csv", wide_text, "has 200,000 columns"),
    ("wide.jsonl", wide_json, "has 200,000 columns"),
    ("wide.parquet", wide_parquet, "more columns or parts than can be handled"),
    ("quote.csv", open_quote, 'double quote (") that opens in line 3 of quote.csv is not closed'),
    ("line.csv", one_line, "Line 2 of line.csv is longer than 4,000,000 characters"),
]


@pytest.mark.parametrize(("name", "make", "words"), HOSTILE, ids=[name for name, *_ in HOSTILE])
def test_a_hostile_file_is_refused_in_little_memory(
    tmp_path: Path, name: str, make: Callable[[Path], None], words: str
) -> None:
    make(tmp_path / name)

    result = convert(tmp_path / "job", tmp_path / name)

    assert result["status"] == "failed"
    assert words in result["reason"]
    assert result["reason"].count("\n") == 0
    assert result["peak_memory_mb"] < 200
    left = {path.name for path in (tmp_path / "job").iterdir()}
    assert not left & {"table.parquet", "unpacked"}


def test_what_asks_for_all_memory_ends_in_a_sentence(tmp_path: Path) -> None:
    huge_cells(tmp_path / "cells.parquet")

    result = convert(tmp_path / "job", tmp_path / "cells.parquet")

    assert (result["status"], result["retryable"]) == ("failed", False)
    assert "cells or rows that are too large" in result["reason"]


def convert(folder: Path, path: Path) -> dict[str, object]:
    """The result of the real program for one file."""
    folder.mkdir()
    spec = {"kind": "convert", "job_id": 1, "attempt": 1, "source": str(path), "name": path.name}
    write_json(JobDir(folder).spec, spec)
    done = subprocess.run(
        [*module_command("convert"), str(folder)], cwd=ROOT, timeout=60, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    result: dict[str, object] = read_json(JobDir(folder).result)
    return result


@pytest.fixture
def reading(store: Store, tmp_path: Path) -> Iterator[tuple[Worker, int, JobDir]]:
    """A worker, and the job of a conversion that is in the middle of its work."""
    path = tmp_path / "mails.csv"
    path.write_bytes(b"".join(table_of(30_000_000)))
    source = Source(files.put_file(path), "mails.csv")
    project_id = projects.create_project(store, "Mails")
    job_id = large.read(store, project_id, source, ReadOptions()).id
    # Who is asked to leave cleans up by itself, and gets the time for it on any machine.
    worker = Worker(store, LocalLauncher(), replace(QUICK, cancel_grace_s=30))
    folder = folder_of(job_id)
    try:
        drive(worker, lambda: job_of(store, job_id).progress.get("step"))
        yield worker, job_id, folder
    finally:
        end_leftovers()


def test_a_conversion_that_is_killed_begins_again(
    store: Store, reading: tuple[Worker, int, JobDir]
) -> None:
    worker, job_id, folder = reading
    handle = handle_of(store, job_id)
    assert handle

    os.kill(handle["pid"], signal.SIGKILL)

    drive(worker, lambda: status_of(store, job_id) == "succeeded")
    job = job_of(store, job_id)
    assert job.attempt == 2
    assert job.result
    assert job.result["rows"] == table_file.read_sample(folder.path).rows > 300_000


def test_a_conversion_that_is_cancelled_leaves_no_table(
    store: Store, reading: tuple[Worker, int, JobDir]
) -> None:
    worker, job_id, folder = reading

    queue.cancel_job(store, job_id)

    drive(worker, lambda: status_of(store, job_id) == "cancelled")
    left = {path.name for path in folder.path.iterdir()}
    assert not left & {"table.parquet", "table.json", "unpacked"}
