"""`run-doctor`: what a training's curves say, and the one change worth trying."""

import argparse
from typing import Any

from workbench.cli.accounts.acting import open_store
from workbench.cli.output import command, emit
from workbench.training import runs
from workbench.training.diagnosis.of_run import diagnosis_of

NOTHING = "Its curves do not tell: it learns still, was too short, or learned in another way (contrastive)."


def add_commands(commands: Any) -> None:
    """Add the command of this module."""
    found = command(commands, "run-doctor", _doctor, "Tell what the curves of a training say.")
    found.add_argument("--run", type=int, required=True, metavar="ID")


def _doctor(options: argparse.Namespace) -> int:
    store = open_store()
    run = runs.get_run(store, options.run)
    found = diagnosis_of(store, run)
    result = run.result or {}
    value = {
        "run_id": run.id,
        "status": run.status,
        "steps": result.get("steps"),
        "best_step": result.get("best_step"),
        "doctor": found.as_dict() if found else None,
    }
    if found is None:
        said = NOTHING
    elif found.change is None:
        said = found.sentence
    else:
        change = found.change
        said = f"{found.sentence}\nWorth trying: --set {change.setting}={change.value:g}"
    emit(options, value, said)
    return 0
