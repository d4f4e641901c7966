"""Replay of earlier changes on the version that came from a newer file."""

from dataclasses import dataclass

import pyarrow as pa

from storage.database import Store
from workbench.core import parquet
from workbench.core.tasks import task_named
from workbench.data import changes
from workbench.data.changes import HERE_ROWS, REPLAY
from workbench.data.edits import replay
from workbench.data.edits.edit import Edit
from workbench.data.examples.plan import Plan, Source, plan_from
from workbench.data.examples.source_table import of_table
from workbench.data.files.large import table_of
from workbench.data.readers import Table
from workbench.data.versions import VersionInfo, before_saved, get_version, read_examples
from workbench.jobs.job import JobView
from workbench.jobs.process.specs import ReplayOrder


@dataclass(frozen=True)
class Earlier:
    """What was changed in a dataset since its file came."""

    first: VersionInfo
    """As it came from its file."""
    last: VersionInfo
    """With the changes."""

    @property
    def is_large(self) -> bool:
        """Whether they are made by a job rather than in the pages' process."""
        return max(self.first.rows, self.last.rows) > HERE_ROWS


def find_earlier(versions: list[VersionInfo], task: str) -> Earlier | None:
    """The changes that stand behind the newest of a dataset's versions.

    Args:
        versions: those of one dataset, the newest first, without the one that is new.

    Returns:
        None if it came from its file as it is, or was for another task.
    """
    if not versions or versions[0].change is None or versions[0].task != task:
        return None
    last = versions[0]
    for version in versions[1:]:
        if version.change is None and version.source_hash == last.source_hash:
            here = parquet.is_whole(version.path) and parquet.is_whole(last.path)
            here = here and version.path != last.path
            return Earlier(version, last) if here and version.task == task else None
    return None


def replay_edit(
    found: Earlier, source: Source, plan: Plan, data: pa.Table, table: Table
) -> tuple[Edit, int]:
    """The changes as an edit of new examples, and how many rows of them it leaves out.

    Args:
        source: where the new examples are from.
        data: the new examples.
        table: the rows of the new file, of which some may have no category.
    """
    before = read_examples(found.first)
    edit = replay.changes_between(before, read_examples(found.last))
    now = replay.NewExamples(
        data, same_rows(found, source, plan), task_named(plan.task), plan.roles, of_table(table)
    )
    made = replay.replay_edit(edit, before, now)
    return made, max(0, edit.rows - made.rows)


def same_rows(found: Earlier, source: Source, plan: Plan) -> bool:
    """Whether row numbers mean the same rows as then: the same files, read in the same way."""
    then = plan_from(found.first.task, found.first.mapping)
    alike = then.read == plan.read and then.test == plan.test
    return found.first.source_hash == source.digest and alike


def replay_changes(
    store: Store, version_id: int, found: Earlier, edit: Edit | None = None
) -> VersionInfo | JobView:
    """Make the changes again: the next version, or for a large dataset the job that makes it.

    Args:
        edit: as `replay_edit` gave it; None lets a job find it out.

    Raises:
        WorkbenchError: none of them applies, or the version is not the newest any more.
    """
    version = get_version(store, version_id)
    if edit is not None:
        return changes.apply_edit_here(store, version_id, edit, REPLAY, _title(found))
    plan = plan_from(version.task, version.mapping)
    source = Source(version.source_hash, version.source_name)
    order = ReplayOrder(
        before=found.first.path,
        after=found.last.path,
        same_rows=same_rows(found, source, plan),
        table=table_of(store, version),
        roles=dict(plan.roles),
    )
    change = {"kind": REPLAY, "title": _title(found), "rows": 0}
    return changes.enqueue_change(store, version, change, replay=order)


def replay_now(store: Store, version: VersionInfo, table: Table) -> VersionInfo | None:
    """Make the changes of the versions before a new one again, for callers without a page.

    Args:
        table: the rows of the file that the new version came from.

    Returns:
        The version that it made; None if there was nothing to make again.
    """
    before = before_saved(changes.history(store, version), version.id)
    found = find_earlier(before, version.task)
    if found is None:
        return None
    source = Source(version.source_hash, version.source_name)
    plan = plan_from(version.task, version.mapping)
    edit, _ = replay_edit(found, source, plan, changes.data_of(version), table)
    if not edit.rows:
        return None
    return changes.apply_edit_here(store, version.id, edit, REPLAY, _title(found))


def replay_of(store: Store, version: VersionInfo) -> VersionInfo | None:
    """The version that has the earlier changes of another dataset's version made again, if any."""
    for other in changes.history(store, version):
        change = other.change or {}
        if change.get("kind") == REPLAY and change.get("of") == version.number:
            return other
    return None


def _title(found: Earlier) -> str:
    return f"The changes of version {found.last.number} made again"
