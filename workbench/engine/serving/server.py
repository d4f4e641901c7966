"""One life of the model server, from its spec to its end."""

from pathlib import Path
from typing import Any

from workbench.engine.serving.activity import Activity
from workbench.engine.serving.answers import Answers
from workbench.engine.serving.app import create_app
from workbench.engine.serving.errors import ApiError
from workbench.engine.serving.http_server import HttpServer
from workbench.engine.serving.loader import Loader
from workbench.engine.serving.model_cache import Shelf
from workbench.engine.serving.registry import Registry
from workbench.jobs.process.shell import Process


def serve_models(process: Process) -> dict[str, Any]:
    """Answer requests until told to stop or idle for too long; the job's result.

    The spec has `registry` (models.json), `port` (0: any free one), `idle_timeout_s` (0: never)
    and, if wished, `preload`, the id of a model to load before the server says it is ready.
    """
    spec = process.spec
    registry, shelf, activity = Registry(Path(spec["registry"])), Shelf(Loader()), Activity()
    name = f"job-{spec['job_id']}"
    server = HttpServer(create_app(registry, Answers(shelf), activity, name), int(spec["port"]))
    process.phase("preparing", "Loading the model…")
    _preload(process, registry, shelf, spec.get("preload") or "")
    activity.begin()
    activity.end()
    reason = server.run(
        process.ready,
        lambda: process.stopping,
        activity,
        float(spec.get("idle_timeout_s") or 0),
    )
    process.check()
    return {"reason": reason}


def _preload(process: Process, registry: Registry, shelf: Shelf, model_id: str) -> None:
    """Load a model ahead; if it cannot be, whoever asks it is told why."""
    if not model_id:
        return
    try:
        entry = registry.get(model_id)
        shelf.classifier(entry) if entry.kind == "encoder" else shelf.text_model(entry)
    except ApiError as error:
        process.log(error.message)
    except Exception as error:
        process.log(f"{model_id} could not be loaded ahead: {error}")
