"""The line beside a job's bar."""

import dataclasses
from typing import Any

import pytest

from workbench.jobs.job import JobView
from workbench.ui import job_progress


def _job(**progress: Any) -> JobView:
    known = {field.name: None for field in dataclasses.fields(JobView)}
    told = {"id": 1, "kind": "prompt-trial", "title": "A trial", "status": "running", "attempt": 1}
    return JobView(**{**known, **told, "progress": progress, "reason": "", "ahead": 0})


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        ({"step": 19, "total_steps": 40, "message": "Answering 40 rows"}, "A trial: 48 %"),
        ({"step": 500, "total_steps": 1000}, "A trial: 50 %"),
        ({"step": 500}, "A trial: 50 %"),
        ({"step": 50, "total_steps": 40}, "A trial: 100 %"),
        ({"message": "Loading the model"}, "Loading the model"),
    ],
)
def test_the_share_is_that_of_the_jobs_own_steps(progress: dict[str, Any], said: str) -> None:
    assert job_progress._line(_job(**progress)).startswith(said)
