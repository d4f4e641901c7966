"""What people sorted, corrected or praised in the playground: on its way to become examples."""

import json
from collections.abc import Sequence
from typing import Any

from storage.conversations import Judged
from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import Task, task_named
from workbench.data import taught, versions
from workbench.data.taught import Given
from workbench.data.versions import VersionInfo
from workbench.jobs.job import JobView
from workbench.models.served import run_id_of
from workbench.training.trained_run import trained_in, trained_of
from workbench.use import conversations


def dataset_of(store: Store, run_id: int) -> VersionInfo | None:
    """The newest version of the dataset that a run learned from; None if it is gone."""
    row = trained_of(store, run_id)
    dataset_id = row.version.dataset_id if row else None
    return None if dataset_id is None else versions.latest_version(store, dataset_id)


def waiting(store: Store, version: VersionInfo) -> list[Given]:
    """What was told to models of this dataset and is no example of it yet.

    An answer that was corrected has its correction, one with a thumb up the model's own. The last word
    on a question counts.
    """
    task = task_named(version.task)
    if not taught.can_be_taught(task):
        return []
    models = {
        row.run.id
        for row in trained_in(store, version.project_id)
        if row.version.dataset_id == version.dataset_id
    }
    told = [
        _row(task, found, wanted)
        for found in conversations.judged(store, version.project_id)
        if (wanted := _wanted(found.answer)) and run_id_of(found.answer.model) in models
    ]
    return taught.unknown(version, told) if told else []


def make_examples(store: Store, version: VersionInfo) -> VersionInfo | JobView:
    """The next version, with what waits.

    Raises:
        WorkbenchError: nothing waits, or the version is not the newest.
    """
    rows = waiting(store, version)
    if not rows:
        raise WorkbenchError(
            "Nothing waits to become an example: sort a text or correct an answer first."
        )
    return taught.add_taught(store, version, rows)


def _wanted(answer: Any) -> str:
    """What the answer should have been; empty where nobody says."""
    return str(answer.correction or (answer.content if answer.rating == "up" else ""))


def _row(task: Task, found: Judged, wanted: str) -> Given:
    if not task.rows_are_conversations:
        return {task.question_role: found.question.content, task.learned: wanted}
    earlier = found.answer.details.get("earlier")
    talk = [
        *(earlier if isinstance(earlier, Sequence) else ()),
        {"role": "user", "content": found.question.content},
        {"role": "assistant", "content": wanted},
    ]
    return {task.learned: json.dumps(talk, ensure_ascii=False)}
