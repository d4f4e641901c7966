"""`backup` and `restore`: everything in one file, and back from it."""

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.cli.accounts.acting import open_store
from workbench.cli.output import command, emit
from workbench.core.words import plural, size
from workbench.system.backup.archive import Stopped
from workbench.system.backup.backup import make_backup
from workbench.system.backup.restore import restore_backup


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    save = command(commands, "backup", _backup, "Save everything in one file.")
    save.add_argument("file", type=Path, help="the file to make, such as workbench.zip")
    back = command(commands, "restore", _restore, "Bring everything back from a backup.")
    back.add_argument("file", type=Path, help="a file that `backup` has made")
    back.add_argument(
        "--replace",
        action="store_true",
        help="delete what a PostgreSQL database holds; a home folder always moves aside",
    )


def _backup(options: argparse.Namespace) -> int:
    store = open_store()
    try:
        with _interruptible():
            made = make_backup(store, options.file, _tell)
    finally:
        store.close()
    value = {"file": str(made.path), "bytes": made.size_bytes, "rows": made.counts}
    projects = plural(made.counts.get("projects", 0), "project")
    emit(options, value, f"Saved {projects} in {made.path} ({size(made.size_bytes)}).")
    return 0


def _restore(options: argparse.Namespace) -> int:
    with _interruptible():
        done = restore_backup(options.file, replace=options.replace, on_progress=_tell)
    aside = str(done.aside) if done.aside else None
    value = {"rows": done.counts, "aside": aside, "waiting": done.waiting}
    text = f"Restored {plural(done.counts.get('projects', 0), 'project')}."
    if done.waiting:
        text += f" {plural(done.waiting, 'job')} will go on when the workbench starts."
    if aside:
        text += f"\nWhat was here before is in {aside}: delete it when you no longer need it."
    emit(options, value, text)
    return 0


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise Stopped("Stopped: nothing was changed.") from None


def _tell(done_bytes: int, total_bytes: int) -> None:
    """How far it is, in one line that is written over; only for somebody who looks."""
    if sys.stderr.isatty() and total_bytes:
        end = "\n" if done_bytes >= total_bytes else ""
        line = f"\r{size(done_bytes)} of {size(total_bytes)}"
        print(f"{line:<40}", end=end, file=sys.stderr, flush=True)
