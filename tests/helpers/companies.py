"""Two companies in one installation: two full projects, and people who belong to one or none."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from storage import files
from storage.acting import EDITOR, OWNER, VIEWER
from storage.database import Store
from storage.tables import (
    ApiKey,
    BlindTest,
    Conversation,
    Dataset,
    DatasetVersion,
    Evaluation,
    Job,
    Membership,
    Message,
    MustPass,
    Person,
    Run,
    WatchedFile,
    now,
)
from tests.helpers import hostile_home, hostile_judge
from tests.helpers.strangers import World
from workbench.models import live_names
from workbench.use import served_models

MARK = "SECRET"
THEIRS, ELSEWHERE = 1, 2
OWNS, LOOKS, STRANGE, EDITS_ELSEWHERE = range(1, 5)
OF_THE_INSTALLATION = (
    "Model",
    "Model name",
    "Template",
    "Check",
    "Hub id",
    "Licence",
    "Language",
    "Purpose",
    "Lost model",
    "Lost purpose",
)
"""Fields of base models, which everybody sees."""


def fill(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[World]:
    """Fill the home; what arguments are made of, for each of the two projects."""
    for number, mark in ((THEIRS, MARK), (ELSEWHERE, "own")):
        folder = tmp_path / f"project {number}"
        folder.mkdir()
        (folder / "mails.csv").write_text("text,label\na,b\n")
        for module in (hostile_home, hostile_judge):
            monkeypatch.setattr(module, "nasty", _namer(mark))
        assert hostile_home.fill(store, folder).project_id == number
    with store.write() as session:
        for name in ("Olga", "Vic", "Sam", "Edi"):
            session.add(Person(email=f"{name}@example.com", name=name))
            session.flush()
        for project_id, person_id, role in (
            (THEIRS, OWNS, OWNER), (THEIRS, LOOKS, VIEWER), (ELSEWHERE, EDITS_ELSEWHERE, EDITOR),
        ):  # fmt: skip
            session.add(Membership(project_id=project_id, person_id=person_id, role=role))
        for project_id, mark in ((THEIRS, MARK), (ELSEWHERE, "own")):
            run_id = session.scalars(sa.select(Run.id).where(Run.project_id == project_id)).first()
            pairs = [{"row_id": 2, "question": mark, "mine": mark, "other": f"{mark}-2"}]
            test = BlindTest(project_id=project_id, run_id=run_id, asked={"pairs": pairs}, seed=1)
            test.token_hash, test.expires_at = mark, now() + timedelta(days=1)
            session.add_all(
                [test, ApiKey(name=mark, key_hash=mark, ends="x", project_id=project_id)]
            )
    (files.folder("logs") / "web.log").write_text(f"{MARK}-Log\n", "utf-8")
    (files.folder("backups") / f"{MARK}-backup.zip").write_bytes(b"")
    live_names.listing(store)
    served_models.refresh(store)
    return [
        World(store, numbers(store, project_id), tmp_path / f"project {project_id}")
        for project_id in (1, 2)
    ]


def _namer(mark: str) -> Any:
    def named(field: str) -> str:
        if field in OF_THE_INSTALLATION:
            return f"{field} of all {mark.lower()}"
        return f"{mark}-{re.sub('[^A-Za-z0-9]', '-', field)}"

    return named


def numbers(store: Store, project_id: int) -> dict[str, int]:
    """Parameter → the id of such a thing in the project."""
    with store.read() as session:

        def first(entity: Any, *where: Any) -> int:
            return (
                session.scalars(sa.select(entity.id).where(*where).order_by(entity.id)).first() or 0
            )

        run_id = first(Run, Run.project_id == project_id)
        dataset_id = first(Dataset, Dataset.project_id == project_id)
        version_id = first(DatasetVersion, DatasetVersion.dataset_id == dataset_id)
        evaluation_id = first(Evaluation, Evaluation.run_id == run_id)
        conversation_id = first(Conversation, Conversation.project_id == project_id)
        answers = (Message.conversation_id == conversation_id, Message.role == "assistant")
        jobs = Job.project_id == project_id
        return {
            "project_id": project_id, "run_id": run_id, "other_run_id": run_id,
            "dataset_id": dataset_id, "version_id": version_id, "dataset_version_id": version_id,
            "evaluation_id": evaluation_id, "new_id": evaluation_id, "old_id": evaluation_id,
            "conversation_id": conversation_id, "message_id": first(Message, *answers),
            "job_id": first(Job, jobs, Job.kind == "predict"),
            "sweep_id": first(Job, jobs, Job.kind == "sweep"),
            "test_id": first(BlindTest, BlindTest.project_id == project_id),
            "example_id": first(MustPass, MustPass.project_id == project_id),
            "file_id": first(WatchedFile), "model_id": 1, "base_model_id": 1, "person_id": OWNS,
            "invitation_id": 1, "sign_in_id": 1, "row_id": 2,
        }  # fmt: skip
