"""A home with a text in every field that would take effect, were it shown as Markdown or HTML."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from storage import files
from storage.database import Store
from storage.sweeps import trials
from storage.sweeps.trials import Place
from storage.tables import (
    FAILED,
    PAUSED,
    QUEUED,
    RUNNING,
    SUCCEEDED,
    BaseModel,
    Conversation,
    Dataset,
    DatasetVersion,
    Job,
    Message,
    Metric,
    MustPass,
    Project,
    Release,
    Run,
    Watch,
    WatchedFile,
    now,
)
from tests.fakes.looked import looked_through
from tests.helpers import exams, hostile_judge, made
from tests.helpers.folders import model_folder
from tests.helpers.hostile_texts import nasty
from workbench.core.recipe import Recipe
from workbench.core.tasks import COMPLETION
from workbench.data import changes, datasets, versions
from workbench.data.checkup import record
from workbench.data.checkup.finding import Finding, FlaggedRow
from workbench.data.edits.edit import Edit
from workbench.data.readers import ReadOptions
from workbench.jobs.process.specs import AddSpec, BaseModelRef, PredictSpec, SweepSpec
from workbench.models import catalogue
from workbench.models.trained import TrainedModel, write_trained
from workbench.projects import projects
from workbench.system import drafts
from workbench.use import conversations

ROWS = 45


@dataclass(frozen=True)
class Hostile:
    """What a test needs to know of the home."""

    project_id: int
    sorter_id: int
    """The run whose model sorts."""
    writer_id: int
    """The run whose model writes."""
    running_id: int
    """The run that learns."""
    failed_id: int
    conversation_id: int
    sweep_id: int
    table: Path
    """A file to bring."""


def fill(store: Store, folder: Path) -> Hostile:
    """Fill the home; files that were brought from elsewhere lie in `folder`."""
    project_id = projects.create_project(store, "Mails")
    table = _table(folder / f"{nasty('File').replace('/', '&#47;')[:200]}.csv")
    model_id = _model(store, folder)
    sorted_id = _dataset(store, project_id, table, "classification")
    written_id = _dataset(store, project_id, table, "completion")
    _checkup(store, written_id)
    _checkup(store, _changed(store, sorted_id))
    sorter_id = _run(store, folder, project_id, sorted_id, model_id, "classification")
    writer_id = _run(store, folder, project_id, written_id, model_id, "completion")
    running_id = made.add_run(
        store, project_id, sorted_id, model_id, status=RUNNING, name=nasty("Running run")
    )
    failed_id = made.add_run(
        store, project_id, sorted_id, model_id, status=FAILED, name=nasty("Failed run")
    )
    _jobs(store, project_id, running_id, failed_id)
    _answered(store, project_id, sorter_id, table)
    _live(store, project_id, sorter_id, ended=True)
    _live(store, project_id, writer_id)
    hostile_judge.add(store, writer_id)
    conversation_id = _conversation(store, project_id, writer_id)
    _name(store, project_id, model_id)
    log = files.folder("logs") / "web.log"
    log.write_text(nasty("Log") + "\n", "utf-8")
    sweep_id = _sweep(store, project_id, model_id, sorter_id)
    return Hostile(
        project_id, sorter_id, writer_id, running_id, failed_id, conversation_id, sweep_id, table
    )


def _sweep(store: Store, project_id: int, model_id: int, run_id: int) -> int:
    """One that failed after its first try."""
    spec = SweepSpec(
        task=COMPLETION.name, version_id=1, model_id=model_id, recipe=Recipe(), minutes=5.0, most=3
    )
    with store.write() as session:
        job = Job(
            project_id=project_id, kind=SweepSpec.kind, title=nasty("Sweep title"),
            spec=spec.as_row(), status=FAILED, reason=nasty("Sweep reason"),
        )  # fmt: skip
        session.add(job)
        session.flush()
        trials.add(session, Place(job.id, 0, {"lr_scheduler_type": "cosine"}), run_id)
        return job.id


def _table(path: Path) -> Path:
    names = ("Text column", "Label column", "Reply column", "Other column")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(map(nasty, names))
        for number in range(ROWS):
            label = f"Category {'ABC'[number % 3]}"
            cells = (f"Text {number}", label, f"Reply {number}", f"Other {number % 4}")
            writer.writerow(map(nasty, cells))
    return path


def _model(store: Store, folder: Path) -> int:
    """A model that was brought, whose chat template fails with a text of its own."""
    path = model_folder(folder / nasty("Model").replace("/", "&#47;")[:200])
    said = nasty("Template").replace("\\", "\\\\").replace('"', '\\"')
    (path / "chat_template.jinja").write_text(f'{{{{ raise_exception("{said}") }}}}', "utf-8")
    model_id = catalogue.add_folder(store, path)
    with store.write() as session:  # as if it had been tried
        job = session.query(Job).filter_by(kind=AddSpec.kind).order_by(Job.id.desc()).first()
        assert job is not None
        job.status, job.result = SUCCEEDED, {"checks": {"template": nasty("Check")}}
    return model_id


def _dataset(store: Store, project_id: int, path: Path, task: str) -> int:
    answer = {"classification": ("label", "Label"), "completion": ("response", "Reply")}[task]
    question = {"classification": "text", "completion": "prompt"}[task]
    saved = datasets.save_version(
        store,
        project_id=project_id,
        path=path,
        task=task,
        mapping={question: nasty("Text column"), answer[0]: nasty(f"{answer[1]} column")},
        dataset_name=task,
        source_name=nasty("Source"),
        options=ReadOptions(header_row=1),
    )
    return saved.version_id


def _changed(store: Store, version_id: int) -> int:
    """The next version, made by a change of a title of others' making."""
    edit = Edit(change={(4, "text"): nasty("Changed text")})
    return changes.apply_edit_here(store, version_id, edit, changes.EDIT, nasty("Change")).id


