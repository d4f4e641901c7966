"""What one transaction changed, as the log tells it: which rows, which columns, hardly a value."""

from dataclasses import dataclass, field
from typing import Any

ADDED, CHANGED, DELETED = "added", "changed", "deleted"
MOST = 20
"""Of one table so many rows are named; of more it is said how many they were."""

SHOWN = {
    "api_keys": {"name", "project_id", "requests_a_minute", "tokens_a_day", "tokens_a_month",
                 "revoked_at"},
    "base_models": {"name", "source"},
    "evaluations": {"split"},
    "invitations": {"role", "administrator"},
    "jobs": {"kind", "status"},
    "memberships": {"role", "person_id"},
    "person_limits": {"jobs", "disk_mb"},
    "persons": {"administrator", "disabled_at"},
    "projects": {"name", "archived_at", "api_name"},
    "releases": {"ended_at"},
    "runs": {"name"},
    "settings": {"name", "value"},
    "watches": {"is_on"},
}  # fmt: skip
"""Table → the columns whose values stand in the log: roles, states, names of projects and models,
settings. Of all others only that they changed."""

IGNORED = {
    "projects": {"drafts"},
    "sign_ins": {"seen_at"},
}
"""Table → columns that change by looking and typing alone; a change of nothing else is none."""

UNSEEN = {"audit", "job_attempts", "metrics"}
"""Tables of which nothing is told: the log itself, and what only the worker writes."""


@dataclass
class Change:
    """What happened to rows of one table."""

    table: str
    did: str
    ids: list[int] = field(default_factory=list)
    rows: int = 0
    columns: set[str] = field(default_factory=set)
    values: dict[str, Any] = field(default_factory=dict)
    """Of the last row: column → value."""
    was: dict[str, Any] = field(default_factory=dict)
    """What stood there before, where that is known."""
    project_id: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, without what is empty."""
        told = {
            "kind": self.table,
            "did": self.did,
            "ids": self.ids,
            "rows": self.rows if self.rows > len(self.ids) else 0,
            "columns": sorted(self.columns) if self.did == CHANGED else [],
            "values": self.values,
            "was": self.was,
        }
        return {name: value for name, value in told.items() if value}


class Changes:
    """All changes of a transaction."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Change] = {}

    def note(
        self,
        table: str,
        did: str,
        thing_id: int | None,
        project_id: int | None,
        *,
        rows: int = 1,
        values: dict[str, Any] | None = None,
        was: dict[str, Any] | None = None,
        columns: set[str] | None = None,
    ) -> None:
        """One more row, or several that are not named; a row counts once however often it changes."""
        change = self._found.setdefault((table, did), Change(table, did))
        new = thing_id is None or thing_id not in change.ids
        if thing_id is not None and new and len(change.ids) < MOST:
            change.ids.append(thing_id)
        change.rows += rows if new else 0
        change.columns |= columns or set()
        shown = SHOWN.get(table, set())
        change.values |= {name: value for name, value in (values or {}).items() if name in shown}
        change.was |= {name: value for name, value in (was or {}).items() if name in shown}
        if change.project_id is None:
            change.project_id = project_id

    def __bool__(self) -> bool:
        return bool(self._found)

    @property
    def main(self) -> Change:
        """The one that the action is about: a job is only how something is done."""
        return min(self._found.values(), key=lambda change: change.table == "jobs")

    @property
    def project_id(self) -> int | None:
        """The project that it happened in; None for none."""
        ids = (change.project_id for change in self._found.values())
        return next((one for one in ids if one is not None), None)

    def details(self) -> dict[str, Any]:
        """For the line."""
        return {"changes": [change.as_dict() for change in self._found.values()]}
