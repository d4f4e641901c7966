"""Instructions that were tried, without a model."""

from pathlib import Path
from typing import Any

import pandas as pd

from storage import jobs
from storage.database import Store
from tests.helpers.exams import write_emails
from workbench.data import datasets
from workbench.data.versions import VersionInfo, get_version
from workbench.jobs import record
from workbench.jobs.outcome import Ending, Outcome
from workbench.jobs.process.specs import PromptSpec
from workbench.models import catalogue

SMOLLM2 = "SmolLM2-135M-Instruct"


def sorted_emails(store: Store, project_id: int, folder: Path, *, rows: int) -> VersionInfo:
    """So many e-mails with their categories, a tenth of them for the exam."""
    saved = datasets.save_version(
        store,
        project_id=project_id,
        path=write_emails(folder / "emails.csv", rows=rows),
        task="classification",
        mapping={"text": "email", "label": "category"},
        dataset_name="E-mails",
    )
    return get_version(store, saved.version_id)


def writer_of(store: Store) -> int:
    """The bundled model that writes; its id."""
    return next(m.id for m in catalogue.list_models(store) if m.name == SMOLLM2)


def finish_trial(store: Store, folder: Path, right: float) -> None:
    """The queued trial is done: so great a share of the answers is right."""
    with store.write() as session:
        job = jobs.claim(session, ["prompt-trial"])
    assert job is not None
    spec = PromptSpec.from_dict(job.spec)
    asked = pd.read_parquet(spec.data)
    wanted = asked["label"].tolist()
    wrong = round((1 - right) * len(wanted))
    given = ["Nonsense"] * wrong + wanted[wrong:]
    path = folder / "made.parquet"
    table = {
        "row_id": asked["row_id"],
        "input": asked["text"],
        "expected": wanted,
        "prompt": given,
        "frequent": ["Delivery"] * len(wanted),
    }
    pd.DataFrame(table).to_parquet(path)
    scores = {
        "prompt": {"accuracy": 1 - wrong / len(wanted)},
        "frequent": {"accuracy": wanted.count("Delivery") / len(wanted)},
    }
    result: dict[str, Any] = {
        "status": "succeeded",
        "attempt": 1,
        "rows": len(wanted),
        "scores": scores,
        "answer_seconds": {"prompt": 0.5},
        "predictions": str(path),
    }
    record.record(store, job, Outcome("succeeded", "", result), Ending(0))
