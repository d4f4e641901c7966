"""A training repeated exactly: what would make it come out otherwise, said before; then the same job."""

import datetime as dt
import functools
import importlib.metadata
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage import files, runs
from storage.database import Store
from storage.tables import SUCCEEDED
from workbench.core import recipe as recipes
from workbench.core.errors import WorkbenchError
from workbench.core.words import joined
from workbench.jobs.process.facts.digests import base_bytes, base_digest, weights_digest
from workbench.jobs.process.facts.machine import processor_name
from workbench.jobs.process.repeat import Repeat
from workbench.jobs.process.specs import TrainSpec
from workbench.models import catalogue
from workbench.system.hardware import hardware
from workbench.training import chain
from workbench.training.chain import Start
from workbench.training.run_view import RunView
from workbench.training.runs import NAME_LIMIT, StartedRun, get_run, start_run

AGAIN = ", again"
MOST_BYTES = 3_000_000_000
"""Of a base model that is read to see whether it is the same: some seconds."""
SAME = "Nothing has changed since: the new model will be the same, bit for bit."


@dataclass(frozen=True)
class Before:
    """What is known before a training is repeated."""

    run: RunView
    changes: tuple[str, ...]
    """What has changed since, a sentence each; empty where the same model comes out."""

    @property
    def sentence(self) -> str:
        """All of it for a page."""
        return " ".join(self.changes) if self.changes else SAME


def before(store: Store, run_id: int) -> Before:
    """What has changed since a training that would make it come out otherwise.

    Raises:
        WorkbenchError: it cannot be repeated: there is no such run, it has not ended, or what it was
            made of is gone.
    """
    run = get_run(store, run_id)
    if not run.job.is_over:
        raise WorkbenchError(f"'{run.name}' has not ended yet: wait for it, then train it again.")
    if run.is_told:
        raise WorkbenchError(
            f"'{run.name}' learned nothing, so there is nothing to repeat: it answers after your "
            "instruction, the same each time."
        )
    with store.read() as session:
        row = runs.row(session, run_id, TrainSpec.kind)
        assert row is not None
        chain.same_start(row.job)
        data = files.object_path(row.version.content_hash)
    if not data.is_file():
        raise WorkbenchError(
            f"The examples of '{run.name}' ({run.dataset_name}, version {run.version_number}) are not "
            "on the disk any more, so it cannot be repeated: restore a backup that has them."
        )
    return Before(run, tuple(_changes(store, run)))


def train_again(store: Store, run_id: int) -> StartedRun:
    """Queue a training with the data, recipe, seed and number of threads of an earlier one.

    Raises:
        WorkbenchError: it cannot be repeated (see `before`), or the disk is too small.
    """
    former = before(store, run_id).run
    made = _made_with(former)
    return start_run(
        store,
        project_id=former.project_id,
        version_id=former.version_id,
        base_model_id=former.base_model_id,
        recipe=recipes.from_dict(former.recipe),
        name=f"{former.name[: NAME_LIMIT - len(AGAIN)]}{AGAIN}",
        start_from=start_of(store, run_id),
        again=Repeat(
            run_id=former.id,
            name=former.name,
            digest=_digest(former),
            base_digest=str(made.get("base_digest") or ""),
            threads=made.get("threads"),
        ),
    )


def start_of(store: Store, run_id: int) -> Start | None:
    """What a run went on from.

    Raises:
        WorkbenchError: it is not there any more.
    """
    with store.read() as session:
        row = runs.row(session, run_id, TrainSpec.kind)
        return None if row is None else chain.same_start(row.job)


def outcome(run: RunView) -> str:
    """Of a training that repeated another one, whether the same came out; empty of others."""
    again = (run.result or {}).get("again")
    if not isinstance(again, dict):
        return ""
    number = again.get("run_id")
    if again.get("same") is None:
        return f"It repeats training {number}, of which nobody kept what came out."
    if again["same"]:
        return f"The same model as that of training {number} came out, bit for bit."
    return f"It repeats training {number}, but another model came out: not bit for bit the same."


def _digest(run: RunView) -> str:
    result = run.result or {}
    kept = str(result.get("digest") or "")
    adapter = result.get("adapter")
    return kept or (weights_digest(Path(adapter)) if adapter else "")


def _made_with(run: RunView) -> dict[str, Any]:
    found: dict[str, Any] = (run.result or {}).get("made_with") or {}
    return found


def _changes(store: Store, run: RunView) -> list[str]:
    made = _made_with(run)
    found = [*_of_packages((run.result or {}).get("versions") or {}), *_of_machine(made)]
    found += _of_base(store, run, str(made.get("base_digest") or ""))
    if run.status != SUCCEEDED:
        found.append("It did not end by itself then; now it goes on to its end.")
    if not made:
        found.append(
            "On which machine it was trained was not kept then, so nobody can say that the same comes "
            "out."
        )
    if made.get("gpu"):
        found.append("On a graphics card the last digits differ from one training to the next.")
    return [*found, *_of_day(run)]


def _of_packages(then: dict[str, Any]) -> list[str]:
    changed = [
        f"{name} is {now}, and was {was}"
        for name, was in then.items()
        if (now := _version(name)) != str(was)
    ]
    if not changed:
        return []
    return [f"Other versions of the programs are here: {joined(changed)}. Last digits may differ."]


def _version(name: str) -> str:
    if name == "python":
        return platform.python_version()
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "gone"


def _of_machine(made: dict[str, Any]) -> list[str]:
    if not made:
        return []
    here, found = hardware(), []
    if made.get("processor") != processor_name():
        found.append(
            f"It was trained on another processor ({made.get('processor')}; this one is "
            f"{processor_name()}), which may round in another way."
        )
    if made.get("gpu") != here.gpu_name:
        was, now = (str(name or "no graphics card") for name in (made.get("gpu"), here.gpu_name))
        found.append(f"It was trained with {was}, and here is {now}.")
    threads = made.get("threads")
    if threads and threads > here.cores:
        found.append(
            f"It computed with {threads} threads, and this machine has {here.cores} cores: the same "
            "number is used, which is slower here."
        )
    return found


def _of_base(store: Store, run: RunView, then: str) -> list[str]:
    model = catalogue.get_model(store, run.base_model_id)
    if model.path is None or not model.path.exists():
        raise WorkbenchError(
            f"The files of {model.name} are not there any more, so '{run.name}' cannot be repeated: "
            "put them back, or download or add the model again on the Model page."
        )
    if not then or base_bytes(model.path) > MOST_BYTES:
        return []
    if _digest_now(model.path, base_bytes(model.path), model.path.stat().st_mtime_ns) == then:
        return []
    return [f"The files of {model.name} are others than they were: another model will come out."]


@functools.lru_cache(maxsize=8)
def _digest_now(path: Path, size: int, changed_at: int) -> str:
    return base_digest(path)


def _of_day(run: RunView) -> list[str]:
    """Some chat templates write today's date before every conversation."""
    adapter = (run.result or {}).get("adapter")
    path = Path(str(adapter)) / "chat_template.jinja"
    today = run.created_at.date() == dt.datetime.now(dt.UTC).date()
    try:
        dated = "strftime_now" in path.read_text("utf-8")
    except (OSError, ValueError):
        return []
    if today or not dated:
        return []
    return [
        "This model reads today's date before every example, and today is another day than then."
    ]
