"""The table of the kinds of jobs."""

import pytest

from workbench.core.errors import WorkbenchError
from workbench.data.checkup import record
from workbench.jobs import kinds


def test_a_kind_of_job_that_nobody_does_is_refused() -> None:
    with pytest.raises(WorkbenchError, match="no kind of job named 'dance'"):
        kinds.kind_named("dance")


def test_every_kind_is_in_one_lane() -> None:
    assert kinds.LANES == {
        "work": (
            "train",
            "preflight",
            "evaluate",
            "predict",
            "must-pass",
            "prompt-trial",
            "habits",
            "judge",
            "import",
            "certify",
            "export-model",
        ),
        "data": (
            "first-answers",
            "write-answers",
            "fetch",
            "add",
            "convert",
            "prepare",
            "check",
            "mend",
            "export",
            "push",
            "push-model",
        ),
        "server": ("serve",),
        "sweeps": ("sweep",),
    }
    assert {*kinds.LISTED} == {*kinds.KINDS} - {"serve", "first-answers", "write-answers"}


def test_only_what_uses_a_model_can_be_paused() -> None:
    pausable = {kind.name for kind in kinds.KINDS.values() if kind.can_be_paused}
    assert pausable == {*kinds.LANES["work"]}


def test_a_checkup_is_there_as_long_as_its_summary() -> None:
    assert kinds.kind_named("check").makes == record.SUMMARY
