"""A judging in a process of its own: killed on its way, and handed the key for its address."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from storage import files
from storage.guard import secret
from tests.fakes import judge as fakes
from tests.fakes.harness import end_leftovers, until
from tests.helpers.judging import judge_job, make_pairs
from workbench.evaluation.judge import replies
from workbench.jobs.launchers.local import LocalLauncher
from workbench.jobs.process.address_key import name_for
from workbench.jobs.process.hub_token import HUB
from workbench.jobs.process.job_dir import JobDir, read_json
from workbench.jobs.process.specs import JudgeSpec

KEY, HUBS = "sk-for-the-judge-1234", "hf_of_the_hub_56789"
ROWS, BEFORE = 10, 6


@pytest.fixture(autouse=True)
def _leftovers() -> Iterator[None]:
    yield
    end_leftovers()


def _ended(launcher: LocalLauncher, handle: dict[str, Any], job: JobDir) -> dict[str, Any]:
    until(lambda: not launcher.poll(handle).running)
    return read_json(job.result) or {}


def test_a_killed_judging_asks_only_the_rest_and_its_key_stands_nowhere(home: Path) -> None:
    def silent_later(body: dict[str, Any], number: int) -> str:
        if number >= BEFORE:
            judge.released.wait(60)
        return fakes.honest(body, number)

    launcher = LocalLauncher()
    with fakes.running(fakes.honest) as judge:
        judge.say = silent_later
        secret.keep(name_for(judge.url), KEY)
        secret.keep(HUB, HUBS)
        job = judge_job(files.folder("jobs"), judge.url, make_pairs(ROWS))
        handle = launcher.submit(JudgeSpec.kind, job)
        until(lambda: len(replies.read(job.path)) == BEFORE)
        process = psutil.Process(handle["pid"])
        told = " ".join([*process.cmdline(), *process.environ().values()])
        launcher.stop(handle, force=True)
        assert _ended(launcher, handle, job) == {}
        judge.say, judge.bodies = fakes.honest, []
        handle = launcher.submit(JudgeSpec.kind, job)
        result = _ended(launcher, handle, job)
    assert result["counts"]["wins"] == ROWS
    asked = {fakes.answers_in(body) for body in judge.bodies}
    assert len(asked) == 2 * ROWS - BEFORE, "one may come twice: it was on its way at the end"
    assert {one["Authorization"] for one in judge.headers} == {f"Bearer {KEY}"}
    texts = [p.read_text("utf-8", "replace") for p in job.path.rglob("*") if p.is_file()]
    assert not any(KEY in text or HUBS in text for text in [told, *texts])


def test_a_key_for_another_address_is_not_handed_over(home: Path) -> None:
    launcher = LocalLauncher()
    with fakes.running(fakes.honest) as judge:
        secret.keep(name_for("https://judge.example/v1"), KEY)
        secret.keep(HUB, HUBS)
        job = judge_job(files.folder("jobs"), judge.url, make_pairs(1))
        handle = launcher.submit(JudgeSpec.kind, job)
        assert _ended(launcher, handle, job)["status"] == "succeeded"
    assert not any("Authorization" in one for one in judge.headers)
