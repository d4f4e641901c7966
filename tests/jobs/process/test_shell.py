"""The shell of a job's process."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

from workbench.core.errors import WorkbenchError
from workbench.core.paths import CHECKOUT
from workbench.jobs.process import shell
from workbench.jobs.process.job_dir import (
    LIFELINE_VARIABLE,
    EventWriter,
    JobDir,
    read_events,
    read_json,
    write_json,
)
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import ORPHANED, Handler, run
from workbench.jobs.process.specs import Spec
from workbench.jobs.process.stop import Stop

Work = Callable[[Report, Stop], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class TaskSpec(Spec):
    kind: ClassVar[str] = "task"
    rows: int = 3


def handlers(work: Work) -> list[Handler]:
    return [Handler(TaskSpec, lambda spec, folder, report, stop: work(report, stop))]


@pytest.fixture
def job(tmp_path: Path) -> JobDir:
    job = JobDir(tmp_path / "job")
    job.path.mkdir()
    recipe = {"per_device_train_batch_size": 16, "max_length": 512}
    write_json(job.spec, {"kind": "task", "job_id": 7, "attempt": 2, "recipe": recipe})
    return job


def result_of(job: JobDir, work: Work) -> dict[str, Any]:
    assert run(job.path, handlers(work)) == 0
    return read_json(job.result)


def failing(error: BaseException) -> Work:
    def work(report: Report, stop: Stop) -> dict[str, Any]:
        report.phase("training", "Learning from 3 examples")
        raise error

    return work


def test_what_a_kind_returns_becomes_the_result(job: JobDir) -> None:
    result = result_of(job, lambda report, stop: {"rows": 3})
    assert result.pop("peak_memory_mb") > 10
    assert isinstance(result.pop("phase_memory_mb"), dict)
    assert result == {"status": "succeeded", "reason": "", "attempt": 2, "rows": 3}


def test_it_is_alive_from_the_first_moment(job: JobDir) -> None:
    result_of(job, lambda report, stop: {})
    first = read_events(job, 1, 0)[0][0]
    assert (first["type"], first["attempt"]) == ("alive", 2)


def test_work_that_keeps_no_part_is_interrupted_wherever_it_is(job: JobDir) -> None:
    def work(report: Report, stop: Stop) -> dict[str, Any]:
        with stop.at_once():
            report.phase("checking", "Looking through 3 examples")
            stopped_meanwhile()
        return {}

    assert result_of(job, work)["status"] == "cancelled"
    assert read_events(job, 1, 0)[0][-1]["message"] == "Looking through 3 examples"


def test_an_event_is_written_to_its_end_before_the_work_is_left(
    job: JobDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, after = EventWriter.write, []

    def slow(self: EventWriter, type: str, **fields: Any) -> None:
        if type == "phase":
            os.kill(os.getpid(), signal.SIGTERM)
        write(self, type, **fields)

    def work(report: Report, stop: Stop) -> dict[str, Any]:
        with stop.at_once():
            report.phase("checking", "Looking through 3 examples")
            after.append("went on")
        return {}

    monkeypatch.setattr(EventWriter, "write", slow)
    assert result_of(job, work)["status"] == "cancelled"
    assert "phase" in [event["type"] for event in read_events(job, 1, 0)[0]]
    assert after == []


def stopped_meanwhile() -> None:
    """Work that asks nobody whether to go on, and is told to end in its midst."""
    os.kill(os.getpid(), signal.SIGTERM)
    for _ in range(1000):
        pass
    raise AssertionError("nobody interrupted it")


def test_an_error_for_the_user_is_the_reason(job: JobDir) -> None:
    result = result_of(job, failing(WorkbenchError("Row 3 is empty: fill it in.")))
    assert result["reason"] == "Row 3 is empty: fill it in."
    assert (result["status"], result["retryable"]) == ("failed", False)


def test_a_bug_is_a_sentence_with_its_traceback_in_the_log(job: JobDir) -> None:
    result = result_of(job, failing(KeyError("flux")))
    assert result["reason"] == (
        "Something unexpected went wrong while learning from 3 examples; the log has the details."
    )
    assert "KeyError: 'flux'" in job.log.read_text()


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    ],
)
def test_want_of_memory_names_the_settings_to_lower(job: JobDir, error: Exception) -> None:
    reason = result_of(job, failing(error))["reason"]
    assert reason == (
        "Memory ran out while learning from 3 examples: lower examples per step (now 16) or "
        "the longest example (now 512), or switch on gradient checkpointing, and start again."
    )


def test_a_full_disk_is_said(job: JobDir) -> None:
    reason = result_of(job, failing(OSError(errno.ENOSPC, "No space left on device")))["reason"]
    assert "The disk is full: free some space" in reason
    reason = result_of(job, failing(RuntimeError("write: No space left on device")))["reason"]
    assert "The disk is full" in reason


def test_another_error_of_the_system_is_no_full_disk(job: JobDir) -> None:
    reason = result_of(job, failing(OSError(errno.EACCES, "Permission denied")))["reason"]
    assert "Something unexpected" in reason


def test_the_stop_signal_cancels_at_the_next_look(job: JobDir) -> None:
    before = signal.getsignal(signal.SIGTERM)

    def work(report: Report, stop: Stop) -> dict[str, Any]:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.is_wanted
        stop.check()
        return {"rows": 1}

    result = result_of(job, work)
    assert result["status"] == "cancelled"
    assert "rows" not in result
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_finished_result_beats_a_late_stop(job: JobDir) -> None:
    def work(report: Report, stop: Stop) -> dict[str, Any]:
        os.kill(os.getpid(), signal.SIGTERM)
        return {"rows": 1}

    assert result_of(job, work)["status"] == "succeeded"


def test_the_end_of_the_lifeline_leaves_without_a_result(
    job: JobDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    monkeypatch.setenv(LIFELINE_VARIABLE, str(reading))
    monkeypatch.setattr(shell, "LEAVE_S", 10_000.0)

    def work(report: Report, stop: Stop) -> dict[str, Any]:
        stop.check()
        os.close(writing)
        assert stop.wait_until_orphaned(10)
        stop.check()
        return {}

    assert run(job.path, handlers(work)) == ORPHANED
    assert not job.result.exists()


def test_an_old_result_is_gone_before_work_begins(job: JobDir) -> None:
    write_json(job.result, {"status": "failed", "attempt": 1})

    def work(report: Report, stop: Stop) -> dict[str, Any]:
        assert not job.result.exists()
        return {}

    assert result_of(job, work)["attempt"] == 2


def test_a_second_process_is_turned_away(job: JobDir, capsys: pytest.CaptureFixture[str]) -> None:
    with job.locked():
        assert run(job.path, handlers(lambda report, stop: {})) == 2
    assert "Another process is working" in capsys.readouterr().err


def test_a_folder_without_a_spec_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, []) == 2
    assert "start the job again" in capsys.readouterr().err


def test_a_kind_that_nobody_knows_fails_in_a_sentence(job: JobDir) -> None:
    assert run(job.path, []) == 0
    assert "kind 'task'" in read_json(job.result)["reason"]


def test_progress_is_told_once_a_second_and_at_the_end(job: JobDir) -> None:
    def work(report: Report, stop: Stop) -> dict[str, Any]:
        for step in range(1, 101):
            report.progress(step, 100, seconds_left=0.0)
        return {}

    result_of(job, work)
    told = [e["step"] for e in read_events(job, 1, 0)[0] if e["type"] == "progress"]
    assert (told[0], told[-1]) == (1, 100)
    assert len(told) <= 5


def test_a_field_of_the_spec_that_is_wrong_is_the_reason(job: JobDir) -> None:
    write_json(job.spec, {**read_json(job.spec), "rows": "three"})
    result = result_of(job, lambda report, stop: {})
    assert (result["status"], result["reason"]) == (
        "failed",
        "TaskSpec.rows must be a whole number, but it is 'three'.",
    )


def test_what_a_job_started_by_hand_makes_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Whatever the umask of the shell is."""
    (tmp_path / "spec.json").write_text('{"kind": "poetry", "job_id": 1, "attempt": 1}')
    command = [sys.executable, "-m", "workbench.data.bulk", str(tmp_path)]
    subprocess.run(command, cwd=CHECKOUT, umask=0o022, check=True)
    made = {path: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*") if path.is_file()}
    del made[tmp_path / "spec.json"]
    assert set(made.values()) == {0o600}
