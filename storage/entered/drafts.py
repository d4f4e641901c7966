"""What was entered on a project's pages and not saved yet; with accounts, each person's own."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import acting
from storage.rights.lift import lifted
from storage.tables import Draft, Project

OF_ALL = ("gate", "price", "prices")
"""Kept like drafts, but settings of the project, which all of its members see."""


def get(session: Session, project: Project, page: str) -> dict[str, Any]:
    """What was entered on a page; {} when nothing was."""
    if (person_id := _whose(session, page)) is None:
        return dict((project.drafts or {}).get(page, {}))
    draft = session.scalar(_own(project.id, person_id, page))
    return dict(draft.values) if draft else {}


def of_page(session: Session, ids: Sequence[int], page: str) -> Mapping[int, dict[str, Any]]:
    """Project → what was entered on this page of it, where anything was."""
    if (person_id := _whose(session, page)) is None:
        query = sa.select(Project.id, Project.drafts).where(Project.id.in_(ids))
        return {id_: dict((all_of or {}).get(page, {})) for id_, all_of in session.execute(query)}
    mine = (Draft.project_id.in_(ids), Draft.person_id == person_id, Draft.page == page)
    found = session.scalars(sa.select(Draft).where(*mine))
    return {draft.project_id: dict(draft.values) for draft in found}


def put(session: Session, project: Project, page: str, values: dict[str, Any]) -> None:
    """Keep what was entered on a page."""
    if (person_id := _whose(session, page)) is None:
        # Assigned anew, so that the change is seen.
        project.drafts = {**(project.drafts or {}), page: values}
    elif (draft := session.scalar(_own(project.id, person_id, page))) is not None:
        draft.values = values
    else:
        row = Draft(project_id=project.id, person_id=person_id, page=page, values=values)
        session.add(row)
    session.flush()


def forget(session: Session, project: Project, page: str) -> None:
    """Throw away what anybody has entered on a page."""
    if page in (project.drafts or {}):
        project.drafts = {name: kept for name, kept in project.drafts.items() if name != page}
    with lifted(session):
        all_of_page = (Draft.project_id == project.id, Draft.page == page)
        session.execute(sa.delete(Draft).where(*all_of_page))


def give(session: Session, person_id: int) -> None:
    """Make what was entered while nobody had an account a person's own."""
    for project in session.scalars(sa.select(Project)):
        hand_over(session, project, person_id)
    session.flush()


def of_person(session: Session, project_id: int, person_id: int) -> dict[str, Any]:
    """Page → what a person has entered there."""
    mine = (Draft.project_id == project_id, Draft.person_id == person_id)
    return {
        draft.page: dict(draft.values) for draft in session.scalars(sa.select(Draft).where(*mine))
    }


def hand_over(session: Session, project: Project, person_id: int) -> None:
    """Make what is entered in a project a person's own, but for what all of its members see."""
    for page, values in (project.drafts or {}).items():
        if page not in OF_ALL:
            draft = Draft(project_id=project.id, person_id=person_id, page=page, values=values)
            session.add(draft)
    kept = {page: values for page, values in (project.drafts or {}).items() if page in OF_ALL}
    project.drafts = kept


def _own(project_id: int, person_id: int, page: str) -> sa.Select[Draft]:
    mine = (Draft.project_id == project_id, Draft.person_id == person_id, Draft.page == page)
    return sa.select(Draft).where(*mine)


def _whose(session: Session, page: str) -> int | None:
    """The person whose draft of a page it is; None for the project's."""
    who = acting.of(session)
    return None if who is None or page in OF_ALL else who.person_id
