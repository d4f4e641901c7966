"""Names that programs ask by and that follow a project's release: `mails:live`.

A project's part of the name is made of its own name when it is first needed, and stays. The list is
told the model server in a file, at once with each release.
"""

import logging
import re
import unicodedata

from sqlalchemy.orm import Session

from storage import files, projects
from storage.database import Store
from storage.live import releases
from storage.tables import Project, Release
from workbench.jobs.process.job_dir import read_json, write_json
from workbench.jobs.process.serve_files import LIVE, LiveName
from workbench.models.served import RUN, in_place_of

SUFFIX = ":live"
_LONGEST = 40
_TAKEN = re.compile(r"run-\d+|base|project-\d+")
"""Names that mean something else where a model is named."""
_log = logging.getLogger(__name__)


def listing(store: Store) -> list[LiveName]:
    """The live names of all projects in use, in the order of their making."""
    found = _in_use(store)
    if not all(project.api_name for project, _ in found):
        _name_all(store.acting_as(None))  # a name is given once, whoever looks first
        found = _in_use(store)
    return [_live_name(project, live) for project, live in found if project.api_name]


def _in_use(store: Store) -> list[tuple[Project, Release | None]]:
    """Projects with what is live in them, in the order of their making."""
    with store.read() as session:
        live = releases.all_live(session)
        found = sorted(projects.listed(session, archived=False), key=lambda one: one.id)
    return [(project, live.get(project.id)) for project in found]


def of_project(store: Store, project_id: int) -> LiveName | None:
    """The live name of a project in use; None for another."""
    return next((one for one in listing(store) if one.project_id == project_id), None)


def tell_server(store: Store) -> None:
    """Bring the file up to date, if something changed.

    A disk that takes nothing is no reason to refuse a release: the next look at the list repairs it.
    """
    items = [one.as_dict() for one in listing(store.acting_as(None))]
    path = files.folder("serve") / LIVE
    try:
        if read_json(path) != items:
            write_json(path, items)
    except OSError:
        _log.warning("the list of what is live could not be written", exc_info=True)


def name_in_programs(name: str) -> str:
    """A project's name in lower case, of a to z, digits and hyphens; may be empty."""
    told = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    kept = "".join(sign for sign in told if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "-", kept).strip("-")[:_LONGEST].strip("-")


def _name_all(store: Store) -> None:
    """Name those projects that have none yet."""
    with store.read() as session:
        if all(projects.api_names(session).values()):
            return
    with store.write() as session:
        known = projects.api_names(session)
        for project_id in sorted(one for one, name in known.items() if not name):
            known[project_id] = _name(session, project_id, {*known.values()})


def _name(session: Session, project_id: int, taken: set[str | None]) -> str | None:
    project = projects.get(session, project_id)
    if project is None:
        return None
    name = name_in_programs(project.name)
    wanted = [] if _TAKEN.fullmatch(name) or not name else [name, f"{name}-{project_id}"]
    project.api_name = next((one for one in wanted if one not in taken), f"project-{project_id}")
    return project.api_name


def _live_name(project: Project, live: Release | None) -> LiveName:
    run_id, rung = (live.run_id, releases.rung_of(live)) if live else (None, "")
    return LiveName(
        id=f"{project.api_name}{SUFFIX}",
        project=project.name,
        project_id=project.id,
        model=in_place_of(f"{RUN}{run_id}", rung) if run_id else "",
    )
