"""Chains: a training that goes on from the model of an earlier one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from storage import files, projects, runs
from storage.database import Store
from storage.tables import OPEN, Job
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.jobs.process.chain import Link
from workbench.jobs.process.specs import TrainSpec
from workbench.models.model_info import ModelInfo
from workbench.training.trained_run import trained_in, trained_run

START = "start"
"""The folder within a job's own that holds the model that it went on from."""


@dataclass(frozen=True)
class Start:
    """A trained model to go on from."""

    folder: Path
    chain: tuple[Link, ...]
    """The trainings behind the one that begins, the model's own the last one."""


@dataclass(frozen=True)
class Startable:
    """A run that a training can start from, as pages list it."""

    run_id: int
    name: str
    project_id: int
    project: str
    task: str

    def words(self, project_id: int) -> str:
        """As it is listed in a project: "Run 3 (Learn our language)"."""
        where = "" if project_id == self.project_id else f", project '{self.project}'"
        return f"{self.name} ({task_named(self.task).title}{where})"


def start_from(session: Session, run_id: int, model: ModelInfo) -> Start:
    """The model of a run, to be trained further.

    Raises:
        WorkbenchError: it has none, or it is of another base model.
    """
    row = trained_run(session, run_id)
    if row.job.spec.get("shows") is not None:
        raise WorkbenchError(
            f"'{row.run.name}' learned nothing, it only answers after your instruction: start from "
            f"{row.base_model.name} itself, or from a model that was trained."
        )
    if row.base_model.id != model.id:
        raise WorkbenchError(
            f"'{row.run.name}' was trained from {row.base_model.name}, so a training that goes on "
            f"from it cannot use {model.name}: choose {row.base_model.name} as the base model."
        )
    project = projects.get(session, row.run.project_id)
    link = Link(
        run_id=row.run.id,
        name=row.run.name,
        project=project.name if project else "",
        task=row.version.task,
        data=f"{row.dataset.name}, version {row.version.number}",
        base=row.base_model.name,
        digest=str((row.run.result or {}).get("digest") or ""),
    )
    folder = Path((row.run.result or {})["adapter"])
    return Start(folder, (*chain_of(row.job.spec), link))


def same_start(job: Job) -> Start | None:
    """What a training went on from, to be gone on from again; None where it began with its base.

    Raises:
        WorkbenchError: the model is not there any more.
    """
    chain, told = chain_of(job.spec), job.spec.get("start")
    if not chain or not told:
        return None
    own = files.job_folder(job.id) / START
    folder = own if own.is_dir() else Path(told)
    if not folder.is_dir():
        raise WorkbenchError(
            f"The model that this training went on from ({chain[-1].words}) is not there any more, "
            "so it cannot be repeated: start a new training instead."
        )
    return Start(folder, chain)


def chain_of(spec: dict[str, Any]) -> tuple[Link, ...]:
    """The trainings that a training of this spec has behind it, the first one first."""
    found = []
    for link in spec.get("chain") or ():
        try:
            found.append(Link.from_dict(link))
        except WorkbenchError:  # of a newer version; what can be read is told
            continue
    return tuple(found)


def startable(store: Store, model_id: int, project_id: int) -> list[Startable]:
    """The runs that a training of this base model can start from: the project's own, then others.

    Newest first.
    """
    found = [
        Startable(row.run.id, row.run.name, row.project.id, row.project.name, row.version.task)
        for row in trained_in(store)
        if row.run.base_model_id == model_id
        and Path(str((row.run.result or {}).get("adapter"))).is_dir()
    ]
    return sorted(found, key=lambda one: one.project_id != project_id)


def waiting_for(session: Session, run_id: int) -> list[str]:
    """Titles of the trainings that are to start from a run and have not taken its model yet."""
    found = []
    for job in runs.open_jobs(session, TrainSpec.kind, OPEN):
        links = chain_of(job.spec)
        taken = (files.job_folder(job.id) / START).is_dir()
        if links and links[-1].run_id == run_id and not taken:
            found.append(job.title)
    return found


def told(chain: Sequence[Link]) -> list[dict[str, Any]]:
    """A chain as plain values, for JSON."""
    found: list[dict[str, Any]] = json.loads(json.dumps([link.as_dict() for link in chain]))
    return found