def _checkup(store: Store, version_id: int) -> None:
    version = versions.get_version(store, version_id)
    text = "text" if version.task == "classification" else "prompt"
    found = Finding(
        "duplicates",
        nasty("Finding"),
        nasty("Found"),
        nasty("Effect"),
        0.2,
        [
            FlaggedRow(2, 1, note=nasty("Note")),
            FlaggedRow(5, 1, drop=True, role=text, after=nasty("After"), note=nasty("Note")),
        ],
        nasty("Remove"),
        nasty("Mend"),
    )
    words = {label: [nasty("Word")] for label in version.labels}
    job = looked_through(store, version, found, notes=[nasty("Checkup note")], words=words)
    unsorted = {
        "row_id": [9000],
        "text": [nasty("Unsorted")],
        "labels": [[nasty("Category A"), nasty("Category B")]],
        "shares": [[0.5, 0.3]],
        "margin": [0.2],
    }
    pq.write_table(pa.table(unsorted), files.job_folder(job.id) / record.UNLABELLED)


def _run(
    store: Store, folder: Path, project_id: int, version_id: int, model_id: int, task: str
) -> int:
    """A run with a model that is trained by its looks, and an exam."""
    adapter = folder / f"adapter of {task}"
    adapter.mkdir()
    labels = tuple(nasty(f"Category {letter}") for letter in "ABC")
    sorts = task == "classification"
    write_trained(
        adapter,
        TrainedModel(
            task=task,
            family="causal",
            base=BaseModelRef(nasty("Base"), folder, "causal", ""),
            system=nasty("System prompt"),
            labels=labels if sorts else (),
        ),
    )
    name = "Sorter" if sorts else "Writer"
    run_id = made.add_run(
        store, project_id, version_id, model_id, name=nasty(name), adapter=str(adapter)
    )
    right = [nasty(f"Category {'ABC'[n % 3]}" if sorts else f"Right {n}") for n in range(30)]
    wrong = [nasty(f"Category {'BCA'[n % 3]}" if sorts else f"Wrong {n}") for n in range(30)]
    table = exams.answers(
        right,
        right[:20] + wrong[20:],
        base=wrong,
        baseline=right[:10] + wrong[10:],
        inputs=[nasty(f"Question {n}") for n in range(30)],
    )
    table["row_id"] = range(2, 32)
    scores: dict[str, Any] = exams.accuracies(table)
    if not sorts:
        scores = {
            who: {"exact_match": each["accuracy"], "chrf": 50.0} for who, each in scores.items()
        }
        for who, likeness in (("base", 10.0), ("tuned", 60.0)):
            table[f"chrf_{who}"] = likeness
    exams.add_exam(store, run_id, table, scores)
    exams.add_exam(store, run_id, table, scores, split=nasty("Own exam"))
    return run_id


def _jobs(store: Store, project_id: int, running_id: int, failed_id: int) -> None:
    said = {"message": nasty("Progress"), "phase": "training", "step": 1, "total_steps": 9}
    with store.write() as session:
        session.add(Metric(run_id=running_id, kind="train", step=1, values={"loss": 2.0}))
        for run_id, values in (
            (running_id, {"progress": said, "reason": nasty("Again"), "attempt": 2}),
            (failed_id, {"reason": nasty("Failure"), "finished_at": now(), "started_at": now()}),
        ):
            for job in session.query(Job).filter_by(run_id=run_id):
                job.started_at = now()
                for name, value in values.items():
                    setattr(job, name, value)
        for status, kind in ((QUEUED, "predict"), (PAUSED, "predict"), (FAILED, "predict")):
            job = Job(kind=kind, title=nasty(f"Job {status}"), spec={}, status=status)
            job.project_id, job.reason = project_id, nasty(f"Reason {status}")
            job.finished_at = now() if status == FAILED else None
            session.add(job)


