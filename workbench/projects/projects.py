"""Projects: what a person wants to teach, from the first example to the finished model."""

import datetime as dt
from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from storage import leftovers, projects
from storage.database import Store
from storage.live import must_pass, releases
from storage.progress.facts import Facts
from storage.tables import Project, now
from workbench.core import names
from workbench.core.errors import WorkbenchError
from workbench.core.words import joined, plural
from workbench.jobs.kinds import KINDS, LISTED
from workbench.projects import steps
from workbench.projects.steps import Step
from workbench.system.drafts import save_draft

NAME_LIMIT = 80


@dataclass(frozen=True)
class ProjectView:
    """A project, as pages see it."""

    id: int
    name: str
    description: str
    is_sample: bool
    base_model_id: int | None
    archived_at: dt.datetime | None
    created_at: dt.datetime


@dataclass(frozen=True)
class ProjectCard:
    """A project on the home page: where it stands, its best result, and what comes next."""

    project: ProjectView
    steps: list[Step]
    best: str
    next: Step


def create_project(store: Store, name: str, description: str = "") -> int:
    """A new, empty project; its id.

    Raises:
        WorkbenchError: the name is empty, too long or taken.
    """
    with store.write() as session:
        name = _checked_name(session, name)
        return projects.add(session, name, description.strip()).id


def update_project(
    store: Store, project_id: int, *, name: str | None = None, description: str | None = None
) -> None:
    """Rename or describe a project; None leaves as it is."""
    with store.write() as session:
        project = _existing(session, project_id)
        if name is not None:
            project.name = _checked_name(session, name, project_id)
        if description is not None:
            project.description = description.strip()


def duplicate_project(store: Store, project_id: int) -> int:
    """A copy with the same data and model choice, without the trained models; its id."""
    with store.write() as session:
        source = _existing(session, project_id)
        copy = projects.add(
            session, _free_name(session, f"{source.name} (copy)"), source.description
        )
        copy.base_model_id = source.base_model_id
        projects.copy_data(session, source.id, copy.id)
        must_pass.copy(session, source.id, copy.id)
        return copy.id


def archive_project(store: Store, project_id: int) -> None:
    """Put a project away; nothing of it is lost."""
    with store.write() as session:
        _existing(session, project_id).archived_at = now()


def restore_project(store: Store, project_id: int) -> None:
    """Take a project out of the archive."""
    with store.write() as session:
        _existing(session, project_id).archived_at = None


def deletion_summary(store: Store, project_id: int) -> str:
    """What goes with the project: "2 datasets, 3 training runs and 1 release ('Run 1' is live)"."""
    with store.read() as session:
        _existing(session, project_id)
        owned = projects.counts(session, project_id)
        live = releases.live(session, project_id)
    parts = [
        plural(number, noun)
        for number, noun in (
            (owned.datasets, "dataset"),
            (owned.runs, "training run"),
            (owned.conversations, "conversation"),
            (owned.releases, "release"),
        )
        if number
    ]
    if live is not None:
        parts[-1] += f" ('{live.about['name']}' is live)"
    return joined(parts) or "nothing but its name"


def delete_project(store: Store, project_id: int) -> None:
    """Delete a project with all that belongs to it, files included.

    Raises:
        WorkbenchError: something of it is still being worked on.
    """
    with store.write() as session:
        project = _existing(session, project_id)
        if active := projects.active_jobs(session, project_id):
            raise WorkbenchError(
                f"'{project.name}' is still busy with {joined([job.title for job in active])}: "
                "cancel that or wait until it ends, then delete the project."
            )
        objects = leftovers.objects_of(session, project_id)
        leftovers.remove_job_folders(projects.job_ids(session, project_id))
        projects.delete(session, project)
        leftovers.remove_objects(session, objects)


def list_projects(store: Store, *, archived: bool = False) -> list[ProjectCard]:
    """The projects in use (or the archived ones), the newest first."""
    with store.read() as session:
        found = projects.listed(session, archived=archived)
        facts = steps.facts_of(session, [project.id for project in found])
        return [_card(project, facts[project.id]) for project in found]


