"""`export`: a version's examples as a file for other programs."""

import argparse
from pathlib import Path
from typing import Any

from storage.database import Store
from storage.schema import open_store
from workbench import exports, ingest
from workbench.cli.output import command, emit
from workbench.errors import WorkbenchError
from workbench.versions import VersionInfo
from workbench.words import plural


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    parser = command(commands, "export", _export, "Save a dataset's examples as a file.")
    parser.add_argument("--dataset", type=int, required=True, metavar="ID")
    parser.add_argument("--version", type=int, metavar="N", help="the newest without")
    parser.add_argument("--format", required=True, help=", ".join(exports.KINDS))
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")


def _export(options: argparse.Namespace) -> int:
    version = _version(open_store(), options.dataset, options.version)
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


def _version(store: Store, dataset_id: int, number: int | None) -> VersionInfo:
    newest = ingest.latest_version(store, dataset_id)
    if number is None:
        return newest
    found = ingest.list_versions(store, newest.project_id)
    mine = {version.number: version for version in found if version.dataset_id == dataset_id}
    if number not in mine:
        raise WorkbenchError(
            f"'{newest.dataset_name}' has no version {number}: the newest is {newest.number}."
        )
    return mine[number]
