"""A project with real examples, a trained run and an exam, written straight into the store."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from storage import files, jobs
from storage.database import Store
from storage.tables import Evaluation, Job, Run, now
from tests.helpers.made import add_model
from workbench.core.recipe import Recipe
from workbench.data import datasets
from workbench.jobs import record
from workbench.jobs.outcome import Ending, Outcome
from workbench.jobs.process.specs import BaseModelRef, TrainSpec
from workbench.projects import projects

LABELS = ("Delivery", "Refund", "Product question")
CATEGORIES = ["Delivery"] * 40 + ["Refund"] * 40 + ["Product question"] * 20


@dataclass(frozen=True)
class Trained:
    """What the tests need to know of a trained run."""

    project_id: int
    version_id: int
    run_id: int


def write_emails(path: Path, rows: int = 60) -> Path:
    """A table of e-mails with a category and a reply."""
    lines = ["email,category,reply"]
    for i in range(rows):
        lines.append(f"Where is parcel number {i}?,{LABELS[i % 3]},Parcel {i} is on its way.")
    path.write_text("\n".join(lines), "utf-8")
    return path


def add_trained(
    store: Store,
    folder: Path,
    *,
    task: str = "classification",
    kind: str = "encoder",
    status: str = "succeeded",
    project_id: int | None = None,
    name: str = "Run 1",
    **table: Any,
) -> Trained:
    """A project, its examples and a run whose model lies in a folder of its own.

    Args:
        table: what `write_emails` is told of the table.
    """
    if project_id is None:
        project_id = projects.create_project(store, "Mails")
    roles = {
        "classification": {"text": "email", "label": "category"},
        "completion": {"prompt": "email", "response": "reply"},
        "language-modelling": {"text": "reply"},
        "preferences": {"prompt": "email", "chosen": "reply", "rejected": "category"},
    }[task]
    saved = datasets.save_version(
        store,
        project_id=project_id,
        path=write_emails(folder / "emails.csv", **table),
        task=task,
        mapping=roles,
        dataset_name=f"E-mails for {task}",
    )
    model_id = add_model(store, name=f"tiny {kind} of {name}", kind=kind)
    run_id = _add_run(
        store, project_id, saved.version_id, model_id, folder, kind, status, name, task
    )
    return Trained(project_id, saved.version_id, run_id)


def _add_run(
    store: Store,
    project_id: int,
    version_id: int,
    model_id: int,
    folder: Path,
    kind: str,
    status: str,
    name: str,
    task: str,
) -> int:
    adapter = folder / f"adapter of {name}"
    adapter.mkdir()
    spec = TrainSpec(
        task=task,
        data=folder / "examples.parquet",
        system="Be kind.",
        base=BaseModelRef("tiny", Path("/models/tiny"), kind, "abc"),
        recipe=Recipe(),
    )
    result = {"status": status, "attempt": 1, "adapter": str(adapter), "scores": {}}
    with store.write() as session:
        run = Run(
            project_id=project_id,
            dataset_version_id=version_id,
            base_model_id=model_id,
            name=name,
            recipe=Recipe().as_dict(),
            seed=42,
            result=result,
        )
        session.add(run)
        session.flush()
        session.add(
            Job(
                project_id=project_id,
                run_id=run.id,
                kind="train",
                title=f"Training of {name}",
                spec=spec.as_row(),
                status=status,
                attempt=1,
                finished_at=now(),
                result=result,
            )
        )
        return run.id


def answers(
    expected: Sequence[str], tuned: Sequence[str], *, inputs: Sequence[str] = (), **others: Any
) -> pd.DataFrame:
    """Predictions as a trainer writes them; baseline and base are empty unless given."""
    rows = len(expected)
    return pd.DataFrame(
        {
            "row_id": range(2, rows + 2),
            "input": list(inputs) or [f"question {i}" for i in range(rows)],
            "expected": list(expected),
            "baseline": others.pop("baseline", [None] * rows),
            "base": others.pop("base", [None] * rows),
            "tuned": list(tuned),
            **others,
        }
    )


def put_table(table: pd.DataFrame) -> str:
    """Keep a table as a Parquet object; its sha256."""
    stream = io.BytesIO()
    table.to_parquet(stream)
    stream.seek(0)
    return files.put(stream)


def add_exam(
    store: Store,
    run_id: int,
    table: pd.DataFrame,
    scores: Mapping[str, Any],
    *,
    split: str = "test",
) -> int:
    """An evaluation with its answers; its id."""
    digest = put_table(table)
    with store.write() as session:
        evaluation = Evaluation(
            run_id=run_id,
            split=split,
            rows=len(table),
            scores=dict(scores),
            predictions_hash=digest,
        )
        session.add(evaluation)
        session.flush()
        return evaluation.id


def accuracies(table: pd.DataFrame) -> dict[str, Any]:
    """The scores of a classification exam, as far as there are answers."""
    return {
        who: {"accuracy": float((table[who] == table["expected"]).mean())}
        for who in ("baseline", "base", "tuned")
        if table[who].notna().any()
    }


def answer_queued(
    store: Store, folder: Path, status: str = "succeeded", kind: str = "predict", **columns: Any
) -> dict[str, Any]:
    """Do the queued prediction as a trainer would; its spec."""
    with store.write() as session:
        job = jobs.claim(session, [kind])
    assert job is not None
    asked = pd.read_parquet(job.spec["data"])
    out = folder / "predictions.parquet"
    told = {"output": "=Delivery", "probability": 0.75, **columns}
    asked.assign(**told).to_parquet(out)
    result = {"status": status, "attempt": 1, "rows": len(asked), "predictions": str(out)}
    reason = "" if status == "succeeded" else "The disk is full: free some space."
    record.record(store, job, Outcome(status, reason, result), Ending(0))
    return dict(job.spec)


def exam_of_categories(right: int, base: int, baseline: int) -> pd.DataFrame:
    """100 questions; of each model the first so many are right, the others called Refund."""

    def column(count: int) -> list[str]:
        wrong = ["Refund" if name != "Refund" else "Delivery" for name in CATEGORIES]
        return CATEGORIES[:count] + wrong[count:]

    sure = [0.9] * 100
    inputs = [f"mail {i} _about_ $money$" for i in range(100)]
    return answers(
        CATEGORIES,
        column(right),
        base=column(base),
        baseline=column(baseline),
        inputs=inputs,
        probability=sure,
    )


def add_scored(store: Store, folder: Path, right: int, base: int, baseline: int) -> Trained:
    trained = add_trained(store, folder)
    table = exam_of_categories(right, base, baseline)
    add_exam(store, trained.run_id, table, accuracies(table))
    return trained
