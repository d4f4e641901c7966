"""The file contract: the lock, whole files, and segments of events."""

import contextlib
import os
from pathlib import Path

import pytest

from workbench.core.errors import WorkbenchError
from workbench.jobs.process import job_dir
from workbench.jobs.process.job_dir import (
    LOCK_VARIABLE,
    EventWriter,
    JobDir,
    read_events,
    read_json,
    read_spec,
    write_json,
)


@pytest.fixture
def job(tmp_path: Path) -> JobDir:
    return JobDir(tmp_path)


def test_a_folder_has_one_worker_at_a_time(job: JobDir) -> None:
    with job.locked():
        assert job.is_locked()
        with pytest.raises(WorkbenchError, match="Another process"), job.locked():
            pass
    assert not job.is_locked()


def test_a_lock_that_was_handed_down_counts_as_held(
    job: JobDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with job.locked(), job.lock.open("a") as handed_down:
        monkeypatch.setenv(LOCK_VARIABLE, str(handed_down.fileno()))
        with job.locked():
            pass
        other = JobDir(tmp_path / "other")
        other.path.mkdir()
        with other.locked():  # the variable names the lock of another folder: not held yet
            monkeypatch.delenv(LOCK_VARIABLE)
            assert other.is_locked()


def test_a_number_that_is_no_open_file_is_no_lock(
    job: JobDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LOCK_VARIABLE, "9999")
    with job.locked():
        monkeypatch.delenv(LOCK_VARIABLE)
        assert job.is_locked()


def test_a_file_is_written_whole_or_not_at_all(
    job: JobDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_json(job.result, {"status": "succeeded"})

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_json(job.result, {"status": "failed", "reason": "x" * 100})
    assert read_json(job.result) == {"status": "succeeded"}


def test_a_torn_file_has_no_value(job: JobDir) -> None:
    job.result.write_text('{"status": "succ')
    assert read_json(job.result) is None


@pytest.mark.parametrize("text", ["", "[]", '{"kind": "train", "job_id": 1}'])
def test_a_spec_must_say_what_to_do(job: JobDir, text: str) -> None:
    job.spec.write_text(text)
    with pytest.raises(WorkbenchError, match="does not say what to do"):
        read_spec(job)


def test_events_are_read_across_segments(job: JobDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_dir, "SEGMENT_LINES", 3)
    for attempt in (1, 2):
        with contextlib.closing(EventWriter(job, attempt)) as events:
            for step in range(4):
                events.write("progress", step=step)
    assert [path.name for path in sorted(job.events.iterdir())] == [
        "000001.jsonl",
        "000002.jsonl",
        "000003.jsonl",
        "000004.jsonl",
    ]
    read, segment, offset = read_events(job, 1, 0, limit=5)
    rest, *end = read_events(job, segment, offset)
    assert [(e["attempt"], e["step"]) for e in read + rest] == [
        (attempt, step) for attempt in (1, 2) for step in range(4)
    ]
    assert read_events(job, end[0], end[1]) == ([], *end)


def test_a_number_that_json_does_not_know_is_refused(job: JobDir) -> None:
    with contextlib.closing(EventWriter(job, 1)) as events, pytest.raises(ValueError, match="JSON"):
        events.write("metric", values={"loss": float("nan")})


@pytest.mark.parametrize("content", [b"", b'{"a": ', b"\xff\xfe\x00", b"[" * 100_000])
def test_a_torn_file_says_nothing(job: JobDir, content: bytes) -> None:
    job.result.write_bytes(content)
    assert read_json(job.result) is None
    job.spec.write_bytes(content)
    with pytest.raises(WorkbenchError, match="does not say what to do"):
        read_spec(job)
    job.events.mkdir()
    (job.events / "000001.jsonl").write_bytes(content + b'\n{"type": "alive"}\n')
    assert read_events(job, 1, 0)[0] == [{"type": "alive"}]


def test_a_folder_in_a_files_place_says_nothing(job: JobDir) -> None:
    job.result.mkdir()
    assert read_json(job.result) is None
