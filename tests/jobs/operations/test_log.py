"""The log as JSON lines, and a file that several processes fill."""

import json
import logging
from pathlib import Path

import pytest

from storage.operations import request
from workbench.jobs.operations import log


def record(message: str, **more: object) -> logging.LogRecord:
    found = logging.LogRecord("workbench.x", logging.ERROR, "x.py", 1, message, (), None)
    found.__dict__.update(more)
    return found


def test_a_line_holds_ids_and_the_trace() -> None:
    line = log.JsonLines("worker")
    with request.of_job(12, "req-12345678"):
        try:
            raise ValueError("broken\n")
        except ValueError as error:
            said = line.format(
                record("two\nlines “ü”", exc_info=(ValueError, error, error.__traceback__))
            )
    assert "\n" not in said
    found = json.loads(said)
    assert found["message"] == "two\nlines “ü”"
    assert "test_log.py" in found["trace"]
    assert {key: found[key] for key in ("level", "process", "request_id", "job_id")} == {
        "level": "error", "process": "worker", "request_id": "req-12345678", "job_id": 12,
    }  # fmt: skip
    assert found["time"].endswith("Z")
    assert not {"person_id"} & json.loads(line.format(record("x"))).keys()


def test_two_processes_fill_one_file_and_lose_no_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "_LOG_BYTES", 700)
    path = tmp_path / "web.log"
    first, second = (log.SharedFile(path, encoding="utf-8", delay=True) for _ in range(2))
    for number in range(30):
        for handler in (first, second):
            handler.emit(record(f"{number:03d} {'x' * 20}"))
    for handler in (first, second):
        handler.close()
    lines = path.with_name("web.log.1").read_text().splitlines() + (
        path.read_text().splitlines() if path.exists() else []
    )
    assert path.with_name("web.log.1").stat().st_size < 800
    assert lines[-1].startswith("029")
    last = [int(line[:3]) for line in lines]
    assert last == sorted(last)
    assert all(last.count(number) == 2 for number in set(last) - {last[0]})
