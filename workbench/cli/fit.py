"""`fit`: what a training will take of this machine, estimated, or measured by a few real steps."""

import argparse
from typing import Any

from workbench.cli.accounts.acting import open_store
from workbench.cli.data import pairs
from workbench.cli.models import ready
from workbench.cli.output import command, emit, finished, working_store
from workbench.core.errors import WorkbenchError
from workbench.core.words import about, size
from workbench.data import datasets
from workbench.jobs import job as jobs
from workbench.models import catalogue
from workbench.system.hardware import hardware
from workbench.training import ladder, measuring, presets
from workbench.training.long_rows import is_of_pairs, long_rows
from workbench.training.outlook import Outlook, expected


def add_commands(commands: Any) -> None:
    """Add the command of this module."""
    fit = command(commands, "fit", _fit, "Tell what a training will take, and whether it fits.")
    fit.add_argument("--dataset", type=int, required=True, metavar="ID")
    fit.add_argument("--base", required=True, metavar="MODEL", help="name, folder or hub id")
    fit.add_argument("--preset", default="balanced", help=", ".join(presets.PRESETS))
    fit.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    fit.add_argument("--measure", action="store_true", help="do a few real steps and tell these")


def _fit(options: argparse.Namespace) -> int:
    store = working_store() if options.measure else open_store()
    version = datasets.latest_version(store, options.dataset)
    model = ready(store, catalogue.resolve_model(store, options.base))
    rows = int(version.splits.get("train", 0))
    recipe = presets.preset(
        options.preset,
        task=version.task,
        family=model.family,
        rows=rows,
        turns=version.has_turns,
        pair=is_of_pairs(version.task, version.mapping),
    ).changed(**pairs(options.set, "--set"))
    if options.measure:
        job_id = measuring.start_measuring(
            store,
            project_id=version.project_id,
            version_id=version.id,
            base_model_id=model.id,
            recipe=recipe,
        )
        try:
            finished(store, job_id)
        except WorkbenchError:
            if not (jobs.get_job(store, job_id).result or {}).get("out_of_memory"):
                raise  # what is too large is no mistake: the answer says so
    machine = hardware()
    found = expected(store, machine, version, model, recipe)
    asked = ladder.Asked(
        machine, model, recipe, version.task, found.lengths, rows, found.correction, found.limit_mb
    )
    rungs = ladder.ladder(asked, catalogue.list_models(store))
    long = long_rows(version, model, recipe)
    value = _as_dict(found, rungs, measured=options.measure) | {"long_texts": long.as_dict()}
    emit(options, value, "\n".join([_said(model.name, found, rungs), *long.sentences]))
    return 0


def _as_dict(found: Outlook, rungs: list[ladder.Rung], *, measured: bool) -> dict[str, Any]:
    value: dict[str, Any] = {
        "fits": found.fits,
        "memory_mb": round(found.memory_mb),
        "seconds": round(found.estimate.seconds, 1),
        "disk_mb": round(found.disk_mb, 1),
        "phases": found.estimate.phases.as_dict(),
        "limit_mb": round(found.limit_mb),
        "tokens": {"mean": round(found.lengths.mean, 1), "longest": round(found.lengths.longest),
                   "counted": found.lengths.counted},
        "ladder": [rung.as_dict() for rung in rungs],
    }  # fmt: skip
    if measured and found.measured is not None:
        value["measured"] = vars(found.measured)
    return value


def _said(name: str, found: Outlook, rungs: list[ladder.Rung]) -> str:
    how = "measured" if found.measured else "estimated"
    verdict = "fits" if found.fits else "does not fit"
    lines = [
        f"Training {name} {verdict}: {size(found.memory_mb * 1e6)} of memory ({how}) of "
        f"{size(found.limit_mb * 1e6)} that it may take, {about(found.estimate.seconds)}, "
        f"{size(found.disk_mb * 1e6)} of disk.",
        *(f"  {number}. {rung.sentence}" for number, rung in enumerate(rungs, 1)),
    ]
    if not found.fits and not any(rung.fits for rung in rungs):
        lines.append("  None of this is enough: choose a smaller model, or a larger machine.")
    return "\n".join(lines)
