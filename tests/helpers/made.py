"""Rows that tests need, made in one line each."""

from typing import Any

from storage.database import Store
from storage.tables import BaseModel, Dataset, DatasetVersion, Evaluation, Job, Run
from workbench.core.recipe import Recipe


def end_job(store: Store, job_id: int | None, status: str = "succeeded", **result: Any) -> None:
    """The job has ended, as the worker would say it."""
    with store.write() as session:
        job = session.get_one(Job, job_id)
        job.status, job.result = status, result


def add_dataset(
    store: Store,
    project_id: int,
    *,
    name: str = "Categories",
    task: str = "classification",
    rows: int = 400,
) -> int:
    """A dataset with one version (without a file); the version's id."""
    with store.write() as session:
        dataset = Dataset(project_id=project_id, name=name)
        session.add(dataset)
        session.flush()
        version = DatasetVersion(
            dataset_id=dataset.id,
            number=1,
            task=task,
            content_hash="c" * 64,
            source_hash="d" * 64,
            source_name="mails.csv",
            mapping={"text": "email", "label": "category"},
            rows=rows,
            dropped=0,
            splits={"train": rows * 8 // 10, "validation": rows // 10, "test": rows // 10},
            split_seed=42,
            report={"labels": {"Delivery": rows // 2, "Refund": rows // 2}},
        )
        session.add(version)
        session.flush()
        return version.id


def add_model(store: Store, *, name: str = "tiny", kind: str = "encoder", **facts: Any) -> int:
    """A base model of the catalogue; its id."""
    with store.write() as session:
        known = {"parameters": 22_713_216, "size_bytes": 90_000_000, "licence": "Apache-2.0"}
        model = BaseModel(
            name=name, source="folder", location="/models/tiny", kind=kind, facts=known | facts
        )
        session.add(model)
        session.flush()
        return model.id


def add_run(
    store: Store,
    project_id: int,
    version_id: int,
    model_id: int,
    *,
    status: str = "succeeded",
    name: str = "Run",
    **result: Any,
) -> int:
    """A run with its job; one that succeeded has an adapter. The run's id."""
    done = {"status": status, "adapter": "/jobs/1/adapter", "seconds": 60.0} | result
    with store.write() as session:
        run = Run(
            project_id=project_id,
            dataset_version_id=version_id,
            base_model_id=model_id,
            name=name,
            recipe=Recipe().as_dict(),
            seed=42,
            result=done if status == "succeeded" else None,
        )
        session.add(run)
        session.flush()
        session.add(
            Job(
                project_id=project_id,
                run_id=run.id,
                kind="train",
                title=name,
                spec={},
                status=status,
                attempt=0 if status == "queued" else 1,
                result=done if status == "succeeded" else None,
            )
        )
        return run.id


def add_evaluation(
    store: Store, run_id: int, scores: dict[str, Any], *, split: str = "test"
) -> int:
    """Scores of a run; the evaluation's id."""
    with store.write() as session:
        evaluation = Evaluation(
            run_id=run_id, split=split, rows=40, scores=scores, predictions_hash="e" * 64
        )
        session.add(evaluation)
        session.flush()
        return evaluation.id
