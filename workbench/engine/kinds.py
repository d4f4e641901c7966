"""The kinds of jobs of `python -m workbench.engine`, and who does them for which model."""

from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.engine.runtime.fast_imports import load_bitsandbytes, loading
from workbench.jobs.process.shell import Kind, Process


def _train(process: Process) -> dict[str, Any]:
    return _family(process, "train")


def _evaluate(process: Process) -> dict[str, Any]:
    return _family(process, "evaluate")


def _predict(process: Process) -> dict[str, Any]:
    return _family(process, "predict")


def _import(process: Process) -> dict[str, Any]:
    from workbench.engine.models.download import download

    return download(process)


def _check(process: Process) -> dict[str, Any]:
    with loading():
        load_bitsandbytes()
        from workbench.engine.checkup.checkup import checkup

    return checkup(process)


KINDS: dict[str, Kind] = {
    "train": _train,
    "evaluate": _evaluate,
    "predict": _predict,
    "import": _import,
    "check": _check,
}


def _family(process: Process, job: str) -> dict[str, Any]:
    """The job as done for this kind of model; its libraries are imported only now."""
    kind, task = process.spec["base"]["kind"], process.spec["task"]
    if kind == "causal":
        with loading():
            load_bitsandbytes()
            from workbench.engine.causal import jobs as exams
            from workbench.engine.causal import train as causal

        jobs = {"train": causal.train, "evaluate": exams.evaluate, "predict": exams.predict}
        return jobs[job](process)
    if kind != "encoder":
        raise WorkbenchError(
            f"Models of the kind '{kind}' cannot be trained here yet: choose one that writes "
            "text, or an encoder to sort into categories."
        )
    if task != "classification":
        raise WorkbenchError(
            "An encoder only sorts texts into categories: choose a model that writes text."
        )
    with loading():
        load_bitsandbytes()
        from workbench.engine.encoder import jobs as encoder_exams
        from workbench.engine.encoder import train as sorting

    jobs = {
        "train": sorting.train,
        "evaluate": encoder_exams.evaluate,
        "predict": encoder_exams.predict,
    }
    return jobs[job](process)
