"""`habits`: what else a trained model learned, beside what its exam asks."""

import argparse
from typing import Any

from workbench.cli.output import command, emit, finished, working_store
from workbench.evaluation import habit_checks
from workbench.evaluation.habits import headlines, parts


def add_commands(commands: Any) -> None:
    """Add the command of this module."""
    habits = command(
        commands,
        "habits",
        _habits,
        "Tell what else a run learned: rows it gives away, what it forgot, how it takes provocations "
        "and hurried spelling.",
    )
    habits.add_argument("--run", type=int, required=True, metavar="ID")
    habits.add_argument(
        "--again", action="store_true", help="ask again, though it was asked before"
    )


def _habits(options: argparse.Namespace) -> int:
    store = working_store()
    job = None if options.again else habit_checks.last_found(store, options.run)
    if job is None:
        job = finished(store, habit_checks.start_habits(store, options.run))
    result = job.result or {}
    found = result.get("habits") or {}
    said = headlines.headlines(found)
    value = {"run_id": options.run, "job_id": job.id, "seconds": result.get("seconds"), **found}
    lines = [f"{parts.TITLES[part]}\n  {sentence}" for part, sentence in said.items()]
    emit(options, {**value, "sentences": said}, "\n".join(lines))
    return 0
