"""`sweep`, `compare`: several settings tried within a time; trainings beside each other."""

import argparse
from typing import Any

from storage.database import Store
from workbench.cli.accounts.acting import open_store
from workbench.cli.data import pairs
from workbench.cli.models import ready
from workbench.cli.output import command, emit, finished, working_store
from workbench.core.errors import WorkbenchError
from workbench.data import datasets, versions
from workbench.data.versions import VersionInfo
from workbench.evaluation.sweeps import sweeps
from workbench.evaluation.sweeps.differing import Beside, said, setting_words
from workbench.evaluation.sweeps.space import VARIABLE, read_range
from workbench.evaluation.sweeps.told import compared, sentences, spent_s, state_words, told
from workbench.models import catalogue
from workbench.models.model_info import ModelInfo
from workbench.projects import projects
from workbench.training import presets

HOUR = 60.0


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    sweep = command(
        commands,
        "sweep",
        _sweep,
        "Try several settings within a time, and keep the best by practice questions.",
    )
    sweep.add_argument("--project", metavar="NAME", help="whose data and base model are taken")
    sweep.add_argument(
        "--sweep",
        type=int,
        metavar="ID",
        help="look at one that was started, which goes on if it was broken off",
    )
    sweep.add_argument("--minutes", type=float, default=HOUR, help="of work, exams included")
    sweep.add_argument(
        "--runs", type=int, default=sweeps.USUAL_TRIES, metavar="N", help="tries at most"
    )
    sweep.add_argument(
        "--dataset", type=int, metavar="ID", help="without: the newest of the project"
    )
    sweep.add_argument(
        "--base", metavar="MODEL", help="without: the one that the project has chosen"
    )
    sweep.add_argument("--preset", default="balanced", help=", ".join(presets.PRESETS))
    sweep.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of all tries"
    )
    sweep.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="KEY=RANGE",
        help="what is tried, in place of the usual: KEY=LOW:HIGH or KEY=A,B,C, with KEY one of "
        + ", ".join(VARIABLE),
    )
    sweep.add_argument("--start-from", type=int, metavar="RUN", help="each try trains it further")
    sweep.add_argument("--keep-all", action="store_true", help="keep the models of all tries")
    sweep.add_argument("--no-wait", action="store_true", help="do not wait until it has ended")
    beside = command(
        commands, "compare", _compare, "Put trainings beside each other: settings, scores, costs."
    )
    beside.add_argument(
        "--run", type=int, action="append", default=[], metavar="ID", help="twice or more often"
    )


def _sweep(options: argparse.Namespace) -> int:
    if options.sweep is not None:
        return _show(options, working_store(), options.sweep)
    if options.project is None:
        raise WorkbenchError("Say where to try: --project NAME, or --sweep ID to look at one.")
    store = working_store()
    sweep_id = _start(store, options, projects.project_named(store, options.project))
    if not options.no_wait:
        finished(store, sweep_id)
    return _show(options, store, sweep_id)


def _start(store: Store, options: argparse.Namespace, project_id: int) -> int:
    version = _version(store, options, project_id)
    model = _model(store, options, project_id)
    recipe = presets.preset(
        options.preset,
        task=version.task,
        family=model.family,
        rows=version.splits["train"],
    ).changed(**pairs(options.set, "--set"))
    ranges = pairs(options.vary, "--vary")
    return sweeps.start_sweep(
        store,
        project_id=project_id,
        version=version,
        model=model,
        recipe=recipe,
        minutes=options.minutes,
        most=options.runs,
        space={name: read_range(name, text, recipe) for name, text in ranges.items()} or None,
        keeps_all=options.keep_all,
        start_run_id=options.start_from,
    )


def _version(store: Store, options: argparse.Namespace, project_id: int) -> VersionInfo:
    if options.dataset is not None:
        return datasets.latest_version(store, options.dataset)
    found = versions.list_versions(store, project_id)
    if not found:
        raise WorkbenchError(
            "This project has nothing to learn from yet: import a table with examples first."
        )
    return max(found, key=lambda version: version.id)


def _model(store: Store, options: argparse.Namespace, project_id: int) -> ModelInfo:
    if options.base:
        return ready(store, catalogue.resolve_model(store, options.base))
    chosen = projects.get_project(store, project_id).base_model_id
    if chosen is None:
        raise WorkbenchError("Say which model to train: --base NAME; the project has chosen none.")
    return ready(store, catalogue.get_model(store, chosen))


def _show(options: argparse.Namespace, store: Store, sweep_id: int) -> int:
    sweep = sweeps.get_sweep(store, sweep_id)
    running = f" ({len(sweep.running)} of them not over yet)" if sweep.running else ""
    head = (
        f"Sweep {sweep_id}: {sweep.job.status}. {len(sweep.trials)} of at most {sweep.spec.most} tries"
        f"{running}, {spent_s(sweep) / 60:.1f} of {sweep.spec.minutes:g} minutes."
    )
    lines = [head, *sentences(store, sweep)]
    for trial in sweep.trials:
        settings = ", ".join(f"{name}={said(value)}" for name, value in trial.settings.items())
        score = trial.practice.words if trial.practice else "no score"
        run = f"run {trial.run.id}" if trial.run else "deleted"
        lines.append(f"  {trial.number + 1} ({run}): {score}; {state_words(trial)}; {settings}")
    emit(options, told(store, sweep), "\n".join(lines))
    return 0


def _compare(options: argparse.Namespace) -> int:
    if len(set(options.run)) < 2:
        raise WorkbenchError("Say which trainings to compare: --run ID twice or more often.")
    rows = compared(open_store(), options.run)
    emit(
        options,
        {"runs": [row.as_dict() for row in rows], "differs": list(rows[0].differs)},
        "\n".join(_line(row) for row in rows),
    )
    return 0


def _line(row: Beside) -> str:
    differs = "; ".join(f"{setting_words(name)}: {said(v)}" for name, v in row.differs.items())
    scores = [
        f"{name} {score.words}"
        for name, score in (("practice", row.practice), ("exam", row.exam))
        if score is not None
    ]
    return f"Run {row.run.id} ({row.run.name}): {', '.join(scores) or 'no score'}; {differs or 'alike'}"
