"""`report`: what a manager needs to know of a trained model, as a file."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.accounts.acting import open_store
from workbench.cli.output import command, emit
from workbench.core.errors import WorkbenchError
from workbench.evaluation.report import files
from workbench.evaluation.report.write import report


def add_commands(commands: Any) -> None:
    """Add the command of this module."""
    found = command(commands, "report", _report, "Write a report on a run, or its model card.")
    found.add_argument("--run", type=int, required=True, metavar="ID")
    found.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help=".pdf, .html, or .md (model card)"
    )


def _report(options: argparse.Namespace) -> int:
    if options.out.suffix.lower() not in files.KINDS:
        raise WorkbenchError(f"{options.out} must end in {', '.join(files.KINDS)}: name it so.")
    store = open_store()
    files.write_report(store, options.run, options.out)
    told = report(store, options.run)
    value = {
        "out": str(options.out),
        "run_id": options.run,
        "verdict": told.verdict,
        "evidence": list(told.evidence),
        "next": told.next_step,
    }
    emit(options, value, f"{told.verdict}\nThe report is in {options.out}.")
    return 0
