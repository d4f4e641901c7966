"""Changes to a dataset: every one makes the next version, and every version can be returned to."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from storage import datasets as rows
from storage import files
from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.data import bulk_changes as mending
from workbench.data import checkups
from workbench.data.checkup import record
from workbench.data.checkup.record import FindingInfo
from workbench.data.edits import apply as amending
from workbench.data.edits import edit as fixing
from workbench.data.edits.edit import Edit
from workbench.data.examples.prepare import Plan, plan_from
from workbench.data.versions import VersionInfo, check_there, get_version, list_versions
from workbench.jobs.job import JobView

HERE_ROWS = 50_000
"""Larger datasets are changed by a job rather than in the pages' process."""
SPLIT = "split"
"""The finding whose fix draws the exam anew."""
FIX, EDIT, LABEL, RETURN, AGAIN = "fix", "edit", "label", "return", "again"
MADE_AT = "made_at"
"""In a version's `change`, when each of its edits by hand was made: row id, column, UTC time."""


@dataclass(frozen=True)
class Fix:
    """A finding's fix as the user wants it."""

    version_id: int
    job_id: int
    """The checkup that found it."""
    finding: FindingInfo
    kind: str
    """record.REMOVE or record.CHANGE."""
    leave: frozenset[int] = frozenset()
    """Rows that stay as they are."""

    @property
    def title(self) -> str:
        """What the history says of it."""
        what = self.finding.remove if self.kind == record.REMOVE else self.finding.change
        return f"{self.finding.title}: {what[:1].lower()}{what[1:]}"


def preview(store: Store, fix: Fix, limit: int = 50) -> tuple[int, list[dict[str, str]]]:
    """How many rows a fix touches, and the first of them: `row`, `column`, `before`, `after`.

    Raises:
        WorkbenchError: the checkup or the examples are not on the disk any more.
    """
    version = get_version(store, fix.version_id)
    edit = _edit_of(fix)
    data = checkups.rows_by_id(version, sorted(touched(fix))[:limit])
    return edit.rows, fixing.before_and_after(data, edit, limit)


def touched(fix: Fix) -> frozenset[int]:
    """The ids of all rows that a fix touches.

    Raises:
        WorkbenchError: the checkup is not on the disk any more.
    """
    edit = _edit_of(fix)
    return edit.remove | {row for row, _ in edit.change or {}}


def apply(store: Store, fix: Fix) -> VersionInfo | JobView:
    """Make the next version by a fix: the version, or for a large dataset the job that makes it.

    Raises:
        WorkbenchError: too little would be left, or the version is not the newest any more.
    """
    version = get_version(store, fix.version_id)
    mapping, report = _drawn_anew(version, fix)
    version = dataclasses.replace(version, mapping=mapping, report=report)
    if version.rows > HERE_ROWS:
        change = {"kind": FIX, "title": fix.title, "rows": fix.finding.rows}
        return mending.queue(store, version, _order_of(fix), change)
    return _amend(store, version, _edit_of(fix), FIX, fix.title)


def _drawn_anew(version: VersionInfo, fix: Fix) -> tuple[dict[str, Any], dict[str, Any]]:
    """The version's mapping and report; a fix of the split changes how the exam is drawn, so that
    later rows of the same table go by it, too."""
    if fix.finding.kind != SPLIT:
        return version.mapping, version.report
    told = checkups.read(fix.job_id).facts["split"]
    mapping = {**version.mapping, "split_by": told["by"]}
    return mapping, {**version.report, "split": told["report"]}


def apply_edit(
    store: Store, version_id: int, edit: Edit, kind: str, title: str
) -> VersionInfo | JobView:
    """Make the next version by an edit by hand: the version, or for a large dataset the job that
    makes it.

    Raises:
        WorkbenchError: nothing would change, a new text cannot be read, too little would be left,
            or the version is not the newest any more.
    """
    version = get_version(store, version_id)
    if version.rows <= HERE_ROWS:
        return _amend(store, version, edit, kind, title)
    _check(edit)
    kept = amending.readable(task_named(version.task), edit)
    change = _told(kind, title, edit)
    return mending.queue(store, version, {"edit": kept.as_dict()}, change)


def amend(store: Store, version_id: int, edit: Edit, kind: str, title: str) -> VersionInfo:
    """Make the next version of a dataset by an edit of its newest one, in this process.

    Raises:
        WorkbenchError: nothing would change, too little would be left, or the version is not the
            newest any more.
    """
    return _amend(store, get_version(store, version_id), edit, kind, title)


