"""Measurements: a few real steps of a training, queued as a job of their own."""

from storage import cache, files, runs
from storage.database import Store
from storage.tables import OPEN
from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe
from workbench.jobs import queue
from workbench.jobs.job import JobView
from workbench.jobs.process.specs import MeasureSpec
from workbench.models import catalogue
from workbench.training import readiness
from workbench.training.outlook import last_measuring


def start_measuring(
    store: Store, *, project_id: int, version_id: int, base_model_id: int, recipe: Recipe
) -> int:
    """Queue a measurement; the job's id.

    Raises:
        WorkbenchError: data, model and recipe do not go together.
    """
    model = catalogue.get_model(store, base_model_id)
    with store.write() as session:
        version = runs.version_of(session, project_id, version_id)
        if version is None:
            raise WorkbenchError(
                f"This project has no dataset version {version_id}: choose one of its own."
            )
        readiness.check(model, version, recipe)
        spec = MeasureSpec(
            task=version.task,
            data=files.object_path(version.content_hash),
            system=version.mapping.get("system") or "",
            base=model.reference,
            recipe=recipe,
            cache=cache.folder(),
            version_id=version.id,
            model_id=model.id,
        )
        title = f"Measuring of {model.name}"
        return queue.enqueue(session, title, spec, project_id=project_id)


__all__ = ["is_open", "last_measuring", "start_measuring"]


def is_open(job: JobView | None) -> bool:
    """Whether a measurement waits or runs."""
    return job is not None and job.status in OPEN
