"""Who asks for something: a person with an account, or the workbench itself.

`store.acting_as(acting)` gives a store whose sessions carry it (`of(session)`); what it may see and
change is checked there, below every service, so that none can forget to ask.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

OWNER, EDITOR, REVIEWER, VIEWER = "owner", "editor", "reviewer", "viewer"
ROLES = (VIEWER, REVIEWER, EDITOR, OWNER)
"""What a person may be in a project; each may do what those before it may.

A viewer sees; a reviewer rates, takes blind tests and approves releases; an editor changes data,
trains and uses; an owner decides who belongs to the project, and may delete it.
"""
PAGE, ROUTE, CONSOLE, API = "page", "route", "console", "api"

NOBODY_ID = 0
_KEY = "workbench.acting"


@dataclass(frozen=True)
class Acting:
    """A person as long as a page's run, a request or a command lasts."""

    person_id: int
    name: str
    administrator: bool = False
    """Of the installation: sees and changes every project."""
    via: str = PAGE
    """page, route, console or api."""
    address: str = ""
    """Of the machine that they ask from, where it is known."""
    request_id: str = ""


NOBODY = Acting(NOBODY_ID, "nobody")
"""Who asks where people have accounts and nobody is signed in: everything is refused to them."""


def of(session: Session) -> Acting | None:
    """Who the session acts for; None for the workbench itself (one's own computer, the worker)."""
    acting = session.info.get(_KEY)
    return acting if isinstance(acting, Acting) else None


def note(acting: Acting | None) -> dict[str, Acting]:
    """What a session is made with, to act for somebody."""
    return {} if acting is None else {_KEY: acting}
