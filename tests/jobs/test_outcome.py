"""What becomes of a job whose process ended: every rule, and the sentence it gives."""

from pathlib import Path
from typing import Any

import pytest

from storage.tables import CANCELLED, FAILED, PAUSED, PAUSING, QUEUED, SUCCEEDED, Job, now
from workbench.jobs.outcome import (
    REBOOTED,
    SILENT,
    WORKER_LOST,
    Ending,
    Outcome,
    decide,
    read_result,
)
from workbench.jobs.process.job_dir import JobDir, write_json


@pytest.fixture
def folder(tmp_path: Path) -> JobDir:
    return JobDir(tmp_path)


def job(kind: str = "train", attempt: int = 1, *, cancelled: bool = False, **more: Any) -> Job:
    asked = now() if cancelled else None
    values = {"spec": {}, "progress": {}, "retries": attempt - 1, **more}
    return Job(id=1, kind=kind, attempt=attempt, cancel_requested_at=asked, **values)


def result(folder: JobDir, status: str, attempt: int = 1, **more: Any) -> None:
    write_json(folder.result, {"status": status, "attempt": attempt, "reason": "", **more})


def checkpoint(folder: JobDir) -> None:
    (folder.checkpoints / "step-000003").mkdir(parents=True)
    write_json(folder.checkpoints / "step-000003" / "manifest.json", {})


def test_a_result_beats_the_exit_code_and_a_late_cancel(folder: JobDir) -> None:
    result(folder, SUCCEEDED)
    assert decide(job(cancelled=True), folder, Ending(-9, WORKER_LOST)).status == SUCCEEDED


def test_the_result_of_a_former_attempt_does_not_count(folder: JobDir) -> None:
    result(folder, SUCCEEDED, attempt=1)
    assert decide(job(attempt=2), folder, Ending(-9)).status == QUEUED


@pytest.mark.parametrize("text", ["", "{", "[]", '{"status": "odd", "attempt": 1}', "null"])
def test_a_torn_or_foreign_result_does_not_count(folder: JobDir, text: str) -> None:
    folder.result.write_text(text)
    assert read_result(folder, 1) is None


def test_a_cancel_without_a_result_is_a_cancel(folder: JobDir) -> None:
    for cause in ("", WORKER_LOST, SILENT):
        assert decide(job(cancelled=True), folder, Ending(-15, cause)) == Outcome(
            CANCELLED, "Stopped at your request."
        )


def test_a_cancel_by_force_says_that_nothing_was_kept(folder: JobDir) -> None:
    outcome = decide(job(cancelled=True), folder, Ending(-9))
    assert outcome.status == CANCELLED
    assert "nothing of it was kept" in outcome.reason


def test_a_cancel_keeps_what_was_learned_however_the_process_ended(folder: JobDir) -> None:
    checkpoint(folder)
    for ending in (Ending(-9), Ending(None, WORKER_LOST), Ending(-15)):
        outcome = decide(job(cancelled=True), folder, ending)
        assert outcome == Outcome(QUEUED, "Stopping; the best state so far is being saved.")
    assert decide(job(attempt=3, cancelled=True), folder, Ending(-9)).status == CANCELLED


def test_a_pause_is_a_pause_however_the_process_ended(folder: JobDir) -> None:
    checkpoint(folder)
    at_step = {"phase": "training", "step": 5}
    for ending in (Ending(3), Ending(-9), Ending(None, WORKER_LOST)):
        paused = job(status=PAUSING, pause_requested_at=now(), progress=at_step)
        assert decide(paused, folder, ending) == Outcome(
            PAUSED, "Paused at your request at step 5."
        )


def test_a_result_beats_a_late_pause_and_a_cancel_beats_a_pause(folder: JobDir) -> None:
    paused = job(cancelled=True, status=PAUSING, pause_requested_at=now())
    assert decide(paused, folder, Ending(3)).status == CANCELLED
    result(folder, SUCCEEDED)
    assert decide(job(pause_requested_at=now()), folder, Ending(0)).status == SUCCEEDED


