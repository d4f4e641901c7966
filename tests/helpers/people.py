"""Two projects of two people who know nothing of each other, with a row of every table in each."""

from typing import Any

import sqlalchemy as sa

from storage.acting import EDITOR, OWNER, REVIEWER, VIEWER, Acting
from storage.database import Store
from storage.tables import Base, BaseModel, Membership, Person, Project, UtcDateTime, now

MARK = "SECRET-OF-MAILS"
"""In every text of the first project."""
OTHERS = "of bills"
MAILS, BILLS = 1, 2
OWNER_OF, EDITOR_OF, REVIEWER_OF, VIEWER_OF, STRANGER, ROOT = range(1, 7)
"""Four members of the first project, the owner of the second one, and an administrator."""
NAMES = ("Olga", "Edi", "Rita", "Vic", "Sam", "Root")
IN_MAILS = {OWNER: OWNER_OF, EDITOR: EDITOR_OF, REVIEWER: REVIEWER_OF, VIEWER: VIEWER_OF}


def person(number: int) -> Acting:
    """One of the six, signed in."""
    return Acting(number, NAMES[number - 1], administrator=number == ROOT)


def settle(store: Store) -> None:
    """Give everybody an account, and make the two projects."""
    with store.write() as session:
        for number, name in enumerate(NAMES, start=1):
            row = Person(email=f"{name.lower()}@example.com", name=name)
            row.administrator = number == ROOT
            session.add(row)
            session.flush()
        session.add(
            BaseModel(name="base", source="hub", location="x/base", kind="causal", facts={})
        )
        session.flush()
        for text in (MARK, OTHERS):
            session.add(
                Project(name=f"project {text}", description=text, drafts={"prices": {"of": text}})
            )
            session.flush()
        for role, number in IN_MAILS.items():
            session.add(Membership(project_id=MAILS, person_id=number, role=role))
        session.add(Membership(project_id=BILLS, person_id=STRANGER, role=OWNER))


def fill(store: Store) -> None:
    """A row of every table in each project (after `settle`); its id is the project's."""
    with store.write() as session:
        for table in Base.metadata.sorted_tables:
            if table.name not in _SETTLED:
                for project_id in (MAILS, BILLS):
                    session.execute(table.insert(), values(table, project_id))


_SETTLED = ("persons", "projects", "memberships", "base_models")
_OWNERS = {MAILS: OWNER_OF, BILLS: STRANGER}
_SPECIAL = {"kind": "train", "status": "succeeded", "state": "open", "role": "viewer", "choice": 1}


def values(table: Any, project_id: int) -> dict[str, Any]:
    """Values of a row of the project, every text of it marked."""
    text = MARK if project_id == MAILS else OTHERS
    return {
        column.name: _value(table, column, project_id, text)
        for column in table.columns
        if column.name != "id" and not column.name.endswith("_requested_at")
    }


def _value(table: Any, column: Any, project_id: int, text: str) -> Any:
    if column.foreign_keys or column.name in ("person_id", "run_id", "job_id"):
        people = column.name in ("person_id", "invited_by")
        models = column.name == "base_model_id"
        return _OWNERS[project_id] if people else 1 if models else project_id
    if column.name in _SPECIAL:
        return _SPECIAL[column.name]
    if isinstance(column.type, sa.JSON):
        return {"text": text}
    if isinstance(column.type, UtcDateTime):
        return None if column.nullable else now()
    kind = column.type.python_type
    return text if kind is str else kind(project_id if kind is int else 0)
