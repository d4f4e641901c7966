"""Releases: which version of a project's model is live, since when, by whom and why."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from storage.database import Store
from storage.live import releases as rows
from storage.tables import Release
from workbench.core import names
from workbench.core.errors import WorkbenchError
from workbench.core.metrics import headline
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import in_place_for, rung_in_place
from workbench.evaluation import evaluations
from workbench.evaluation.release.gate import MOST_WORSE, Gate, check_gate
from workbench.models import live_names
from workbench.system.drafts import get_draft, save_draft
from workbench.training import runs
from workbench.training.run_view import RunView
from workbench.training.trained_run import trained_run

_DRAFT, _MOST_WORSE = "gate", "most_worse"
NAME_LIMIT, NOTE_LIMIT = 80, 1000


class GateRefused(WorkbenchError):
    """A version is not to go live without a reason; `gate` says what speaks against it."""

    def __init__(self, gate: Gate) -> None:
        super().__init__(
            f"It does not go live: {gate.refusal} Mend that, or overrule it with a reason."
        )
        self.gate = gate


@dataclass(frozen=True)
class ReleaseInfo:
    """That a version was live from one moment to another."""

    id: int
    project_id: int
    run_id: int | None
    """None once the run was deleted."""
    run_name: str
    """As it was called when it went live."""
    released_at: dt.datetime
    ended_at: dt.datetime | None
    """None while it is live."""
    approver: str
    note: str
    gate: dict[str, Any]
    """What was checked: `passed`, `checks`, `overruled` (why)."""
    about: dict[str, Any]
    back_to: int | None
    """The release that it took up again."""

    @property
    def is_live(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None

    @property
    def rung(self) -> str:
        """What answers in the place of the run's model; empty for the model itself."""
        return str(self.about.get("rung", ""))

    @property
    def overruled(self) -> str:
        """Why it went live against the gate; empty if it did not."""
        return str(self.gate.get("overruled") or "")

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON; times in ISO 8601."""
        return {
            "release": self.id,
            "run_id": self.run_id,
            "run": self.run_name,
            **self.about,
            "released_at": self.released_at.isoformat(),
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
            "approver": self.approver,
            "note": self.note,
            "gate": self.gate,
            "back_to": self.back_to,
        }


def live(store: Store, project_id: int) -> ReleaseInfo | None:
    """What is live in a project; None if nothing is."""
    return store.known(("live", project_id), partial(_live, store, project_id))


def _live(store: Store, project_id: int) -> ReleaseInfo | None:
    with store.read() as session:
        found = rows.live(session, project_id)
        return _info(found) if found else None


def all_live(store: Store) -> dict[int, ReleaseInfo]:
    """What is live in each project in which something is, by the project."""
    with store.read() as session:
        return {project_id: _info(row) for project_id, row in rows.all_live(session).items()}


def history(store: Store, project_id: int) -> list[ReleaseInfo]:
    """What was live in a project, the newest first."""
    with store.read() as session:
        return [_info(row) for row in rows.history(session, project_id)]


def most_worse(store: Store, project_id: int) -> float:
    """Points that a group may lose before the gate refuses, as the project has it."""
    return float(get_draft(store, project_id, _DRAFT).get(_MOST_WORSE, MOST_WORSE))


def set_most_worse(store: Store, project_id: int, points: float) -> None:
    """Let the project's gate allow a group to lose so many points.

    Raises:
        WorkbenchError: it is no number of points.
    """
    if not 0 <= points <= 100:
        raise WorkbenchError(f"A group can lose 0 to 100 points, not {points:g}.")
    save_draft(store, project_id, _DRAFT, {_MOST_WORSE: points})


def make_live(
    store: Store,
    run_id: int,
    *,
    approver: str,
    note: str = "",
    reason: str = "",
    rung: str = "",
) -> ReleaseInfo:
    """Let a version go live, if the gate lets it or there is a reason to overrule that.

    Args:
        rung: what is to answer in the place of the run's model, having learned from the same examples.
        reason: why it goes live whatever the gate says; kept, if the gate refuses.

    Raises:
        GateRefused: the gate refuses, and there is no reason.
        WorkbenchError: there is no trained model, nobody approves, or it is live already.
    """
    approver, note, reason = _checked(approver), _note(note), _note(reason)
    run = runs.get_run(store, run_id)
    if rung and rung not in in_place_for(task_named(run.task)):
        raise WorkbenchError(
            f"'{rung}' cannot do the work of '{run.name}': choose one of "
            f"{', '.join(in_place_for(task_named(run.task))) or 'none'}."
        )
    gate = check_gate(store, run_id, most_worse(store, run.project_id), rung=rung)
    if not gate.passed and not reason:
        raise GateRefused(gate)
    about = _about(store, run, rung)
    kept = gate.as_dict() | {"overruled": "" if gate.passed else reason}
    with store.write() as session:
        trained_run(session, run_id)
        present = rows.live(session, run.project_id)
        _check_unchanged(gate, run, rung, present)
        found = rows.add(
            session,
            run.project_id,
            run_id,
            approver=approver,
            note=note,
            gate=kept,
            about=about,
        )
        info = _info(found)
    live_names.tell_server(store)
    return info


def former(store: Store, project_id: int) -> ReleaseInfo | None:
    """What `go_back` makes live again; None if nothing else was live before, or it is gone."""
    with store.read() as session:
        found = _former(session, rows.history(session, project_id))
        return _info(found) if found else None


def go_back(store: Store, project_id: int, *, approver: str, note: str = "") -> ReleaseInfo:
    """Make the version live again that was so before the present one; once more, the one before.

    Raises:
        WorkbenchError: there was none, its model is gone, or nobody approves.
    """
    approver, note = _checked(approver), _note(note)
    with store.write() as session:
        found = _former(session, rows.history(session, project_id))
        if found is None or found.run_id is None:
            raise WorkbenchError(
                "No other version was live before, or it has been deleted: make one live instead."
            )
        trained_run(session, found.run_id)
        info = _info(
            rows.add(
                session,
                project_id,
                found.run_id,
                approver=approver,
                note=note,
                gate=found.gate,
                about=found.about,
                back_to=found.id,
            )
        )
    live_names.tell_server(store)
    return info


def take_off(store: Store, project_id: int) -> None:
    """Let nothing be live any more.

    Raises:
        WorkbenchError: nothing is.
    """
    with store.write() as session:
        if rows.live(session, project_id) is None:
            raise WorkbenchError("Nothing is live in this project.")
        rows.end(session, project_id)
    live_names.tell_server(store)


def _former(session: Session, found: Sequence[Release]) -> Release | None:
    """Going back undoes releases, the newest first; one that took up another is that one."""
    by_id = {row.id: row for row in found}
    present = next((row for row in found if row.ended_at is None), None)
    at = _root(by_id, present) if present else None
    for row in found:
        earlier = at is None or row.id < at.id
        if earlier and row.run_id and (present is None or _who(row) != _who(present)):
            return _root(by_id, row)
    return None


def _root(by_id: dict[int, Release], row: Release) -> Release:
    while row.back_to in by_id:
        row = by_id[row.back_to]
    return row


def _who(row: Release) -> tuple[int | None, str]:
    return row.run_id, rows.rung_of(row)


def _check_unchanged(gate: Gate, run: RunView, rung: str, present: Release | None) -> None:
    if present is not None and _who(present) == (run.id, rung):
        raise WorkbenchError(f"'{run.name}' is live already.")
    if gate.live_run_id is not None and (present is None or present.run_id != gate.live_run_id):
        raise WorkbenchError("Meanwhile another version went live: look at the gate once more.")


def _about(store: Store, run: RunView, rung: str) -> dict[str, Any]:
    """The run as it is now, for when it has another name or is gone."""
    exams = [info for info in evaluations.list_evaluations(store, run.id) if info.is_exam]
    scores = (exams[0].scores.get(rung or "tuned") or {}) if exams else {}
    return {
        "name": rung_in_place(rung, run.name),
        **({"rung": rung} if rung else {}),
        "task": run.task,
        "base_model": run.base_model,
        "dataset": run.dataset_name,
        "version": run.version_number,
        "score": headline(run.task, scores),
    }


def _checked(approver: str) -> str:
    name = names.typed(approver)
    if not name:
        raise WorkbenchError("Somebody has to approve it: type a name.")
    if len(name) > NAME_LIMIT:
        raise WorkbenchError(f"A name has at most {NAME_LIMIT} characters: shorten it.")
    return name


def _note(text: str) -> str:
    if len(text.strip()) > NOTE_LIMIT:
        raise WorkbenchError(f"A note or reason has at most {NOTE_LIMIT:,} characters: shorten it.")
    return text.strip()


def _info(row: Release) -> ReleaseInfo:
    return ReleaseInfo(
        id=row.id,
        project_id=row.project_id,
        run_id=row.run_id,
        run_name=str(row.about.get("name", "")),
        released_at=row.released_at,
        ended_at=row.ended_at,
        approver=row.approver,
        note=row.note,
        gate=dict(row.gate),
        about=dict(row.about),
        back_to=row.back_to,
    )
