"""Files that nothing refers to any more: what stays behind when a project is deleted."""

import json
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import files
from storage.rights.lift import lifted
from storage.tables import (
    Conversation,
    Dataset,
    DatasetVersion,
    Draft,
    Evaluation,
    Job,
    Message,
    Project,
    Run,
)

_DIGEST = re.compile(r"[0-9a-f]{64}")
_GRACE_S = 60
"""An object this young may be about to get its row from another process."""


def remove_job_folders(job_ids: Iterable[int]) -> None:
    """Delete the folders of these jobs, checkpoints and all."""
    for job_id in job_ids:
        shutil.rmtree(files.job_folder(job_id), ignore_errors=True)


def remove_objects(session: Session, digests: Iterable[str]) -> int:
    """Delete those of the objects that nothing refers to; the number of bytes that this frees."""
    wanted = referenced(session)
    return sum(_remove(digest) for digest in set(digests) - wanted)


def objects_of(session: Session, project_id: int) -> set[str]:
    """The objects that this project refers to."""
    versions = (
        sa.select(DatasetVersion.content_hash, DatasetVersion.source_hash, DatasetVersion.mapping)
        .join(Dataset)
        .where(Dataset.project_id == project_id)
    )
    evaluations = (
        sa.select(Evaluation.predictions_hash).join(Run).where(Run.project_id == project_id)
    )
    jobs = sa.select(Job.spec, Job.result).where(Job.project_id == project_id)
    messages = (
        sa.select(Message.details).join(Conversation).where(Conversation.project_id == project_id)
    )
    found = _digests(session, versions, evaluations, jobs, messages)
    return set(found) | drafted(session, project_id)


def drafted(session: Session, project_id: int) -> set[str]:
    """The objects that a project's drafts name, whoever entered them."""
    own = sa.select(Project.drafts).where(Project.id == project_id)
    people = sa.select(Draft.values).where(Draft.project_id == project_id)
    with lifted(session):
        return set(_digests(session, own, people))


def referenced(session: Session) -> set[str]:
    """Every object that some row refers to, in a column of its own or inside JSON.

    Rows that the asking person does not see need theirs, too.
    """
    queries = (
        sa.select(DatasetVersion.content_hash, DatasetVersion.source_hash, DatasetVersion.mapping),
        sa.select(Evaluation.predictions_hash),
        sa.select(Job.spec, Job.result),
        sa.select(Project.drafts),
        sa.select(Draft.values),
        sa.select(Message.details),
    )
    with lifted(session):
        return set(_digests(session, *queries))


def _digests(session: Session, *queries: sa.Select[Any]) -> Iterator[str]:
    for query in queries:
        for row in session.execute(query):
            yield from _DIGEST.findall(json.dumps(list(row), default=str))


def _remove(digest: str) -> int:
    path = files.object_path(digest)
    if not path.is_file() or time.time() - path.stat().st_mtime < _GRACE_S:
        return 0
    size = path.stat().st_size
    path.unlink(missing_ok=True)
    return size
