"""Office hours as a setting of the installation: trainings stand still in them."""

import datetime as dt

from sqlalchemy.orm import Session

from storage.database import Store
from storage.operating import settings
from storage.tables import now
from workbench.core.errors import WorkbenchError
from workbench.core.hours.office_hours import OfficeHours
from workbench.jobs.kinds import KINDS

NAME = "office_hours"
HELD = frozenset(kind.name for kind in KINDS.values() if kind.learns)
"""The kinds of jobs that stand still."""


def hours(store: Store) -> OfficeHours | None:
    """When trainings stand still; None for never."""
    with store.read() as session:
        return hours_in(session)


def hours_in(session: Session) -> OfficeHours | None:
    """The same, within a session."""
    return OfficeHours.read(settings.get(session, NAME))


def held_in(session: Session, job_kind: str) -> dt.datetime | None:
    """Until when jobs of this kind stand still now; None if they do not."""
    if job_kind not in HELD:
        return None
    try:
        found = hours_in(session)
    except WorkbenchError:
        return None  # the worker holds nothing either, and its log says why
    return found.holds_until(now()) if found is not None else None


def change(store: Store, wanted: OfficeHours | None) -> None:
    """Set them, or (None) let trainings run at any time.

    Raises:
        WorkbenchError: who asks is no administrator.
    """
    if store.acting is not None and not store.acting.administrator:
        raise WorkbenchError("Only an administrator can change office hours: ask one of them.")
    with store.write() as session:
        settings.put(session, NAME, wanted.as_dict() if wanted is not None else {})


def held_until(store: Store, at: dt.datetime | None = None) -> dt.datetime | None:
    """Until when trainings stand still now; None while they may run."""
    found = hours(store)
    return found.holds_until(at or now()) if found is not None else None