def _amend(store: Store, version: VersionInfo, edit: Edit, kind: str, title: str) -> VersionInfo:
    _check(edit)
    prepared = amending.amended(data_of(version), plan_of(version), version.report, edit)
    made = {
        "rows": len(prepared),
        "dropped": prepared.dropped,
        "splits": prepared.splits,
        "report": prepared.report,
        "mapping": version.mapping,
    }
    digest = files.put(prepared.parquet())
    return _save(store, version, digest, made, _told(kind, title, edit))


def _check(edit: Edit) -> None:
    if not edit.rows:
        raise WorkbenchError("Nothing is chosen that could be changed: choose at least one row.")


def go_back(store: Store, version_id: int) -> VersionInfo:
    """Make an earlier version the newest one again, as a version of its own.

    Raises:
        WorkbenchError: the newest has these examples already, or they are not on the disk.
    """
    version = get_version(store, version_id)
    newest = history(store, version)[0]
    if newest.path == version.path and newest.mapping == version.mapping:
        raise WorkbenchError(f"Version {newest.number} has these very examples already.")
    check_there(version)
    kept = ("rows", "dropped", "splits", "report", "mapping", "source_hash", "source_name")
    made = {name: getattr(version, name) for name in (*kept, "split_seed")}
    change = {"kind": RETURN, "title": f"Back to version {version.number}", "rows": 0}
    return _save(store, newest, version.path.name, made, change)


def difference(
    store: Store, version: VersionInfo, limit: int
) -> tuple[int, list[dict[str, str]]] | None:
    """What was changed to make a version: how many rows, and the first of them as in `preview`;
    of edits by hand also `when` (UTC, ISO 8601).

    None for one that came from a file, and where a million rows would have to be compared.

    Raises:
        WorkbenchError: the examples are not on the disk any more.
    """
    former = former_of(store, version)
    if former is None or not is_told(version, former):
        return None
    made_at = {(row, column): at for row, column, at in (version.change or {}).get(MADE_AT, ())}
    if made_at:
        rows_ = sorted({row for row, _ in made_at})
        before, after = checkups.rows_by_id(former, rows_), checkups.rows_by_id(version, rows_)
    else:
        before, after = data_of(former), data_of(version)
    edit = dataclasses.replace(fixing.difference(before, after), made_at=made_at)
    return edit.rows, fixing.before_and_after(before, edit, limit)


def is_told(version: VersionInfo, former: VersionInfo) -> bool:
    """Whether `difference` can say what was changed."""
    by_hand = MADE_AT in (version.change or {})
    return by_hand or max(version.rows, former.rows) <= HERE_ROWS


def _told(kind: str, title: str, edit: Edit) -> dict[str, Any]:
    """An edit as the version's `change` keeps it."""
    made_at = [[row, column, at] for (row, column), at in (edit.made_at or {}).items()]
    by_hand = {MADE_AT: made_at} if made_at else {}
    return {"kind": kind, "title": title, "rows": edit.rows, **by_hand}


def former_of(store: Store, version: VersionInfo) -> VersionInfo | None:
    """The version that a version was made from; None for one that came from a file."""
    if version.change is None:
        return None
    found = history(store, version)
    return next((other for other in found if other.number == version.change["of"]), None)


def history(store: Store, version: VersionInfo) -> list[VersionInfo]:
    """The versions of a version's dataset, the newest first."""
    found = list_versions(store, version.project_id)
    return [other for other in found if other.dataset_id == version.dataset_id]


def data_of(version: VersionInfo) -> pa.Table:
    """A version's examples: row_id, split and the roles of its task.

    Raises:
        WorkbenchError: they are not on the disk any more.
    """
    check_there(version)
    return pq.read_table(version.path)


def plan_of(version: VersionInfo) -> Plan:
    """How the version's file became examples."""
    return plan_from(version.task, version.mapping, version.split_seed)


def _edit_of(fix: Fix) -> Edit:
    found = record.marks(checkups.folder(fix.job_id), fix.finding.kind)
    return fixing.edit_of(fix.kind, record.those_that(fix.kind, found, fix.leave))


def _save(
    store: Store, former: VersionInfo, digest: str, made: dict[str, Any], change: dict[str, Any]
) -> VersionInfo:
    with store.write() as session:
        versions = rows.versions_of_dataset(session, former.dataset_id)
        if not versions or versions[-1].id != former.id:
            raise WorkbenchError(
                f"'{former.dataset_name}' has a newer version than the one you changed, made "
                "meanwhile in another window: reload the page and look at that one."
            )
        told = {**change, "of": former.number}
        version_id = rows.add_next(session, versions[-1], digest, change=told, **made).id
    return get_version(store, version_id)


def _order_of(fix: Fix) -> dict[str, Any]:
    """A fix as a job's spec names it."""
    return {
        "checkup": str(checkups.folder(fix.job_id)),
        "finding": fix.finding.kind,
        "fix": fix.kind,
        "leave": sorted(fix.leave),
    }
