"""`backup` and `restore`: everything, or one project, in one file, and back from it."""

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from storage.database import Store
from workbench.cli.accounts.acting import open_store
from workbench.cli.output import command, emit
from workbench.core.errors import WorkbenchError
from workbench.core.words import plural, size
from workbench.projects.projects import project_named, project_names
from workbench.system.backup.archive import Stopped
from workbench.system.backup.backup import make_backup
from workbench.system.backup.check import check_backup
from workbench.system.backup.project_backup import save_project
from workbench.system.backup.project_restore import restore_project
from workbench.system.backup.restore import restore_backup


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    save = command(commands, "backup", _backup, "Save everything, or one project, in one file.")
    save.add_argument("file", type=Path, nargs="?", help="the file to make, such as workbench.zip")
    save.add_argument("--out", type=Path, help="the same, for who prefers to name it")
    save.add_argument(
        "--check", type=Path, metavar="FILE", help="look through a backup, whether it is whole"
    )
    save.add_argument("--project", help="save this project only: its name or number")
    back = command(commands, "restore", _restore, "Bring everything, or one project, back.")
    back.add_argument("file", type=Path, nargs="?", help="a file that `backup` has made")
    back.add_argument(
        "--project",
        type=Path,
        metavar="FILE",
        help="a file with one project, which is brought beside those that there are",
    )
    back.add_argument("--name", default="", help="what the project is called here")
    back.add_argument(
        "--replace",
        action="store_true",
        help="delete what a PostgreSQL database holds; a home folder always moves aside",
    )
    back.add_argument(
        "--without-accounts",
        action="store_true",
        help="leave people and their roles out: on one's own computer nobody has to sign in",
    )


def _backup(options: argparse.Namespace) -> int:
    if options.check is not None:
        return _check(options)
    path = _one(options.file, options.out, "backup FILE")
    store = open_store()
    try:
        with _interruptible():
            if options.project is not None:
                project_id = _project(store, options.project)
                made = save_project(store, project_id, path, _tell)
            else:
                made = make_backup(store, path, _tell)
    finally:
        store.close()
    value = {"file": str(made.path), "bytes": made.size_bytes, "rows": made.counts}
    projects = plural(made.counts.get("projects", 0), "project")
    emit(options, value, f"Saved {projects} in {made.path} ({size(made.size_bytes)}).")
    return 0


def _check(options: argparse.Namespace) -> int:
    """1 if it could not be restored, for who lets a computer do this every night."""
    with _interruptible():
        found = check_backup(options.check, _tell)
    value = {"file": str(options.check), "whole": not found.problem, "problem": found.problem}
    emit(options, value, found.problem or f"{options.check} is whole.")
    return 1 if found.problem else 0


def _one(one: Path | None, other: Path | None, usage: str) -> Path:
    if (one is None) == (other is None):
        raise WorkbenchError(f"Name the file once: python -m workbench {usage}.")
    return one or other  # type: ignore[return-value]


def _project(store: Store, text: str) -> int:
    """The project of this name or number."""
    names = project_names(store)
    return int(text) if text.isdecimal() and int(text) in names else project_named(store, text)


def _restore(options: argparse.Namespace) -> int:
    path = _one(options.file, options.project, "restore FILE, or restore --project FILE")
    if options.project is not None:
        return _restore_project(options, path)
    if options.name:
        raise WorkbenchError("--name is for one project: restore --project FILE --name NAME.")
    with _interruptible():
        done = restore_backup(
            path,
            replace=options.replace,
            without_accounts=options.without_accounts,
            on_progress=_tell,
        )
    aside = str(done.aside) if done.aside else None
    value = {
        "rows": done.counts,
        "aside": aside,
        "waiting": done.waiting,
        "people": done.people,
    }
    text = f"Restored {plural(done.counts.get('projects', 0), 'project')}."
    if done.waiting:
        text += f" {plural(done.waiting, 'job')} will go on when the workbench starts."
    if done.people:
        text += (
            f"\n{plural(done.people, 'person', 'people')} may sign in here, with the passwords of "
            "then. On a computer of your own restore it again with --without-accounts, and nobody "
            "has to."
        )
    if aside:
        text += f"\nWhat was here before is in {aside}: delete it when you no longer need it."
    emit(options, value, text)
    return 0


def _restore_project(options: argparse.Namespace, path: Path) -> int:
    if options.replace or options.without_accounts:
        raise WorkbenchError(
            "--replace and --without-accounts are for everything: a project comes beside the others, "
            "and never with people."
        )
    store = open_store()
    try:
        with _interruptible():
            done = restore_project(store, path, name=options.name, on_progress=_tell)
    finally:
        store.close()
    value = {
        "project": done.project_id,
        "name": done.name,
        "rows": done.counts,
        "notes": list(done.notes),
    }
    emit(options, value, "\n".join([f"'{done.name}' is here now.", *done.notes]))
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