def _answered(store: Store, project_id: int, run_id: int, table: Path) -> None:
    """A file that was not answered, one that is chosen, and a folder that is watched no more."""
    with table.open("rb") as stream:
        source = datasets.keep(stream, "table.csv")
    chosen = {"source": {"digest": source.digest, "name": nasty("Chosen file")}}
    drafts.save_draft(store, project_id, "answer-file", chosen)
    spec = PredictSpec(
        run_id=run_id,
        task="classification",
        data=table,
        base=BaseModelRef("tiny", table),
        recipe=Recipe(),
        source={"digest": source.digest, "name": nasty("Answered file")},
    )
    about = {"project_id": project_id, "folder": nasty("Watched folder"), "chosen": {}}
    with store.write() as session:
        job = Job(kind=spec.kind, title="Answers", spec=spec.as_row(), status=FAILED)
        job.project_id, job.run_id, job.reason = project_id, run_id, nasty("Reason answers")
        watch = Watch(**about, is_on=False, trouble=nasty("Watch trouble"))
        session.add_all([job, watch])
        session.flush()
        file = {"name": nasty("Watched file"), "out": nasty("Watched out"), "digest": "a"}
        why = {"state": "failed", "reason": nasty("Watched reason")}
        session.add(WatchedFile(watch_id=watch.id, **file, **why))


def _live(store: Store, project_id: int, run_id: int, *, ended: bool = False) -> None:
    release = Release(
        project_id=project_id,
        run_id=run_id,
        approver=nasty("Approver"),
        note=nasty("Live note"),
        gate={"passed": False, "checks": [], "overruled": nasty("Overruled")},
        about={"name": nasty("Live run")},
        ended_at=now() if ended else None,
    )
    example = MustPass(
        project_id=project_id,
        task="completion",
        question=nasty("Must question"),
        asked={"prompt": nasty("Must question")},
        expected=nasty("Must expected"),
        rule="contains",
    )
    with store.write() as session:
        session.add_all([release, example])


def _conversation(store: Store, project_id: int, run_id: int) -> int:
    details = {"expected": nasty("Expected")}
    opened, _ = conversations.start_conversation(store, project_id, run_id, nasty("Asked"), details)
    for model in (f"run-{run_id}", f"run-{run_id}:base"):
        told = {"title": nasty("Answerer"), "error": nasty("Answer error"), "tokens": 3}
        conversations.add_answer(store, opened, model, nasty(f"Answer of {model[4:]}"), told)
    more = {"title": nasty("Answerer"), "finish_reason": nasty("Finish")}
    conversations.add_question(store, opened, json.dumps({nasty("Key"): nasty("Value")}))
    conversations.add_answer(store, opened, f"run-{run_id}", json.dumps([nasty("Item")]), more)
    with store.write() as session:
        session.get_one(Conversation, opened).title = nasty("Conversation")
        for message in session.query(Message).filter_by(role="assistant", conversation_id=opened):
            message.correction = nasty("Correction")
    return opened


def _name(store: Store, project_id: int, model_id: int) -> None:
    """Names longer than what may be typed, as a backup can hold them."""
    with store.write() as session:
        project = session.get_one(Project, project_id)
        project.name, project.description = nasty("Project"), nasty("Description")
        project.base_model_id = model_id
        model = session.get_one(BaseModel, model_id)
        model.name = nasty("Model name")
        model.facts = {
            **model.facts,
            "licence": nasty("Licence"),
            "purpose": nasty("Purpose"),
            "languages": [nasty("Language")],
        }
        for dataset in session.query(Dataset):
            dataset.name = nasty(f"Dataset {dataset.name}")
        for version in session.query(DatasetVersion):
            found = {"title": nasty("Notice"), "text": nasty("Said"), "effect": nasty("So")}
            version.report = {**version.report, "findings": [{"level": "warning", **found}]}
        for job in session.query(Job).filter_by(kind="train"):
            job.title = nasty("Training")
        lost = BaseModel(name=nasty("Lost model"), source="hub", location=nasty("Hub id"))
        lost.kind, lost.facts = "causal", {"purpose": nasty("Lost purpose"), "path": "/nowhere"}
        session.add(lost)
        session.flush()
        for run in session.query(Run):
            run.result = {**run.result, "note": nasty("Result note")} if run.result else None
