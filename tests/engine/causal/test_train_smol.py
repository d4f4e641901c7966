"""The real bundled model in 4 bits, end to end, as the process that the worker starts."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.helpers.engine_jobs import events, predictions
from tests.helpers.writers import recipe, split_replies, write_job
from workbench.jobs.process.job_dir import JobDir, read_json

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = {"quantization": "nf4", "eval_max_new_tokens": 6, "max_length": 64, "max_steps": 3}


def start(job: JobDir) -> subprocess.Popen[bytes]:
    with job.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "workbench.engine", str(job.path)],
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )


def test_smollm2_learns_in_four_bits(tmp_path: Path, smol: Path) -> None:
    data = split_replies(tmp_path / "replies.parquet", train=12, validation=2, test=2)
    job = write_job(tmp_path / "job", smol, data, recipe=recipe(**SETTINGS))
    assert start(job).wait(120) == 0
    result = read_json(job.result)
    assert (result["status"], result["steps"]) == ("succeeded", 3)
    scores = result["scores"]["test"]
    assert scores["tuned"]["loss"] < scores["base"]["loss"]
    assert 500 < result["peak_memory_mb"] < 2500
    assert len(predictions(result)["tuned"]) == 2
    assert [e["step"] for e in events(job, "metric") if e["kind"] == "train"] == [1, 2, 3]
    assert read_json(job.adapter / "workbench.json")["quantization"] == "nf4"
    # Nothing but our own sentences: no bars, no warnings of libraries.
    logged = [event["message"] for event in events(job, "log")]
    assert job.log.read_text().splitlines() == logged


@pytest.mark.release
def test_the_stop_signal_ends_it_within_a_step(tmp_path: Path, writer: Path) -> None:
    data = split_replies(tmp_path / "replies.parquet", train=12, validation=0, test=2)
    settings = recipe(max_steps=100_000)
    job = write_job(tmp_path / "job", writer, data, recipe=settings)
    process = start(job)
    try:
        give_up_at = time.monotonic() + 120
        while not [e for e in events(job, "metric") if e["kind"] == "train"]:
            assert process.poll() is None, job.log.read_text()
            assert time.monotonic() < give_up_at
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
    result = read_json(job.result)
    assert result["status"] == "cancelled"
    assert 1 <= result["steps"] < 100_000
