"""Processes of this machine: started, known again, ended; never the wrong one."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.fakes.harness import end_leftovers, folder_of, is_alive, until
from tests.fakes.trainer_command import fake_trainer
from workbench.core.errors import WorkbenchError
from workbench.jobs.launchers.local import LocalLauncher, module_command
from workbench.jobs.process import isolation, out_of_memory
from workbench.jobs.process.job_dir import JobDir, write_json


@pytest.fixture
def launcher() -> LocalLauncher:
    return LocalLauncher(fake_trainer)


@pytest.fixture
def job(home: Path) -> Iterator[JobDir]:
    folder = folder_of(1)
    folder.path.mkdir(parents=True)
    yield folder
    end_leftovers()


def write_spec(job: JobDir, **fake: object) -> None:
    write_json(job.spec, {"kind": "train", "job_id": 1, "attempt": 1, "fake": fake})


def has_started(job: JobDir) -> bool:
    return (job.path / "starts.txt").exists()


def test_a_process_runs_ends_and_its_output_is_in_the_log(
    launcher: LocalLauncher, job: JobDir
) -> None:
    write_spec(job)
    handle = launcher.submit("train", job)
    assert not launcher.was_restarted(handle)
    assert os.getpgid(handle["pid"]) == handle["pid"]
    state = until(lambda: not (s := launcher.poll(handle)).running and s)
    assert (state.exit_code, state.out_of_memory) == (0, False)
    assert "attempt 1 of the fake" in job.log.read_text()


def test_the_folder_is_locked_from_before_the_start_until_all_is_gone(
    launcher: LocalLauncher, job: JobDir
) -> None:
    write_spec(job, wait_for="go", child=True)
    handle = launcher.submit("train", job)
    assert job.is_locked()
    with pytest.raises(WorkbenchError, match="Another process is working"):
        launcher.submit("train", job)
    (child,) = until(lambda: has_started(job) and psutil.Process(handle["pid"]).children())
    (job.path / "go").touch()
    until(lambda: not launcher.poll(handle).running)
    until(lambda: not is_alive(child.pid))
    assert not job.is_locked()


def test_a_process_leaves_no_file_open_in_the_worker(launcher: LocalLauncher, job: JobDir) -> None:
    write_spec(job)
    before = psutil.Process().num_fds()
    handle = launcher.submit("train", job)
    until(lambda: not launcher.poll(handle).running)
    assert psutil.Process().num_fds() == before


def test_the_lifeline_ends_with_the_worker(job: JobDir) -> None:
    write_spec(job, wait_for="never")
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from tests.fakes.trainer_command import fake_trainer\n"
        "from workbench.jobs.process.job_dir import JobDir\n"
        "from workbench.jobs.launchers.local import LocalLauncher\n"
        "handle = LocalLauncher(fake_trainer).submit('train', JobDir(Path(sys.argv[1])))\n"
        "print(handle['pid'], flush=True)\nsys.stdin.read()\n"
    )
    root = Path(__file__).resolve().parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", code, str(job.path)],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdout is not None
        pid = int(worker.stdout.readline())
        until(lambda: has_started(job))
        assert is_alive(pid)
        worker.kill()
    until(lambda: not is_alive(pid))
    assert not job.is_locked()


def test_a_process_that_only_has_the_number_is_left_alone(
    launcher: LocalLauncher, job: JobDir
) -> None:
    write_spec(job, wait_for="never", deaf=True)
    handle = launcher.submit("train", job)
    for wrong in (
        {**handle, "started_s": handle["started_s"] - 60},
        {**handle, "boot_id": "another boot"},
    ):
        stranger = LocalLauncher(fake_trainer)
        assert not stranger.poll(wrong).running
        stranger.stop(wrong)
        stranger.stop(wrong, force=True)
    assert launcher.poll(handle).running
    launcher.stop(handle, force=True)
    assert until(lambda: launcher.poll(handle).exit_code) == -signal.SIGKILL


def test_a_handle_survives_the_database_and_tells_of_a_restart(
    launcher: LocalLauncher, job: JobDir
) -> None:
    write_spec(job)
    handle = json.loads(json.dumps(launcher.submit("train", job)))
    assert not launcher.was_restarted(handle)
    assert launcher.was_restarted({**handle, "boot_id": "another boot"})
    until(lambda: not launcher.poll(handle).running)


def test_another_worker_knows_a_process_by_its_handle_or_its_folder(
    launcher: LocalLauncher, job: JobDir
) -> None:
    write_spec(job, wait_for="never")
    handle = launcher.submit("train", job)
    until(lambda: has_started(job))
    other = LocalLauncher(fake_trainer)
    assert other.poll(handle).running
    found = other.find(job)
    assert found is not None
    assert found["pid"] == handle["pid"]
    other.stop(found)
    assert until(lambda: not (s := launcher.poll(handle)).running and s).exit_code == 0
    assert other.find(job) is None


@pytest.mark.parametrize(("counted", "expected"), [(1, True), (0, False)])
def test_the_system_counts_whom_it_ended_for_memory(
    launcher: LocalLauncher,
    job: JobDir,
    monkeypatch: pytest.MonkeyPatch,
    counted: int,
    expected: bool,
) -> None:
    kills = iter([5, 5 + counted])
    monkeypatch.setattr(out_of_memory, "kills", lambda: next(kills))
    monkeypatch.setattr(out_of_memory, "is_low", lambda: False)
    write_spec(job, crash_at=1)
    handle = launcher.submit("train", job)
    state = until(lambda: not (s := launcher.poll(handle)).running and s)
    assert (state.exit_code, state.out_of_memory) == (-9, expected)


def test_an_end_by_our_own_force_is_not_taken_for_memory(
    launcher: LocalLauncher, job: JobDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(out_of_memory, "is_low", lambda: True)
    write_spec(job, wait_for="never")
    handle = launcher.submit("train", job)
    assert launcher.poll(handle).running
    launcher.stop(handle, force=True)
    state = until(lambda: not (s := launcher.poll(handle)).running and s)
    assert (state.exit_code, state.out_of_memory) == (-9, False)


def test_memory_is_read_from_the_machine_and_the_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = tmp_path / "cgroup" / "jobs"
    group.mkdir(parents=True)
    (tmp_path / "self").write_text("4:memory:/old\n0::/jobs\n")
    (tmp_path / "vmstat").write_text("pgfault 7\noom_kill 2\n")
    (group / "memory.events").write_text("low 0\noom 4\noom_kill 3\n")
    monkeypatch.setattr(out_of_memory, "_CGROUP", tmp_path / "self")
    monkeypatch.setattr(out_of_memory, "_CGROUP_ROOT", tmp_path / "cgroup")
    monkeypatch.setattr(out_of_memory, "_VMSTAT", tmp_path / "vmstat")
    assert out_of_memory.kills() == 5
    (group / "memory.max").write_text("max\n")
    (group / "memory.current").write_text("990\n")
    assert not out_of_memory.is_low()
    (group / "memory.max").write_text("1000\n")
    assert out_of_memory.is_low()


def test_a_machine_that_does_not_count_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_CGROUP", "_VMSTAT"):
        monkeypatch.setattr(out_of_memory, name, tmp_path / "absent")
    assert out_of_memory.kills() is None


def test_the_commands_are_the_trainers_and_the_servers() -> None:
    assert module_command("train")[1:] == ["-m", "workbench.engine"]
    assert module_command("evaluate")[1:] == ["-m", "workbench.engine"]
    assert module_command("serve")[1:] == ["-m", "workbench.engine.serving"]


def test_who_leaves_waits_until_what_runs_has_saved_itself(
    launcher: LocalLauncher, job: JobDir
) -> None:
    write_spec(job, wait_for="never")
    handle = launcher.submit("train", job)
    until(lambda: has_started(job))
    assert launcher.leave(20) == 0
    assert not is_alive(handle["pid"])
    assert not job.is_locked()
    assert launcher.leave(20) == 0


def test_who_leaves_waits_no_longer_than_told(job: JobDir) -> None:
    launcher = LocalLauncher(lambda _: [sys.executable, "-c", "import time; time.sleep(60)"])
    process = launcher._started[launcher.submit("train", job)["pid"]].child.process
    assert launcher.leave(0.2) == 1
    process.kill()
    process.wait()


@pytest.mark.skipif(bool(isolation.why_not()), reason=isolation.why_not() or "it works")
def test_a_process_that_is_kept_apart_is_paused_as_any_other(
    launcher: LocalLauncher, job: JobDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(isolation.VARIABLE, isolation.BWRAP)
    write_spec(job, wait_for="never")
    handle = launcher.submit("train", job)
    until(lambda: has_started(job))
    started = psutil.Process(handle["pid"])
    assert started.name() == isolation.BWRAP
    cache = job.path.parents[1] / "cache"  # of a fresh home, which has none yet
    assert cache.is_dir()
    assert str(cache) in started.cmdline()
    launcher.stop(handle)
    assert until(lambda: not (s := launcher.poll(handle)).running and s).exit_code == 0


@pytest.mark.skipif(bool(isolation.why_not()), reason=isolation.why_not() or "it works")
def test_a_process_that_is_kept_apart_is_killed_with_all_that_it_has(
    launcher: LocalLauncher, job: JobDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(isolation.VARIABLE, isolation.BWRAP)
    write_spec(job, wait_for="never")
    handle = launcher.submit("train", job)
    until(lambda: has_started(job))
    program = psutil.Process(handle["pid"]).children()[0]
    launcher.stop(handle, force=True)
    assert (
        until(lambda: not (s := launcher.poll(handle)).running and s).exit_code == -signal.SIGKILL
    )
    until(lambda: not is_alive(program.pid))
