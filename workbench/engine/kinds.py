"""The kinds of jobs of `python -m workbench.engine`; their libraries are imported only now."""

import os

from workbench.core.errors import WorkbenchError
from workbench.engine.runtime.fast_imports import load_bitsandbytes, loading
from workbench.jobs.process.facts.energy import ENERGY, metering
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.remote.sharing import ALONE
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Handler, Result
from workbench.jobs.process.specs import (
    AddSpec,
    CertifySpec,
    CheckSpec,
    EvaluateSpec,
    ExportModelSpec,
    FetchSpec,
    FirstAnswersSpec,
    HabitsSpec,
    ImportSpec,
    MeasureSpec,
    ModelSpec,
    MustPassSpec,
    PredictSpec,
    PromptSpec,
    PushModelSpec,
    PushSpec,
    TrainSpec,
)
from workbench.jobs.process.stop import Stop
from workbench.models.families import family_named, model_for


def _train(spec: TrainSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    _check_task(spec)
    if alone := os.environ.get(ALONE):
        report.log(alone)
    with loading():
        load_bitsandbytes()
        from workbench.engine.families import engine_of
        from workbench.engine.training.repeating import take_threads, told

        engine = engine_of(spec.base.family)
    take_threads(spec)
    with metering(job.path / ENERGY) as energy:
        result = engine.train(spec, job, report, stop)
    return {**result, **told(spec, result, report), "energy": energy.as_dict()}


def _measure(spec: MeasureSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    _check_task(spec)
    with loading():
        load_bitsandbytes()
        from workbench.engine.families import engine_of

        engine = engine_of(spec.base.family)
    return engine.measure(spec, job, report, stop)


def _evaluate(spec: EvaluateSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    _check_task(spec)
    with loading():
        load_bitsandbytes()
        from workbench.engine.evaluation.jobs import evaluate
        from workbench.engine.families import engine_of

        engine = engine_of(spec.base.family)
    return evaluate(engine, spec, job, report, stop)


def _habits(spec: HabitsSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    _check_task(spec)
    with loading():
        load_bitsandbytes()
        from workbench.engine.evaluation.habits.habits import habits
        from workbench.engine.families import engine_of

        engine = engine_of(spec.base.family)
    return habits(engine, spec, report, stop)


def _predict(spec: PredictSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    _check_task(spec)
    with loading():
        load_bitsandbytes()
        from workbench.engine.evaluation.predict import predict
        from workbench.engine.families import engine_of

        engine = engine_of(spec.base.family)
    return predict(engine, spec, job, report, stop)


def _prompt(spec: PromptSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    _check_task(spec)
    with loading():
        load_bitsandbytes()
        from workbench.engine.evaluation.prompting import ask
        from workbench.engine.families import engine_of

        engine = engine_of(spec.base.family)
    return ask(engine, spec, job, report, stop)


def _import(spec: ImportSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    from workbench.engine.models.download import download

    return download(spec, job, report, stop)


def _fetch(spec: FetchSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    from workbench.engine.hub.download_data import fetch

    return fetch(spec, job, report, stop)


def _push(spec: PushSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    from workbench.engine.hub.push_data import push

    return push(spec, job, report, stop)


def _add(spec: AddSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    with loading():
        load_bitsandbytes()
        from workbench.engine.models.adding import add

    return add(spec, job, report, stop)


def _check(spec: CheckSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    with loading():
        load_bitsandbytes()
        from workbench.engine.checkup.checkup import checkup

    return checkup(spec, job, report, stop)


def _export_model(spec: CertifySpec, job: JobDir, report: Report, stop: Stop) -> Result:
    _check_task(spec)
    with loading():
        load_bitsandbytes()
        from workbench.engine.export.job import certify, export

    if isinstance(spec, ExportModelSpec):
        return export(spec, job, report, stop)
    return certify(spec, job, report, stop)


def _push_model(spec: PushModelSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    from workbench.engine.export.push import push

    return push(spec, job, report, stop)


HANDLERS = (
    Handler(TrainSpec, _train),
    Handler(MeasureSpec, _measure),
    Handler(EvaluateSpec, _evaluate),
    Handler(PredictSpec, _predict),
    Handler(MustPassSpec, _predict),
    Handler(PromptSpec, _prompt),
    Handler(FirstAnswersSpec, _predict),
    Handler(HabitsSpec, _habits),
    Handler(ImportSpec, _import),
    Handler(FetchSpec, _fetch),
    Handler(PushSpec, _push),
    Handler(AddSpec, _add),
    Handler(CheckSpec, _check),
    Handler(CertifySpec, _export_model),
    Handler(ExportModelSpec, _export_model),
    Handler(PushModelSpec, _push_model),
)


def _check_task(spec: ModelSpec) -> None:
    family = family_named(spec.base.family)
    if not family.can_learn(spec.task):
        raise WorkbenchError(f"{spec.base.name} {family.limits}: choose {model_for(spec.task)}.")
