"""`export`: a version's examples as a file for other programs, or as a data set of the hub."""

import argparse
import sys
from pathlib import Path
from typing import Any

from storage import files
from storage.guard import private
from workbench.cli.accounts.acting import open_store
from workbench.cli.data import version_of
from workbench.cli.output import command, emit, finished, working_store
from workbench.core.errors import WorkbenchError
from workbench.core.words import plural
from workbench.data import exports, pushes
from workbench.data.export.hub_set import LICENCES


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    parser = command(
        commands, "export", _export, "Save a dataset's examples as a file, or push them to the hub."
    )
    parser.add_argument("--dataset", type=int, required=True, metavar="ID")
    parser.add_argument("--version", type=int, metavar="N", help="the newest without")
    parser.add_argument("--format", help=", ".join(exports.KINDS))
    parser.add_argument("--out", type=Path, metavar="FILE")
    parser.add_argument(
        "--hub",
        metavar="OWNER/NAME",
        help="push them to the Hugging Face hub as this data set, private unless --public is said",
    )
    parser.add_argument("--public", action="store_true", help="of --hub: everybody may see it")
    parser.add_argument(
        "--licence",
        "--license",
        default="",
        help=f"of --hub: {', '.join(filter(None, LICENCES))}; none without",
    )
    parser.add_argument(
        "--yes", action="store_true", help="of --hub: do not ask, even at a terminal"
    )


def _export(options: argparse.Namespace) -> int:
    if options.hub:
        if options.format or options.out:
            raise WorkbenchError("--hub takes neither --format nor --out: leave them out.")
        return _push(options)
    if options.public or options.licence:
        raise WorkbenchError("--public and --licence are said of a data set: add --hub OWNER/NAME.")
    if not options.format or not options.out:
        raise WorkbenchError("Name the file with --format and --out, or a data set with --hub.")
    return _save(options)


def _save(options: argparse.Namespace) -> int:
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


def _push(options: argparse.Namespace) -> int:
    store = open_store()
    version = version_of(store, options.dataset, options.version)
    push = pushes.plan(
        store, version, options.hub, is_public=options.public, licence=options.licence
    )
    print(push.sentence, file=sys.stderr, flush=True)
    if not options.yes and sys.stdin.isatty():
        print("Push it? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise WorkbenchError("Nothing was sent.")
    store = working_store()
    job = finished(store, pushes.start(store, push).id)
    if job.status == "cancelled":
        raise WorkbenchError(job.reason)
    made = job.result or {}
    value = {
        "dataset_id": version.dataset_id,
        "version": version.number,
        "rows": made.get("rows"),
        "hub": push.hub_id,
        "public": push.is_public,
        "url": made.get("url"),
        "revision": made.get("revision"),
    }
    rows = plural(version.rows, "example")
    emit(options, value, f"{rows} of version {version.number} are on the hub: {made.get('url')}")
    return 0
