"""`judge`: on the command line."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from storage.database import Store
from storage.guard import secret
from tests.fakes import judge as fakes
from tests.helpers.judged import add_mixed
from tests.helpers.judging import do_queued
from workbench.cli import main, output
from workbench.cli.evaluation import judge as cli_judge
from workbench.core.errors import WorkbenchError
from workbench.evaluation.judged import setup
from workbench.jobs import queue
from workbench.jobs.job import get_job
from workbench.jobs.process.address_key import name_for

FAR = "https://judge.example/v1"


@pytest.fixture(autouse=True)
def _worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def finished(store: Store, job_id: int) -> Any:
        if (result := do_queued(store, job_id))["status"] == "failed":
            raise WorkbenchError(result["reason"])
        return get_job(store, job_id)

    monkeypatch.setattr(output, "ensure_worker", lambda: None)
    monkeypatch.setattr(cli_judge, "finished", finished)


def _said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


def test_it_asks_once_and_tells_what_the_judge_said(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trained = add_mixed(store, tmp_path, rows=40, alike=2)
    rubric = tmp_path / "rubric.txt"
    rubric.write_text("Prefer what is good.\n")
    with fakes.running(fakes.honest) as judge:
        told = ["judge", "--run", str(trained.run_id), "--address", judge.url, "--model", "fair",
                "--rubric", str(rubric), "--repeat", "2"]  # fmt: skip
        assert main([*told, "--json"]) == 0
        said = _said(capsys)
        assert (said["wins"], said["ties"], said["losses"], said["unclear"]) == (28, 0, 10, 0)
        assert (said["against"], said["questions"], said["alike"]) == ("base", 38, 2)
        assert (said["replies"], said["unreadable"]) == (4 * 38, 0)
        assert said["counts"] is False
        assert "People have judged 0" in said["why_not"]
        assert said["rubric"] == "Prefer what is good."
        assert {one["verdict"] for one in said["verdicts"]} == {"run", "other"}
        assert "Prefer what is good." in judge.bodies[0]["messages"][0]["content"]
        assert len(judge.bodies) == 4 * 38
        assert main(told) == 0
        assert "Not yet to be counted." in capsys.readouterr().out
        assert len(judge.bodies) == 4 * 38
        assert main([*told, "--again", "--against", "nearest", "--most", "5"]) == 0
        assert len(judge.bodies) == 4 * 38 + 4 * 5
    assert main(["evaluate", "--run", str(trained.run_id), "--json"]) == 0
    assert _said(capsys)["judge"]["counts"] is False


def test_nothing_leaves_without_a_yes(
    store: Store,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trained = add_mixed(store, tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))  # a pipe is nobody who agrees
    told = ["judge", "--run", str(trained.run_id), "--address", FAR, "--model", "big"]
    assert main(told) == 2
    said = capsys.readouterr().err
    assert "38 exam questions" in said
    assert "leave this computer and go to judge.example" in said
    assert "say --yes if that is right" in said
    assert queue.list_jobs(store) == [job for job in queue.list_jobs(store) if job.kind == "train"]


def test_whom_to_ask_is_said_or_set_up(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trained = add_mixed(store, tmp_path)
    told = ["judge", "--run", str(trained.run_id)]
    assert main(told) == 2
    assert "No judge is set up" in capsys.readouterr().err
    assert main([*told, "--address", "judge.example", "--model", "m"]) == 2
    assert "is no address of a judge" in capsys.readouterr().err
    assert main([*told, "--address", FAR]) == 2
    assert "which model is to judge" in capsys.readouterr().err
    with fakes.running(fakes.honest) as judge:
        setup.keep(store, setup.judge_at(judge.url, "fair"))
        assert main([*told, "--most", "3", "--json"]) == 0
    assert _said(capsys)["model"] == "fair"


def test_a_failed_judging_is_one_sentence(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trained = add_mixed(store, tmp_path)
    with fakes.running(lambda *_: fakes.Answer(401)) as judge:
        told = ["judge", "--run", str(trained.run_id), "--address", judge.url, "--model", "m"]
        assert main(told) == 2
    assert "asks for a key" in capsys.readouterr().err


def test_a_key_comes_by_stdin_and_is_not_shown(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("sk-0123456789abcd\n"))
    assert main(["judge", "--set-key", "--address", FAR, "--json"]) == 0
    assert "sk-0123" not in capsys.readouterr().out
    assert secret.read(name_for(FAR)) == "sk-0123456789abcd"
    assert main(["judge", "--forget-key", "--address", FAR]) == 0
    assert secret.read(name_for(FAR)) == ""
    assert main(["judge", "--forget-key"]) == 2
