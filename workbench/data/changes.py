"""Changes to a dataset: every one makes the next version, and every version can be returned to."""

import dataclasses
from collections.abc import Sequence
from functools import partial
from typing import Any

import pyarrow as pa

from storage import conversions, datasets, files
from storage.database import Store
from storage.tables import FAILED, OPEN
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.data import versions
from workbench.data.edits import apply
from workbench.data.edits.edit import Edit, before_and_after, edit_between
from workbench.data.examples.plan import Plan, plan_from
from workbench.data.versions import VersionInfo, check_there, get_version, list_versions
from workbench.jobs import queue
from workbench.jobs.job import JobView, get_job, spec_of, view_of
from workbench.jobs.process.specs import ChangeSpec

HERE_ROWS = 50_000
"""Larger datasets are changed by a job rather than in the pages' process."""
FIX, EDIT, LABEL, RETURN, REPLAY = "fix", "edit", "label", "return", "again"
DESCRIBE = "describe"
MADE_AT = "made_at"
"""In a version's `change`, when each of its edits by hand was made: row id, column, UTC time."""


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
        return apply_edit_to(store, version, edit, kind, title)
    _check(edit)
    kept = apply.readable(task_named(version.task), edit)
    change = _describe(kind, title, edit)
    return enqueue_change(store, version, change, edit=kept.as_dict())


def apply_edit_here(
    store: Store, version_id: int, edit: Edit, kind: str, title: str
) -> VersionInfo:
    """Make the next version of a dataset by an edit of its newest one, in this process.

    Raises:
        WorkbenchError: nothing would change, too little would be left, or the version is not the
            newest any more.
    """
    return apply_edit_to(store, get_version(store, version_id), edit, kind, title)


def apply_edit_to(
    store: Store,
    version: VersionInfo,
    edit: Edit,
    kind: str,
    title: str,
    data: pa.Table | None = None,
) -> VersionInfo:
    """The same for a version that is at hand; `data` is its examples, where they are, too."""
    _check(edit)
    data = data_of(version) if data is None else data
    prepared = apply.apply_edit(data, plan_of(version), version.report, edit)
    made = {
        "rows": len(prepared),
        "dropped": prepared.dropped,
        "splits": prepared.splits,
        "report": prepared.report,
        "mapping": version.mapping,
    }
    digest = files.put(prepared.parquet())
    return _save(store, version, digest, made, _describe(kind, title, edit))


def _check(edit: Edit) -> None:
    if not edit.rows:
        raise WorkbenchError("Nothing is chosen that could be changed: choose at least one row.")


def describe(
    store: Store, version: VersionInfo, mapping: dict[str, Any], count: int, title: str = ""
) -> VersionInfo:
    """Make the next version with the same examples and another mapping: that of descriptions, or of
    fields, as the title says.

    Raises:
        WorkbenchError: the version is not the newest any more, or its examples are gone.
    """
    check_there(version)
    title = title or f"{count} categories described"
    change = {"kind": DESCRIBE, "title": title, "rows": 0}
    return _save(store, version, version.path.name, {**_kept(version), "mapping": mapping}, change)


def _kept(version: VersionInfo) -> dict[str, Any]:
    """What another version with the same examples says of them."""
    kept = ("rows", "dropped", "splits", "report", "mapping", "source_hash", "source_name")
    return {name: getattr(version, name) for name in (*kept, "split_seed")}


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
    made = _kept(version)
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
    if former is None or not can_tell_difference(version, former):
        return None
    made_at = {(row, column): at for row, column, at in (version.change or {}).get(MADE_AT, ())}
    if made_at:
        rows_ = sorted({row for row, _ in made_at})
        before, after = versions.rows_by_id(former, rows_), versions.rows_by_id(version, rows_)
    else:
        before, after = data_of(former), data_of(version)
    edit = dataclasses.replace(edit_between(before, after), made_at=made_at)
    return edit.rows, before_and_after(before, edit, limit)


def can_tell_difference(version: VersionInfo, former: VersionInfo) -> bool:
    """Whether `difference` can say what was changed."""
    by_hand = MADE_AT in (version.change or {})
    return by_hand or max(version.rows, former.rows) <= HERE_ROWS


def _describe(kind: str, title: str, edit: Edit) -> dict[str, Any]:
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
    return versions.read_examples(version)


def plan_of(version: VersionInfo) -> Plan:
    """How the version's file became examples."""
    return plan_from(version.task, version.mapping, version.split_seed)


def _save(
    store: Store, former: VersionInfo, digest: str, made: dict[str, Any], change: dict[str, Any]
) -> VersionInfo:
    with store.write() as session:
        versions = datasets.versions_of_dataset(session, former.dataset_id)
        if not versions or versions[-1].id != former.id:
            raise WorkbenchError(
                f"'{former.dataset_name}' has a newer version than the one you changed, made "
                "meanwhile in another window: reload the page and look at that one."
            )
        told = {**change, "of": former.number}
        version_id = datasets.add_next(session, versions[-1], digest, change=told, **made).id
    return get_version(store, version_id)


def enqueue_change(
    store: Store, version: VersionInfo, change: dict[str, Any], **order: Any
) -> JobView:
    """Let a job change a version.

    Args:
        change: what the next version's `change` will say, but for `of`.
        order: the fix, the edit or the earlier changes: fields of `ChangeSpec`.

    Raises:
        WorkbenchError: the version is being changed already.
    """
    spec = ChangeSpec(
        version_id=version.id,
        data=version.path,
        task=version.task,
        mapping=version.mapping,
        seed=version.split_seed,
        report=version.report,
        change={**change, "of": version.number},
        **order,
    )
    if running_change(store, version):
        raise WorkbenchError(
            f"'{version.dataset_name}' is being changed already: wait for that, then go on."
        )
    with store.write() as session:
        title = f"Change of {version.dataset_name}"
        job_id = queue.enqueue(session, title, spec, project_id=version.project_id)
    return get_job(store, job_id)


def running_change(store: Store, version: VersionInfo) -> JobView | None:
    """The job that is changing this version, if one is."""
    return next((job for job in _changes_of(store, version) if job.status in OPEN), None)


def change_failure(store: Store, version: VersionInfo) -> str:
    """Why the last change of this version by a job failed; empty if none did."""
    mine = _changes_of(store, version)
    return mine[0].reason if mine and mine[0].status == FAILED else ""


def _changes_of(store: Store, version: VersionInfo) -> Sequence[JobView]:
    """The jobs that change or changed this version, the newest first; a page asks several times."""
    return store.known(("changes", version.id), partial(_found_changes, store, version))


def _found_changes(store: Store, version: VersionInfo) -> Sequence[JobView]:
    with store.read() as session:
        return [
            view_of(session, job)
            for job in conversions.of_project(session, version.project_id, (ChangeSpec.kind,))
            if (spec := spec_of(job, ChangeSpec)) and spec.version_id == version.id
        ]
