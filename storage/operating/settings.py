"""Settings of the installation, by name."""

from typing import Any

from sqlalchemy.orm import Session

from storage.tables import PersonLimit, Setting


def get(session: Session, name: str) -> dict[str, Any]:
    """A setting's value; {} where it was never set."""
    row = session.get(Setting, name)
    return dict(row.value) if row is not None else {}


def put(session: Session, name: str, value: dict[str, Any]) -> None:
    """Set it; {} makes it as it comes."""
    row = session.get(Setting, name)
    if not value:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(Setting(name=name, value=value))
    else:
        row.value = value


def limit_of(session: Session, person_id: int) -> PersonLimit | None:
    """What this one person may take up; None for what everybody may."""
    return session.get(PersonLimit, person_id)


def set_limit(
    session: Session, person_id: int, limits: tuple[int | None, int | None] | None
) -> None:
    """Give one person limits of their own (jobs, disk in MB), or (None) those of everybody."""
    row = session.get(PersonLimit, person_id)
    if limits is None:
        if row is not None:
            session.delete(row)
        return
    if row is None:
        row = PersonLimit(person_id=person_id)
        session.add(row)
    row.jobs, row.disk_mb = limits
