"""A project whose model is real, though tiny: an encoder that was trained on thirty messages."""

import csv
import json
from pathlib import Path

from storage.database import Store
from storage.tables import Job, Run
from tests.helpers.encoders import LABELS, SUBJECTS, examples, make_encoder, make_job, split_data
from tests.helpers.engine_jobs import run
from tests.helpers.exams import Trained
from tests.helpers.made import add_model
from workbench.data import datasets
from workbench.jobs.process.specs import TrainSpec
from workbench.projects import projects

TRUE = dict(zip(SUBJECTS, LABELS, strict=True))
"""What a message is about, by its subject."""


def add_sorter(store: Store, folder: Path) -> Trained:
    """Train it in this process, and write it into the store as its worker would."""
    base = make_encoder(folder / "base")
    data = split_data(folder / "data.parquet", examples())
    job = make_job(folder / "job", base, data)
    result = run(job)
    assert result["status"] == "succeeded", result
    project_id = projects.create_project(store, "Messages")
    with (folder / "messages.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([("message", "about"), *examples()])
    saved = datasets.save_version(
        store,
        project_id=project_id,
        path=folder / "messages.csv",
        task="classification",
        mapping={"text": "message", "label": "about"},
        dataset_name="Messages",
    )
    spec = TrainSpec.from_dict({**_spec_of(job.spec), "run_id": 1})
    model_id = add_model(store, name="tiny")
    with store.write() as session:
        run_row = Run(
            project_id=project_id,
            dataset_version_id=saved.version_id,
            base_model_id=model_id,
            name="Run 1",
            recipe=spec.recipe.as_dict(),
            seed=42,
            result=result,
        )
        session.add(run_row)
        session.flush()
        session.add(
            Job(
                project_id=project_id,
                run_id=run_row.id,
                kind=TrainSpec.kind,
                title="Training of Run 1",
                spec=spec.as_row(),
                status="succeeded",
                attempt=1,
                result=result,
            )
        )
        return Trained(project_id, saved.version_id, run_row.id)


def _spec_of(path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(path.read_text())
    return found
