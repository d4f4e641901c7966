"""`export`: a version's examples as a file for other programs."""

import argparse
from pathlib import Path
from typing import Any

from storage import files
from storage.guard import private
from storage.schema import open_store
from workbench.cli.data import version_of
from workbench.cli.output import command, emit
from workbench.core.words import plural
from workbench.data import exports


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    parser = command(commands, "export", _export, "Save a dataset's examples as a file.")
    parser.add_argument("--dataset", type=int, required=True, metavar="ID")
    parser.add_argument("--version", type=int, metavar="N", help="the newest without")
    parser.add_argument("--format", required=True, help=", ".join(exports.KINDS))
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")


def _export(options: argparse.Namespace) -> int:
    version = version_of(open_store(), options.dataset, options.version)
    with private.taken_elsewhere(options.out, files.home()):
        rows = exports.save(version, options.format, options.out)
    value = {
        "dataset_id": version.dataset_id,
        "version": version.number,
        "rows": rows,
        "format": options.format,
        "out": str(options.out),
    }
    examples = plural(rows, "example")
    emit(options, value, f"{examples} of version {version.number} are in {options.out}.")
    return 0
