"""Errors of the last day: found in the logs, each once, with its request."""

import datetime as dt
import logging

from storage import files
from storage.database import Store
from storage.operations import request
from workbench.jobs.operations import log
from workbench.system.installation import troubles


def _moment(ago: dt.timedelta = dt.timedelta()) -> str:
    return f"{dt.datetime.now() - ago:%Y-%m-%d %H:%M:%S},123"


def _write(name: str, text: str) -> None:
    (files.folder("logs") / name).write_text(text, "utf-8")


def test_only_errors_of_the_last_day_are_told_the_newest_first(store: Store) -> None:
    _write("web.log", f"{_moment(dt.timedelta(hours=30))} ERROR Too old\n{_moment()} WARNING x\n")
    _write(
        "worker.log", f"{_moment(dt.timedelta(hours=2))} ERROR Earlier\n{_moment()} CRITICAL Now\n"
    )
    assert [(one.log, one.said) for one in troubles.of_last_day(store)] == [
        ("worker", "Now"),
        ("worker", "Earlier"),
    ]


def test_what_was_raised_stands_behind_the_line_and_the_same_counts_once(store: Store) -> None:
    trace = "Traceback (most recent call last):\n  File x\nworkbench.errors.SomeError: no room\n"
    _write("web.log.1", f"{_moment(dt.timedelta(hours=1))} ERROR A page failed\n{trace}")
    _write("web.log", f"{_moment()} ERROR [abc-123] A page failed\n{trace}{_moment()} INFO on\n")
    (found,) = troubles.of_last_day(store)
    assert found.said == "A page failed: workbench.errors.SomeError: no room"
    assert (found.times, found.request_id) == (2, "abc-123")
    assert abs(found.at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)


def test_lines_as_the_program_writes_them_are_understood(store: Store) -> None:
    """The log's own form, request and all."""
    path = files.folder("logs") / "web.log"
    root = logging.getLogger("test-of-troubles")
    root.propagate = False
    handler = log.SharedFile(path, encoding="utf-8", delay=True)
    handler.setFormatter(log.Lines())
    root.addHandler(handler)
    try:
        with request.of_job(12, "req-12345678"):
            try:
                raise ValueError("broken")
            except ValueError:
                root.exception("A job failed")
        root.error("By itself")
    finally:
        root.removeHandler(handler)
        handler.close()
    found = {one.said: one.request_id for one in troubles.of_last_day(store)}
    assert found == {"A job failed: ValueError: broken": "req-12345678", "By itself": ""}


def test_without_logs_there_is_nothing(store: Store) -> None:
    assert troubles.of_last_day(store) == []
