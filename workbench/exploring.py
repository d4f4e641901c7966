"""A closer look at a version: rows that are searched for, and edits that wait to be saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from storage.database import Store
from workbench import amendments, projects
from workbench.checkup.fixing import Edit
from workbench.versions import VersionInfo, check_there
from workbench.words import joined, plural

PAGE = "explore"
"""The name of the project's draft that holds the edits."""


@dataclass(frozen=True)
class Query:
    """Which rows are looked for; an empty field lets all through."""

    text: str = ""
    """Stands in one of the row's texts, capitals or not."""
    split: str = ""
    label: str = ""


def search(version: VersionInfo, query: Query, limit: int) -> tuple[pa.Table, int]:
    """The first rows that a query finds, and how many there are.

    The file is read in batches, so that a large one never stands in memory.

    Raises:
        WorkbenchError: the examples are not on the disk any more.
    """
    check_there(version)
    data = ds.dataset(version.path, format="parquet")
    wanted = _filter(data.schema, query)
    return data.head(limit, filter=wanted), data.count_rows(filter=wanted)


def _filter(schema: pa.Schema, query: Query) -> ds.Expression | None:
    parts = []
    if query.split:
        parts.append(pc.field("split") == query.split)
    if query.label:
        parts.append(pc.field("label") == query.label)
    if text := query.text.strip():
        roles = [name for name in schema.names if name not in ("row_id", "split")]
        hits = [pc.match_substring(pc.field(role), text, ignore_case=True) for role in roles]
        found = hits[0].is_valid() & hits[0]
        for hit in hits[1:]:
            found = found | (hit.is_valid() & hit)
        parts.append(found)
    if not parts:
        return None
    whole = parts[0]
    for part in parts[1:]:
        whole = whole & part
    return whole


@dataclass
class Pending:
    """Edits of one version that are not saved yet; kept with the project, so that a refresh or a
    restart loses none."""

    version_id: int
    change: dict[tuple[int, str], str] = field(default_factory=dict)
    """(row id, role) → the new text."""
    remove: set[int] = field(default_factory=set)
    labels: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Row id of an unsorted row → its text and the category that it was given."""

    def edit(self) -> Edit:
        """What saving would do."""
        added = tuple(
            {"row_id": str(row), "split": "train", "text": text, "label": label}
            for row, (text, label) in sorted(self.labels.items())
        )
        kept = {key: text for key, text in self.change.items() if key[0] not in self.remove}
        return Edit(frozenset(self.remove), kept, added)

    def sentence(self) -> str:
        """ "3 rows changed, 1 taken out and 5 sorted by hand"; empty if there is nothing."""
        changed = {row for row, _ in self.change} - self.remove
        parts = [f"{plural(len(changed), 'row')} changed"] if changed else []
        parts += [f"{plural(len(self.remove), 'row')} taken out"] if self.remove else []
        parts += [f"{plural(len(self.labels), 'row')} sorted by hand"] if self.labels else []
        return joined(parts)


def pending(store: Store, version: VersionInfo) -> Pending:
    """The edits of a version that are not saved yet; those of another version do not count."""
    values = projects.get_draft(store, version.project_id, PAGE)
    if values.get("version_id") != version.id:
        return Pending(version.id)
    return Pending(
        version.id,
        {(int(row), role): text for row, role, text in values.get("change", [])},
        set(values.get("remove", [])),
        {int(row): (text, label) for row, text, label in values.get("labels", [])},
    )


def keep(store: Store, version: VersionInfo, edits: Pending) -> None:
    """Keep the edits with the project."""
    values: dict[str, Any] = {
        "version_id": version.id,
        "change": [[row, role, text] for (row, role), text in edits.change.items()],
        "remove": sorted(edits.remove),
        "labels": [[row, text, label] for row, (text, label) in edits.labels.items()],
    }
    if projects.get_draft(store, version.project_id, PAGE) != values:
        projects.save_draft(store, version.project_id, PAGE, values)


def discard(store: Store, version: VersionInfo) -> None:
    """Forget the edits."""
    keep(store, version, Pending(version.id))


def save(store: Store, version: VersionInfo) -> VersionInfo:
    """Make the next version with the edits.

    Raises:
        WorkbenchError: there are none, too little would be left, or the version is not the newest.
    """
    edits = pending(store, version)
    by_hand = amendments.LABEL if edits.labels and not edits.change else amendments.EDIT
    title = edits.sentence()
    made = amendments.amend(store, version.id, edits.edit(), by_hand, title[:1].upper() + title[1:])
    discard(store, version)
    return made


def changed(
    before: Mapping[int, Mapping[str, str]], after: Mapping[int, Mapping[str, str]]
) -> dict[tuple[int, str], str]:
    """The texts that differ: (row id, role) → the new one."""
    return {
        (row, role): text
        for row, texts in after.items()
        for role, text in texts.items()
        if text != (before[row].get(role) or "")
    }
