"""A stand-in for trainer and model server in tests: obeys the job folder, learns nothing.

`python tests/fakes/trainer.py JOB_DIR`. The spec's "fake" says what to do:

    steps            how many steps to do, one each `step_s` seconds (0)
    crash_at         step at which attempt `crash_attempt` (1) ends itself by `crash_signal` (9)
    hold_at          the steps at which attempts 1, 2, … stand still until they are told to end
    wait_for         a file (name in the job folder) that must be there before the end
    deaf             ignores SIGTERM
    saving_parts     how many tenths of a second it saves after SIGTERM, each told
    freeze           stops giving signs of life after its first
    starts_with      a file that must be there before an attempt after the first gives any sign
    exit_code        ends with this code and without a result
    result           more for result.json
    predictions      writes this text as predictions file
    child            leaves a child process behind
    heir             leaves one behind that left the group and holds the lock on
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from workbench.jobs.process.job_dir import (
    LIFELINE_VARIABLE,
    EventWriter,
    JobDir,
    read_json,
    read_spec,
    write_json,
)

TICK_S = 0.01


class Fake:
    """One run of the fake."""

    def __init__(self, job: JobDir) -> None:
        self.job = job
        self.spec = read_spec(job)
        self.fake = self.spec.get("fake", {})
        self.attempt = self.spec["attempt"]
        self.events = EventWriter(job, self.attempt)
        self.told_to_end = threading.Event()
        self.worker_died = threading.Event()

    def run(self) -> int:
        """Do what the spec says; the exit code."""
        ignore = self.fake.get("deaf")
        signal.signal(signal.SIGTERM, signal.SIG_IGN if ignore else self._end)
        threading.Thread(target=self._hold_lifeline, daemon=True).start()
        self._start_log()
        if self.fake.get("child"):
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        if self.fake.get("heir") and os.fork() == 0:
            os.setsid()
            signal.pause()
        if self.attempt > 1 and (name := self.fake.get("starts_with")):
            while not (self.job.path / name).exists():
                time.sleep(TICK_S)
        self.events.write("alive")
        if self.fake.get("freeze"):
            signal.pause()
        self.events.write("phase", name="training", message="Learning")
        if self.spec.get("conclude"):
            self.told_to_end.set()
            return self._early()
        for step in range(self._first_step(), self.fake.get("steps", 3) + 1):
            self._step(step)
            while step in self._holds() and not self._ended():
                time.sleep(TICK_S)
            if self._ended():
                return self._early()
        while (name := self.fake.get("wait_for")) and not (self.job.path / name).exists():
            time.sleep(TICK_S)
            if self._ended():
                return self._early()
        if "exit_code" in self.fake:
            print(self.fake.get("last_words", "an unexpected end"))
            return int(self.fake["exit_code"])
        if self.spec["kind"] == "serve":
            self.events.write("ready", port=12345)
            while not self._ended():
                time.sleep(TICK_S)
            return self._early()
        self._finish("succeeded")
        return 0

    def _start_log(self) -> None:
        """Who ran, in order: a test reads from it how many processes there were."""
        with (self.job.path / "starts.txt").open("a") as handle:
            handle.write(f"{os.getpid()} {self.attempt}\n")
        print(f"attempt {self.attempt} of the fake")

    def _first_step(self) -> int:
        if self.attempt == 1:
            return 1
        saved = sorted(self.job.checkpoints.glob("*/manifest.json"))
        return read_json(saved[-1])["step"] + 1 if saved else 1

    def _holds(self) -> list[int]:
        """The step at which this attempt stands still, if it does."""
        steps: list[int] = self.fake.get("hold_at", [])
        return steps[self.attempt - 1 : self.attempt]

    def _step(self, step: int) -> None:
        values = {"loss": 1.0 / step, "attempt": self.attempt}
        self.events.write("metric", kind="train", step=step, values=values)
        self.events.write("progress", step=step, total_steps=self.fake.get("steps", 3))
        if step == self.fake.get("crash_at") and self.attempt <= self.fake.get("crash_attempt", 1):
            os.kill(os.getpid(), self.fake.get("crash_signal", signal.SIGKILL))
        self._save(step)
        time.sleep(self.fake.get("step_s", 0))

    def _save(self, step: int) -> None:
        folder = self.job.checkpoints / f"step-{step:06d}"
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / "manifest.json", {"step": step})

    def _ended(self) -> bool:
        return self.told_to_end.is_set() or self.worker_died.is_set()

    def _early(self) -> int:
        if self.worker_died.is_set():
            return 1
        for part in range(self.fake.get("saving_parts", 0)):
            self.events.write("phase", name="saving", message=f"Part {part}")
            time.sleep(0.1)
        self._finish("cancelled")
        return 0

    def _finish(self, status: str) -> None:
        result = {"status": status, "attempt": self.attempt, "reason": "", "seconds": 1.5}
        if text := self.fake.get("predictions"):
            path = self.job.path / "predictions.parquet"
            path.write_text(text)
            result |= {"predictions": str(path)}
        write_json(self.job.result, {**result, **self.fake.get("result", {})})
        if self.fake.get("linger"):
            signal.pause()

    def _end(self, *_: object) -> None:
        left = self.worker_died if self.job.pause.exists() else self.told_to_end
        left.set()

    def _hold_lifeline(self) -> None:
        with contextlib.suppress(OSError):
            while os.read(int(os.environ[LIFELINE_VARIABLE]), 1):
                pass
        if not self.fake.get("deaf"):
            self.worker_died.set()


if __name__ == "__main__":
    folder = JobDir(Path(sys.argv[1]))
    with folder.locked():
        sys.exit(Fake(folder).run())
