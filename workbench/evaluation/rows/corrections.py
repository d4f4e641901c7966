"""Corrections of the user's own answers, found wrong while an exam was read: the next version."""

from dataclasses import dataclass
from typing import Any

from storage.database import Store
from storage.tables import now
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.data import changes, pending_edits
from workbench.data.edits.edit import Edit
from workbench.data.versions import VersionInfo, get_version, read_examples, rows_by_id
from workbench.evaluation.evaluations import EvaluationInfo, version_of
from workbench.jobs.job import JobView


@dataclass(frozen=True)
class Correctable:
    """A row of an exam in the newest version of its dataset, where it can be corrected."""

    version: VersionInfo
    row: dict[str, Any]

    @property
    def role(self) -> str:
        """What holds the answer."""
        return task_named(self.version.task).learned

    @property
    def text(self) -> str:
        """The answer as it stands there now."""
        return str(self.row[self.role] or "")


def find_row(store: Store, info: EvaluationInfo, row_id: int) -> Correctable:
    """The row in the newest version: by its number, or from another file by what it says.

    Raises:
        WorkbenchError: it is of a file of its own, or not in the newest version.
    """
    if not info.is_exam:
        raise WorkbenchError(
            f"This question came from {info.split}, which no model learns from: correct it in that "
            "file, then score the file again."
        )
    version = get_version(store, version_of(store, info.run_id))
    newest = changes.history(store, version)[0]
    if pending_edits.same_rows(version, newest):
        found = rows_by_id(newest, [row_id]).to_pylist()
    else:
        found = _saying_the_same(version, newest, row_id)
    if not found:
        raise WorkbenchError(
            f"Version {newest.number} of '{newest.dataset_name}' has no such row any more, so there is "
            "nothing to correct."
        )
    return Correctable(newest, found[0])


def _saying_the_same(
    version: VersionInfo, newest: VersionInfo, row_id: int
) -> list[dict[str, Any]]:
    """The first row of another file that says in all roles what a row said."""
    then = rows_by_id(version, [row_id]).to_pylist()
    if not then:
        return []
    required = task_named(newest.task).required
    same = [(role, "=", then[0][role]) for role in required if then[0].get(role)]
    return read_examples(newest, filters=same).to_pylist()[:1] if same else []


def correct(store: Store, found: Correctable, text: str) -> VersionInfo | JobView:
    """Make the next version with this answer: the version, or of a large dataset the job that makes it.

    Raises:
        WorkbenchError: the answer is empty, cannot be read or is the same as before, or another
            version was made meanwhile.
    """
    number = int(found.row["row_id"])
    if text.strip() == found.text.strip():
        raise WorkbenchError(
            "This is the answer that stands there already: choose or write another."
        )
    key = (number, found.role)
    edit = Edit(change={key: text}, made_at={key: now().isoformat(timespec="seconds")})
    title = f"Answer of row {number} corrected in an exam"
    return changes.apply_edit(store, found.version.id, edit, changes.EDIT, title)


def corrected_in(store: Store, info: EvaluationInfo) -> dict[int, int]:
    """Rows of an exam whose answer was corrected since, and the version that did it last."""
    if not info.is_exam:
        return {}
    version = get_version(store, version_of(store, info.run_id))
    role = task_named(version.task).learned
    known = changes.history(store, version)
    # Who goes back to a version has its examples again, and none of the corrections behind it.
    until = min(other.number for other in known if other.path == known[0].path)
    later = [
        other
        for other in known
        if version.number < other.number <= until and pending_edits.same_rows(version, other)
    ]
    touched = {
        row: other.number
        for other in reversed(later)
        for row, column, _ in (other.change or {}).get(changes.MADE_AT, ())
        if column == role
    }
    if not touched:
        return {}
    before, after = (_answers(one, list(touched), role) for one in (version, later[0]))
    return {
        row: number
        for row, number in touched.items()
        if row in before and row in after and before[row] != after[row]
    }


def _answers(version: VersionInfo, row_ids: list[int], role: str) -> dict[int, str | None]:
    return {row["row_id"]: row[role] for row in rows_by_id(version, row_ids).to_pylist()}