def project_names(store: Store) -> dict[int, str]:
    """Id and name of every project in use, the newest first; for a picker."""
    return dict(store.known("names of projects", partial(_names, store)))


def _names(store: Store) -> dict[int, str]:
    with store.read() as session:
        return projects.names_in_use(session)


def project_named(store: Store, name: str) -> int:
    """The id of the project of this name, as people or as programs know it, whatever its case.

    Raises:
        WorkbenchError: there is none.
    """
    with store.read() as session:
        found = projects.named(session, name.strip()) or projects.known_as(session, name.strip())
        if found is not None:
            return found.id
    raise WorkbenchError(f"There is no project named '{name}': check the name on the home page.")


def get_project(store: Store, project_id: int) -> ProjectView:
    """The project of this id.

    Raises:
        WorkbenchError: there is none.
    """
    return store.known(("project", project_id), partial(_project, store, project_id))


def _project(store: Store, project_id: int) -> ProjectView:
    with store.read() as session:
        return _view(_existing(session, project_id))


def choose_model(store: Store, project_id: int, base_model_id: int) -> None:
    """Make this the base model that the project starts from."""
    with store.write() as session:
        _existing(session, project_id).base_model_id = base_model_id


def mark_evaluation_seen(store: Store, project_id: int) -> None:
    """Remember that somebody looked at the newest exam result: the step is done then."""
    facts = steps.known_facts(store, project_id)
    newest = max((exam.id for exam in facts.scored), default=0)
    if newest > facts.seen_evaluation_id:
        save_draft(store, project_id, "seen", {"evaluation_id": newest})


@dataclass(frozen=True)
class EndedJob:
    """A piece of work that has just ended, as a toast tells it."""

    ended_at: dt.datetime
    sentence: str
    lane: str
    """work, data or server: see `jobs.kinds.LANES`."""


def ended_since(store: Store, project_id: int, moment: dt.datetime) -> list[EndedJob]:
    """What ended in a project after a moment, in that order."""
    with store.read() as session:
        jobs = projects.finished_since(session, project_id, moment)
    return [
        EndedJob(job.finished_at, f"{job.title} {_ENDINGS[job.status]}", KINDS[job.kind].lane)
        for job in jobs
        if job.finished_at is not None and job.kind in LISTED
    ]


_ENDINGS = {
    "succeeded": "is finished.",
    "failed": "did not work out; its page says why.",
    "cancelled": "was cancelled.",
}


def _card(project: Project, facts: Facts) -> ProjectCard:
    derived = steps.derive(facts)
    return ProjectCard(_view(project), derived, steps.best_result(facts), steps.next_step(derived))


def _view(project: Project) -> ProjectView:
    return ProjectView(
        id=project.id,
        name=project.name,
        description=project.description,
        is_sample=project.is_sample,
        base_model_id=project.base_model_id,
        archived_at=project.archived_at,
        created_at=project.created_at,
    )


def _existing(session: Session, project_id: int) -> Project:
    project = projects.get(session, project_id)
    if project is None:
        raise WorkbenchError(
            f"There is no project {project_id} (any more): choose one on the home page."
        )
    return project


def _checked_name(session: Session, name: str, own_id: int | None = None) -> str:
    name = names.typed(name)
    if not name:
        raise WorkbenchError("The project has no name yet: type one, such as 'Customer e-mails'.")
    if len(name) > NAME_LIMIT:
        raise WorkbenchError(
            f"The name has {len(name)} characters, which is too long for a card: "
            f"shorten it to {NAME_LIMIT} and put the rest into the description."
        )
    other = projects.named(session, name)
    if other is not None and other.id != own_id:
        where = " in the archive" if other.archived_at else ""
        raise WorkbenchError(
            f"There is already a project named '{other.name}'{where}: choose another name."
        )
    if other is None and projects.is_taken(session, name):
        raise WorkbenchError(f"The name '{name}' is in use in this installation: choose another.")
    return name


def _free_name(session: Session, name: str) -> str:
    stem, number = name[: NAME_LIMIT - 4], 2
    candidate = name[:NAME_LIMIT]
    while projects.is_taken(session, candidate):
        candidate, number = f"{stem} {number}", number + 1
    return candidate
