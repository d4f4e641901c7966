"""What was entered on a page and not saved yet, so that a refresh or a restart loses nothing."""

import copy
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from storage import projects
from storage.database import Store
from storage.entered import drafts
from storage.tables import Project
from workbench.core.errors import WorkbenchError


def get_draft(store: Store, project_id: int, page: str) -> dict[str, Any]:
    """What was entered on a page but not saved yet; {} when nothing was.

    Raises:
        WorkbenchError: there is no such project.
    """
    return copy.deepcopy(_known(store, project_id, page))  # pages change what they are given


def _known(store: Store, project_id: int, page: str) -> dict[str, Any]:
    return store.known(("draft", project_id, page), partial(_draft, store, project_id, page))


def _draft(store: Store, project_id: int, page: str) -> dict[str, Any]:
    with store.read() as session:
        return drafts.get(session, _project(session, project_id), page)


def save_draft(store: Store, project_id: int, page: str, values: dict[str, Any]) -> None:
    """Keep what was entered on a page; plain values only.

    Pages save whatever they show, so mostly nothing has changed: then nobody has to wait for a turn to
    write.

    Raises:
        WorkbenchError: there is no such project.
    """
    if _known(store, project_id, page) == values:
        return
    with store.write() as session:
        project = _project(session, project_id)
        if drafts.get(session, project, page) != values:
            drafts.put(session, project, page, values)


def _project(session: Session, project_id: int) -> Project:
    project = projects.get(session, project_id)
    if project is None:
        raise WorkbenchError(
            f"There is no project {project_id} (any more): choose one on the home page."
        )
    return project
