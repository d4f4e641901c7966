"""One life of the model server, from its spec to its end."""

from workbench.core.errors import WorkbenchError
from workbench.engine.serving.access.key_required import key_in
from workbench.engine.serving.access.refusals import Refusals
from workbench.engine.serving.app import create_app
from workbench.engine.serving.errors import ApiError
from workbench.engine.serving.http_server import HttpServer
from workbench.engine.serving.inference import Inference
from workbench.engine.serving.loader import Loader
from workbench.engine.serving.model_cache import ModelCache
from workbench.engine.serving.registry import Registry
from workbench.engine.serving.watching.activity import Activity
from workbench.jobs.process.report import Report
from workbench.jobs.process.serve_files import STAY_AWAKE
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import ServeSpec
from workbench.jobs.process.stop import Stop


def serve_models(spec: ServeSpec, report: Report, stop: Stop) -> Result:
    """Answer requests until told to stop or idle for too long; the job's result."""
    check_key(spec)
    registry, models = Registry(spec.registry), ModelCache(Loader())
    activity = Activity(stays=(registry.folder / STAY_AWAKE).exists)
    name = f"job-{spec.job_id}"
    refusals = Refusals(lambda refusal: report.refused(**refusal.as_dict()))
    app = create_app(registry, Inference(models), activity, name, spec.key_file, refusals)
    server = HttpServer(app, spec.port)
    report.phase("preparing", "Loading the model…")
    _preload(report, registry, models, spec.preload)
    activity.begin()
    activity.end()

    def is_stopping() -> bool:
        refusals.tell_due()
        return stop.is_wanted

    reason = server.run(report.ready, is_stopping, activity, spec.idle_timeout_s)
    refusals.tell_all()
    stop.check()
    return {"reason": reason}


def check_key(spec: ServeSpec) -> None:
    """Refuse to answer everybody, unless that is what was asked for, or nobody.

    Raises:
        WorkbenchError: the spec names no key, or there is none in the file.
    """
    if spec.key_file:
        key_in(spec.key_file)
    elif not spec.without_key:
        raise WorkbenchError(
            "This server was asked for before servers had a key, and nobody is answered without "
            "one: load the model again."
        )


def _preload(report: Report, registry: Registry, models: ModelCache, model_id: str) -> None:
    """Load a model ahead; if it cannot be, whoever asks it is told why."""
    if not model_id:
        return
    try:
        entry = registry.get(model_id)
        if entry.rung:
            return
        models.text_model(entry) if entry.family.writes_text else models.classifier(entry)
    except ApiError as error:
        report.log(error.message)
    except Exception as error:
        report.log(f"{model_id} could not be loaded ahead: {error}")
