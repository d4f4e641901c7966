"""Watching a folder: switched on and off, and what became of its files."""

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from storage import files
from storage.database import Store
from storage.tables import Watch, WatchedFile
from storage.watched import watches
from workbench.core.errors import WorkbenchError

SHOWN = 20


@dataclass(frozen=True)
class FileInfo:
    """A file that arrived, and what became of it."""

    id: int
    name: str
    state: str
    out: str
    reason: str
    job_id: int | None
    arrived_at: dt.datetime


@dataclass(frozen=True)
class WatchInfo:
    """The folder that a project watches, or watched."""

    folder: str
    run_id: int | None
    """None for whatever is live."""
    columns: Mapping[str, str]
    """Role → column, as chosen last."""
    sheet: str
    is_on: bool
    trouble: str
    files: tuple[FileInfo, ...]
    """The newest first."""


def watch_of(store: Store, project_id: int) -> WatchInfo | None:
    """What a project watches, with its newest files; None if it never did."""
    with store.read() as session:
        row = watches.of_project(session, project_id)
        return None if row is None else _info(row, watches.files_of(session, row.id, most=SHOWN))


def _info(row: Watch, found: Sequence[WatchedFile]) -> WatchInfo:
    told = tuple(
        FileInfo(one.id, one.name, one.state, one.out, one.reason, one.job_id, one.arrived_at)
        for one in found
    )
    columns, sheet = dict(row.chosen.get("columns") or {}), str(row.chosen.get("sheet") or "")
    return WatchInfo(row.folder, row.run_id, columns, sheet, row.is_on, row.trouble, told)


def switch_on(
    store: Store,
    project_id: int,
    folder: str,
    run_id: int | None = None,
    columns: Mapping[str, str] | None = None,
    sheet: str = "",
) -> None:
    """Watch a folder from now on; what lies there already is answered, too.

    Args:
        run_id: who answers; None for whatever is live.
        columns: role → column, as chosen last; of a file without them they are guessed.
        sheet: of a workbook, as chosen last; of one without it it is found out.

    Raises:
        WorkbenchError: there is no such folder, it may not be written to, or it is one of ours.
    """
    path = _checked(folder)
    with store.write() as session:
        row = watches.of_project(session, project_id)
        if row is not None and row.folder != str(path):
            session.delete(row)  # what arrived elsewhere says nothing of this folder
            session.flush()
            row = None
        if row is None:
            row = Watch(project_id=project_id, folder=str(path), chosen={})
            session.add(row)
        row.run_id, row.is_on, row.trouble = run_id, True, ""
        row.chosen = {"columns": dict(columns or {}), "sheet": sheet}


def _checked(folder: str) -> Path:
    path = Path(folder.strip()).expanduser()
    if not folder.strip() or not path.is_absolute():
        raise WorkbenchError(
            "Type the whole path of the folder, from its beginning, such as /home/ann/Inbox."
        )
    if not path.is_dir():
        raise WorkbenchError(f"There is no folder {path} on this machine: make it first.")
    home, path = files.home().resolve(), path.resolve()
    if path.is_relative_to(home) or home.is_relative_to(path):
        raise WorkbenchError(
            f"{path} holds what the workbench itself keeps, or lies within: choose another folder."
        )
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise WorkbenchError(
            f"{path} may not be read or written to, and answers are put there: change its rights, or "
            "choose another folder."
        )
    return path


def switch_off(store: Store, project_id: int) -> None:
    """Watch it no longer; what is being answered is answered to its end, and not put there."""
    with store.write() as session:
        row = watches.of_project(session, project_id)
        if row is not None:
            row.is_on, row.trouble = False, ""


def try_again(store: Store, project_id: int, file_id: int) -> None:
    """Let a file that was not answered be seen to anew."""
    with store.write() as session:
        row = watches.of_project(session, project_id)
        if row is not None and file_id in {one.id for one in watches.files_of(session, row.id)}:
            watches.forget(session, file_id)
