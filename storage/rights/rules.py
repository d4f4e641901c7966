"""The rule of every table. One without a rule can be asked for nothing by anybody with an account."""

from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.acting import EDITOR, OWNER, REVIEWER, VIEWER
from storage.rights.rule import ADMINISTRATOR, ANYBODY, Rule, projects_of
from storage.rights.shared_jobs import SHARED


def _mine(entity: Any, person_id: Any) -> Any:
    return entity.person_id == person_id


def _myself(entity: Any, person_id: Any) -> Any:
    return entity.id == person_id


def _known(entity: Any, person_id: Any) -> Any:
    """Somebody with whom the person shares a project."""
    table = tables.Membership.__table__
    together = table.c.project_id.in_(projects_of(person_id, VIEWER))
    return entity.id.in_(sa.select(table.c.person_id).where(together))


def _plain_invitation(entity: Any, person_id: Any) -> Any:
    """An owner invites into the project, not among the administrators."""
    own = entity.project_id.in_(projects_of(person_id, OWNER))
    return sa.and_(own, entity.administrator.is_(sa.false()))


def _own_ticket(entity: Any, person_id: Any) -> Any:
    return sa.and_(
        entity.person_id == person_id, entity.project_id.in_(projects_of(person_id, EDITOR))
    )


def _log_of_own(entity: Any, person_id: Any) -> Any:
    """Owners see what is done in their projects."""
    return entity.project_id.in_(projects_of(person_id, OWNER))


def _of_no_project(entity: Any, person_id: Any) -> Any:
    return entity.project_id.is_(None)


def _job_of_all(entity: Any, person_id: Any) -> Any:
    return sa.and_(entity.project_id.is_(None), entity.kind.in_(SHARED.kinds))


def _own_job(entity: Any, person_id: Any) -> Any:
    """A job of no project is its person's; but only administrators change the base models."""
    mine = sa.and_(entity.person_id == person_id, entity.kind.not_in(SHARED.kinds))
    return sa.and_(entity.project_id.is_(None), mine)


def _server(entity: Any, person_id: Any) -> Any:
    """The model server is everybody's who may use models in some project."""
    uses = sa.exists(projects_of(person_id, EDITOR))
    return sa.and_(entity.project_id.is_(None), entity.kind.in_(SHARED.used_by_all), uses)


def _own_draft(entity: Any, person_id: Any) -> Any:
    seen = entity.project_id.in_(projects_of(person_id, VIEWER))
    return sa.and_(entity.person_id == person_id, seen)


_JOB = (EDITOR, _own_job, _server)

RULES: dict[type[tables.Base], Rule] = {
    tables.Project: Rule(
        "its name and description",
        by="id",
        add=ANYBODY,
        remove=OWNER,
        columns={"archived_at": OWNER},
    ),
    tables.Membership: Rule(
        "who belongs to it", by="project_id", add=OWNER, change=OWNER, remove=(OWNER, _mine)
    ),
    tables.Invitation: Rule(
        "who is invited", by="project_id", see=OWNER, add=_plain_invitation,
        change=_plain_invitation, remove=OWNER,
    ),
    tables.Person: Rule(
        "people's accounts", see=(_myself, _known), add=ADMINISTRATOR, change=_myself,
        remove=ADMINISTRATOR,
        columns=dict.fromkeys(("email", "administrator", "subject", "disabled_at"), ADMINISTRATOR),
    ),
    tables.SignIn: Rule(
        "where people are signed in", see=_mine, add=ADMINISTRATOR, change=_mine, remove=_mine
    ),
    tables.Draft: Rule(
        "what others have entered", see=_own_draft, add=_own_draft, change=_own_draft,
        remove=_own_draft,
    ),
    tables.BaseModel: Rule(
        "the base models", see=ANYBODY, add=ADMINISTRATOR, change=ADMINISTRATOR,
        remove=ADMINISTRATOR,
    ),
    tables.Dataset: Rule("its data", by="project_id"),
    tables.DatasetVersion: Rule("its data", by="dataset_id"),
    tables.Run: Rule("its trainings", by="project_id"),
    tables.Metric: Rule("its trainings", by="run_id"),
    tables.Trial: Rule("its trainings", by="sweep_job_id"),
    tables.Evaluation: Rule("its exams", by="run_id"),
    tables.Job: Rule(
        "what is worked on", by="project_id", see=(VIEWER, _own_job, _job_of_all),
        add=_JOB, change=_JOB, remove=_JOB,
    ),
    tables.JobAttempt: Rule("what is worked on", by="job_id"),
    tables.OwnRating: Rule(
        "what people say of its answers", by="run_id", add=REVIEWER, change=REVIEWER,
        remove=REVIEWER,
    ),
    tables.BlindTest: Rule(
        "its blind tests", by="project_id",
        columns={"state": REVIEWER, "ended_at": REVIEWER},
    ),
    tables.Vote: Rule(
        "what people say of its answers", by="blind_test_id", add=REVIEWER, change=REVIEWER
    ),
    tables.Release: Rule(
        "what is live", by="project_id", add=REVIEWER, change=ADMINISTRATOR,
        remove=ADMINISTRATOR, columns={"ended_at": REVIEWER},
    ),
    tables.MustPass: Rule("what must come out right", by="project_id"),
    tables.Conversation: Rule("its conversations", by="project_id"),
    tables.Message: Rule(
        "its conversations", by="conversation_id",
        columns={"rating": REVIEWER, "correction": REVIEWER},
    ),
    tables.Watch: Rule("its watched folder", by="project_id"),
    tables.WatchedFile: Rule("its watched folder", by="watch_id"),
    tables.UploadTicket: Rule(
        "its files on their way", by="project_id", see=_mine, add=_own_ticket, change=_mine,
        remove=_mine,
    ),
    tables.DownloadTicket: Rule(
        "its files on their way", see=_mine, add=_mine, change=_mine, remove=_mine
    ),
    tables.SignInFailure: Rule(
        "who failed to sign in", see=ADMINISTRATOR, add=ADMINISTRATOR, change=ADMINISTRATOR,
        remove=ADMINISTRATOR,
    ),
    tables.AuditLine: Rule(
        "the audit log", see=_log_of_own, add=ADMINISTRATOR, change=ADMINISTRATOR,
        remove=ADMINISTRATOR,
    ),
    tables.Setting: Rule(
        "the settings of the installation", see=ANYBODY, add=ADMINISTRATOR, change=ADMINISTRATOR,
        remove=ADMINISTRATOR,
    ),
    tables.PersonLimit: Rule(
        "what people may take up", see=_mine, add=ADMINISTRATOR, change=ADMINISTRATOR,
        remove=ADMINISTRATOR,
    ),
    tables.ApiKey: Rule("its keys for programs", by="project_id", see=(VIEWER, _of_no_project)),
}  # fmt: skip
