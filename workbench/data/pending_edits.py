"""Edits of a version by hand, which wait until they are saved as the next version."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from storage.database import Store
from storage.tables import now
from workbench.core.tasks import task_named
from workbench.core.words import sentence_case
from workbench.data import changes, versions
from workbench.data.edits import apply
from workbench.data.edits.edit import WHOLE, Edit
from workbench.data.versions import VersionInfo, edits_draft
from workbench.jobs.job import JobView
from workbench.system import drafts

Key = tuple[int, str]
"""A row's id and a role of it, or `fixing.WHOLE` for a row that comes or goes."""


@dataclass
class Pending:
    """Edits of a dataset that are not saved yet; kept with the project, so that a refresh or a
    restart loses none."""

    change: dict[Key, str] = field(default_factory=dict)
    """The new texts."""
    remove: set[int] = field(default_factory=set)
    labels: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Row id of an unsorted row → its text and the category that it was given."""
    made_at: dict[Key, str] = field(default_factory=dict)
    """When each edit was kept (UTC, ISO 8601)."""

    def edit(self) -> Edit:
        """What saving would do."""
        added = tuple(
            {"row_id": str(row), "split": "train", "text": text, "label": label}
            for row, (text, label) in sorted(self.labels.items())
        )
        kept = {key: text for key, text in self.change.items() if key[0] not in self.remove}
        return Edit(frozenset(self.remove), kept, added, self.made_at)

    def sentence(self) -> str:
        """ "3 rows changed, 1 row taken out and 5 rows sorted by hand"; empty if there is nothing."""
        return self.edit().sentence()

    def take_back(self, row: int, column: str) -> None:
        """Forget one edit, named as in `fixing.before_and_after`."""
        if column == WHOLE:
            self.remove.discard(row)
            self.labels.pop(row, None)
        else:
            self.change.pop((row, column), None)

    def each(self) -> dict[Key, str]:
        """All edits, with what tells whether one is still the same."""
        gone = {(row, WHOLE): "" for row in self.remove}
        return {
            **self.change,
            **gone,
            **{(row, WHOLE): told[1] for row, told in self.labels.items()},
        }


def pending(store: Store, version: VersionInfo) -> Pending:
    """The edits of a dataset that are not saved yet, as they fit to its newest version.

    A version that was made of the one that they were made on still has its rows, so they go on
    waiting; in one from another file a row number says nothing.
    """
    values = drafts.get_draft(store, version.project_id, edits_draft(version.dataset_id))
    if values.get("ground") != _ground(version):
        return Pending()
    found = Pending(
        {(row, role): text for row, role, text in values["change"]},
        set(values["remove"]),
        {row: (text, label) for row, text, label in values["labels"]},
        {(row, column): at for row, column, at in values["made_at"]},
    )
    return found if values["content"] == version.path.name else _fitting(found, version)


def same_rows(version: VersionInfo, other: VersionInfo) -> bool:
    """Whether a row's number means the same row in both."""
    return _ground(version) == _ground(other)


def _ground(version: VersionInfo) -> str:
    """What has to be the same for a row's number to mean the same row."""
    read = {name: version.mapping.get(name) for name in ("roles", "read", "test", "test_read")}
    return json.dumps([version.source_hash, version.task, read], sort_keys=True)


def _fitting(edits: Pending, version: VersionInfo) -> Pending:
    """The edits that would still change something."""
    touched = sorted({row for row, _ in edits.each()})
    rows = {row["row_id"]: row for row in versions.rows_by_id(version, touched).to_pylist()}
    return Pending(
        {
            (row, role): text
            for (row, role), text in edits.change.items()
            if row in rows and text != (rows[row][role] or "")
        },
        edits.remove & rows.keys(),
        {row: told for row, told in edits.labels.items() if row not in rows},
        edits.made_at,
    )


def keep(store: Store, version: VersionInfo, edits: Pending) -> None:
    """Keep the edits with the project, each with the time when it was made."""
    kept, at = pending(store, version), now().isoformat(timespec="seconds")
    then = kept.each()
    edits.made_at = {
        key: kept.made_at[key] if then.get(key) == told else at
        for key, told in edits.each().items()
    }
    values: dict[str, Any] = {
        "ground": _ground(version),
        "content": version.path.name,
        "change": [[row, role, text] for (row, role), text in edits.change.items()],
        "remove": sorted(edits.remove),
        "labels": [[row, text, label] for row, (text, label) in edits.labels.items()],
        "made_at": [[row, column, at] for (row, column), at in edits.made_at.items()],
    }
    drafts.save_draft(store, version.project_id, edits_draft(version.dataset_id), values)


def discard(store: Store, version: VersionInfo) -> None:
    """Forget the edits."""
    keep(store, version, Pending())


def save(store: Store, version: VersionInfo) -> VersionInfo | JobView:
    """Make the next version with the edits, or for a large dataset let a job make it; until then
    the edits wait.

    Raises:
        WorkbenchError: there are none, one cannot be read, too little would be left, or the version
            is not the newest.
    """
    edits = pending(store, version)
    by_hand = changes.LABEL if edits.labels and not edits.change else changes.EDIT
    title = sentence_case(edits.sentence())
    made = changes.apply_edit(store, version.id, edits.edit(), by_hand, title)
    if isinstance(made, VersionInfo):
        discard(store, made)
    return made


def rewrite(
    version: VersionInfo, edits: Pending, row: Mapping[str, Any], texts: Mapping[str, str]
) -> None:
    """Note what a row shall say, in the form that an import keeps; what it says already is no edit.

    Args:
        row: the row as it is saved, with its `row_id`.
        texts: role → text as it was typed.

    Raises:
        WorkbenchError: a text is missing or cannot be read; then nothing is noted.
    """
    number = int(row["row_id"])
    typed = {(number, role): text for role, text in texts.items() if text != (row[role] or "")}
    kept = apply.readable(task_named(version.task), Edit(change=typed)).change or {}
    for role in texts:
        edits.change.pop((number, role), None)
    edits.change |= {key: text for key, text in kept.items() if text != (row[key[1]] or "")}


def find_changes(
    before: Mapping[int, Mapping[str, str]], after: Mapping[int, Mapping[str, str]]
) -> dict[Key, str]:
    """The texts that differ: (row id, role) → the new one."""
    return {
        (row, role): text.strip()
        for row, texts in after.items()
        for role, text in texts.items()
        if text.strip() != (before[row].get(role) or "")
    }
