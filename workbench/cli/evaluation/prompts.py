"""`prompt`: an instruction tried on a model before any training, and kept as the one to beat."""

import argparse
from pathlib import Path
from typing import Any

from storage.database import Store
from workbench.cli.models import ready
from workbench.cli.output import command, emit, finished, working_store
from workbench.core.errors import WorkbenchError
from workbench.core.metrics import metric_of
from workbench.core.tasks.rungs import PROMPT
from workbench.data import datasets
from workbench.data.versions import VersionInfo
from workbench.evaluation.prompting import outcome, trials
from workbench.evaluation.prompting.trials import SHOWN, Trial
from workbench.models import catalogue
from workbench.training.instructed import start_instructed


def add_commands(commands: Any) -> None:
    """Add the command of this module."""
    parser = command(
        commands,
        "prompt",
        _prompt,
        "Try an instruction on a model that was never trained, and score its answers.",
    )
    parser.add_argument("--dataset", type=int, required=True, metavar="ID")
    parser.add_argument("--base", required=True, metavar="MODEL", help="name, folder or hub id")
    parser.add_argument("--instruction", metavar="TEXT", help="without: one that fits the task")
    parser.add_argument(
        "--file", type=Path, metavar="FILE", help="a text file with the instruction"
    )
    parser.add_argument(
        "--examples",
        type=int,
        default=0,
        choices=SHOWN,
        help="so many of the nearest examples stand before each question",
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="let it sit the exam, and hold trainings against it; without: practice questions",
    )
    parser.add_argument(
        "--use",
        action="store_true",
        help="with --keep: make a model of it, which can be asked and go live like a trained one",
    )


def _prompt(options: argparse.Namespace) -> int:
    if options.use and not options.keep:
        raise WorkbenchError("What is used has to sit the exam first: give --use with --keep.")
    store = working_store()
    version = datasets.latest_version(store, options.dataset)
    model = ready(store, catalogue.resolve_model(store, options.base))
    job_id = trials.start_trial(
        store,
        version.id,
        model.id,
        _instruction(options, version),
        shown=options.examples,
        is_exam=options.keep,
    )
    finished(store, job_id)
    one = next(one for one in trials.list_trials(store, version) if one.job.id == job_id)
    if not one.is_scored:
        raise WorkbenchError(one.job.reason or f"Job {job_id} ended without scores: try it again.")
    value = _told(store, version, one)
    if options.use:
        run = start_instructed(store, job_id)
        finished(store, run.job_id)
        value |= {"run_id": run.run_id}
    emit(options, value, _text(version, one, value))
    return 0


def _instruction(options: argparse.Namespace, version: VersionInfo) -> str:
    if options.file is None:
        return options.instruction or trials.usual_instruction(version)
    if options.instruction:
        raise WorkbenchError("Give the instruction as text or as a file, not as both.")
    try:
        return str(options.file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise WorkbenchError(
            f"{options.file} cannot be read as a text file (UTF-8): choose another file."
        ) from error


def _told(store: Store, version: VersionInfo, one: Trial) -> dict[str, Any]:
    table = trials.answers(one, version.task)
    value = {
        "job_id": one.job.id,
        "model": one.model,
        "instruction": one.instruction,
        "examples": one.shown,
        "kept": one.is_exam,
        "rows": one.rows,
        "seconds": one.seconds,
        "ladder": outcome.ladder_of(one, table, version.task).as_dict(),
    }
    if one.is_exam:
        value["verdict"] = outcome.judged(one, table, version.task).as_dict()
    return value


def _text(version: VersionInfo, one: Trial, value: dict[str, Any]) -> str:
    metric = metric_of(version.task)
    score = metric.unit.words(one.scores[PROMPT][metric.name])
    asked = "exam questions" if one.is_exam else "practice questions"
    lines = [f"{one.model} with this instruction, on {one.rows} {asked}: {score} ({metric.title})."]
    if "verdict" in value:
        lines += [value["verdict"]["sentence"], value["verdict"]["next"]]
    if "run_id" in value:
        lines.append(
            f"It is run {value['run_id']} now: ask it, answer files with it, make it live."
        )
    return "\n".join(lines)