def test_who_changed_their_mind_about_a_pause_goes_on(folder: JobDir) -> None:
    checkpoint(folder)
    outcome = decide(job(status=PAUSING), folder, Ending(3))
    sentence = "It was paused for a while; training goes on from step 3."
    assert outcome == Outcome(QUEUED, sentence, is_try=False)
    assert decide(job(status=PAUSING), folder, Ending(3, cause=WORKER_LOST)) == outcome


def test_a_failure_that_may_pass_is_tried_again_unless_it_was_cancelled(folder: JobDir) -> None:
    result(folder, FAILED, reason="The hub did not answer.", retryable=True)
    again = decide(job(), folder, Ending(1))
    assert again == Outcome(
        QUEUED, "The hub did not answer; the training starts again from its beginning."
    )
    assert decide(job(cancelled=True), folder, Ending(1)).status == FAILED


def test_a_failure_of_its_own_is_final(folder: JobDir) -> None:
    result(folder, FAILED, reason="Row 3 has no answer.", retryable=False)
    outcome = decide(job(), folder, Ending(1))
    assert (outcome.status, outcome.reason) == (FAILED, "Row 3 has no answer.")


@pytest.mark.parametrize(
    ("ending", "why"),
    [
        (Ending(None, WORKER_LOST), "The worker was restarted"),
        (Ending(None, REBOOTED), "The computer was restarted"),
        (Ending(-9, SILENT), "The training no longer answered and was ended"),
        (Ending(-11), "The training was ended from outside (signal 11)"),
    ],
)
def test_what_nobody_is_to_blame_for_is_tried_again(
    folder: JobDir, ending: Ending, why: str
) -> None:
    first = decide(job(), folder, ending)
    assert first == Outcome(QUEUED, f"{why}; the training starts again from its beginning.")
    checkpoint(folder)
    second = decide(job(attempt=2), folder, ending)
    assert second == Outcome(QUEUED, f"{why}; training goes on from step 3.")
    third = decide(job(attempt=3), folder, ending)
    assert (third.status, third.reason.split("; ")[0]) == (FAILED, why)
    assert "tried 3 times" in third.reason


def test_a_stop_that_nobody_asked_for_is_tried_again(folder: JobDir) -> None:
    result(folder, CANCELLED)
    assert decide(job(), folder, Ending(0)).status == QUEUED


def test_a_stop_that_was_asked_for_keeps_its_result(folder: JobDir) -> None:
    result(folder, CANCELLED, adapter="/a")
    outcome = decide(job(cancelled=True), folder, Ending(0))
    assert (outcome.status, (outcome.result or {})["adapter"]) == (CANCELLED, "/a")


def test_memory_that_ran_out_names_what_to_lower(folder: JobDir) -> None:
    outcome = decide(job(), folder, Ending(-9, out_of_memory=True))
    assert (outcome.status, (outcome.result or {})["out_of_memory"]) == (FAILED, True)
    for setting in ("batch size", "Longest example", "Gradient checkpointing"):
        assert setting in outcome.reason
    download = decide(job("import"), folder, Ending(-9, out_of_memory=True))
    assert "close other programs" in download.reason


def test_an_end_without_a_result_is_final_and_quotes_the_log(folder: JobDir) -> None:
    for code in (0, 1):
        outcome = decide(job(), folder, Ending(code, last_words="KeyError: 'x'"))
        assert outcome.status == FAILED
        assert f"exit code {code}): KeyError: 'x'" in outcome.reason


def test_a_server_that_nobody_used_ends_well(folder: JobDir) -> None:
    assert decide(job("serve"), folder, Ending(0)) == Outcome(SUCCEEDED)


@pytest.mark.parametrize("ending", [Ending(-9), Ending(1), Ending(None, WORKER_LOST)])
def test_a_server_that_broke_is_not_tried_again(folder: JobDir, ending: Ending) -> None:
    outcome = decide(job("serve"), folder, ending)
    assert outcome.status == FAILED
    assert "starts again with the next question" in outcome.reason


def test_a_prediction_goes_on_from_where_it_was(folder: JobDir) -> None:
    outcome = decide(job("predict"), folder, Ending(-9))
    why = "The prediction was ended from outside (signal 9)"
    assert outcome == Outcome(QUEUED, f"{why}; the prediction goes on from where it was.")
