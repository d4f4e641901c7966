"""A company's installation, made up: people with accounts, and projects as they are after some weeks.

Each project has two sets of data of its own, of several hundred rows each, a checkup, trained models
with their curves and exams, conversations, and in every second one a model that is live. Nothing is
trained for it: the adapters are folders without weights, which no page loads.
"""

import csv
import io
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from storage import files
from storage.acting import EDITOR, OWNER, REVIEWER, VIEWER
from storage.database import Store
from storage.tables import (
    SUCCEEDED,
    Evaluation,
    Job,
    Membership,
    Metric,
    Person,
    Release,
    Run,
    now,
)
from workbench.core.recipe import Recipe
from workbench.core.tasks import CLASSIFICATION, COMPLETION
from workbench.data import checkups, datasets, versions
from workbench.data.checkup import record
from workbench.data.checkup.finding import Finding, FlaggedRow
from workbench.jobs.process.specs import BaseModelRef, TrainSpec
from workbench.models import catalogue
from workbench.models.families import CAUSAL, ENCODER
from workbench.models.trained import TrainedModel, write_trained
from workbench.projects import projects, samples
from workbench.system.accounts import people, sign_ins
from workbench.system.accounts.sign_ins import Place
from workbench.use import conversations

PASSWORD = "violet anchor tuesday 7"
ADMINISTRATOR = "person0@company.example"
RUNS = 6
STEPS, CHECK_EVERY = 300, 10
_TALKS, _TURNS = 3, 4
_ROWS = (360, 1_200)
"""Examples of a project, at least and at most."""
_ROLES = (OWNER, EDITOR, EDITOR, REVIEWER, VIEWER, VIEWER)
"""Of a person, in one project after the other."""
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass(frozen=True)
class Known:
    """A project, and one of its trainings."""

    id: int
    run_id: int


@dataclass(frozen=True)
class Somebody:
    """A person who is signed in."""

    cookie: str
    """Its secret."""
    projects: tuple[Known, ...]
    administrator: bool = False
    owner: bool = False
    """Of some project."""


def settle(
    store: Store, people_there: int, projects_there: int, each: int, folder: Path
) -> list[Somebody]:
    """Fill an empty installation.

    Args:
        each: projects that a person belongs to; the first person is the administrator, and sees all.
        folder: for the models' folders.
    """
    known = [_project(store, number, folder) for number in range(projects_there)]
    persons = [
        people.add(
            store, f"person{number}@company.example", f"Person {number}", PASSWORD,
            administrator=number == 0,
        )
        for number in range(people_there)
    ]  # fmt: skip
    with store.write() as session:
        session.execute(sa.delete(Membership))  # the first person owns what was there before
        roles = {
            person_id: _memberships(known, number, each)
            for number, person_id in enumerate(persons[1:])
        }
        for person_id, found in roles.items():
            for project, role in found.items():
                session.add(Membership(project_id=project.id, person_id=person_id, role=role))
        found = [_signed_in(session, person_id) for person_id in persons]
    administrator = Somebody(found[0], tuple(known), administrator=True)
    return [administrator] + [
        Somebody(cookie, tuple(mine), owner=OWNER in mine.values())
        for cookie, mine in zip(found[1:], roles.values(), strict=True)
    ]


def _memberships(known: Sequence[Known], number: int, each: int) -> dict[Known, str]:
    return {known[(number + k) % len(known)]: _ROLES[k % len(_ROLES)] for k in range(each)}


def _signed_in(session: Any, person_id: int) -> str:
    return sign_ins.begin(session, session.get_one(Person, person_id), Place("", _BROWSER))


def _project(store: Store, number: int, folder: Path) -> Known:
    chance = random.Random(number)
    name, about = f"Mails of region {number + 1}", "Sorts e-mails to the shop and drafts replies."
    project_id = projects.create_project(store, name, about)
    table = folder / f"mails-{number}.csv"
    table.write_text(_mails(chance), "utf-8", newline="")
    models = {model.family: model.id for model in catalogue.list_models(store)}
    for dataset, task, mapping, family in (
        ("Replies", COMPLETION, {"prompt": "email", "response": "reply"}, CAUSAL.name),
        ("Categories", CLASSIFICATION, {"text": "email", "label": "category"}, ENCODER.name),
    ):
        saved = datasets.save_version(
            store, project_id=project_id, path=table, task=task.name, mapping=mapping,
            dataset_name=dataset,
        )  # fmt: skip
        version = versions.get_version(store, saved.version_id)
        _checked(store, version)
        model_id = models[family]
        for run in range(RUNS // 2):
            _run(
                store, project_id, version, model_id, family, f"{dataset} {run + 1}", chance, folder
            )
    projects.choose_model(store, project_id, model_id)
    with store.write() as session:
        run_ids = session.scalars(sa.select(Run.id).where(Run.project_id == project_id)).all()
        if number % 2 == 0:
            live = Release(project_id=project_id, run_id=run_ids[-1], approver="Person 1", gate={})
            live.about = {"name": "Categories 3"}
            session.add(live)
    _talk(store, project_id, run_ids[0])
    return Known(project_id, run_ids[-1])


def _mails(chance: random.Random) -> str:
    """The sample's e-mails, again and again, each with an order of its own."""
    with samples.FILE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    for number in range(chance.randint(*_ROWS)):
        row = chance.choice(rows)
        writer.writerow({**row, "email": f"{row['email']} (Order {number:05d})"})
    return out.getvalue()


def _checked(store: Store, version: versions.VersionInfo) -> None:
    """A checkup that has found copies."""
    job = checkups.start(store, version.id)
    folder = files.folder("jobs", str(job.id))
    ids = pq.read_table(version.path, columns=["row_id"])["row_id"].to_pylist()
    chance = random.Random(version.id)
    places = {
        "row_id": ids,
        "x": [chance.random() for _ in ids],
        "y": [chance.random() for _ in ids],
    }
    pq.write_table(pa.table(places), folder / record.MAP)
    copies = Finding(
        "duplicates", "40 rows are alike", "They say the same.", "It is learned by heart.", 0.1,
        [FlaggedRow(row, row // 2, drop=bool(row % 2)) for row in ids[:40]], "Take the copies out",
    )  # fmt: skip
    record.write(folder, 80, [copies], {"rows": version.rows})
    with store.write() as session:
        row = session.get_one(Job, job.id)
        row.status, row.attempt, row.started_at, row.finished_at = SUCCEEDED, 1, now(), now()


def _run(
    store: Store, project_id: int, version: versions.VersionInfo, model_id: int, family: str,
    name: str, chance: random.Random, folder: Path,
) -> None:  # fmt: skip
    """A training that went well, its curves and its exam."""
    adapter = folder / f"adapter-{project_id}-{name.replace(' ', '-')}"
    adapter.mkdir()
    base = BaseModelRef(family, folder, family, "")
    told = TrainedModel(task=version.task, family=family, base=base, labels=tuple(version.labels))
    write_trained(adapter, told)
    recipe = Recipe()
    spec = TrainSpec(task=version.task, data=version.path, system="", base=base, recipe=recipe)
    result = {
        "status": SUCCEEDED, "adapter": str(adapter), "seconds": 300.0, "steps": STEPS,
        "best_step": STEPS - CHECK_EVERY, "peak_memory_mb": 900,
    }  # fmt: skip
    table, scores = _exam(version, chance)
    stream = io.BytesIO()
    table.to_parquet(stream)
    stream.seek(0)
    digest = files.put(stream)
    with store.write() as session:
        run = Run(
            project_id=project_id, dataset_version_id=version.id, base_model_id=model_id,
            name=name, recipe=recipe.as_dict(), seed=42, result=result,
        )  # fmt: skip
        session.add(run)
        session.flush()
        job = Job(project_id=project_id, run_id=run.id, kind=spec.kind, title=f"Training of {name}")
        job.spec, job.status, job.attempt, job.result = spec.as_row(), SUCCEEDED, 1, result
        job.started_at = job.finished_at = now()
        exam = Evaluation(run_id=run.id, split="test", rows=len(table), scores=scores)
        exam.predictions_hash = digest
        session.add_all([job, exam, *_curve(run.id, chance)])


def _curve(run_id: int, chance: random.Random) -> Iterator[Metric]:
    for step in range(1, STEPS + 1):
        loss = 0.3 + 2 / (1 + step / 40) + chance.uniform(-0.05, 0.05)
        values = {"loss": loss, "learning_rate": 2e-4, "epoch": step / 100, "grad_norm": 1.0}
        yield Metric(run_id=run_id, kind="train", step=step, values=values)
        if step % CHECK_EVERY == 0:
            checked = {"loss": loss + 0.05}
            yield Metric(run_id=run_id, kind="validation", step=step, values=checked)


def _exam(
    version: versions.VersionInfo, chance: random.Random
) -> tuple[pd.DataFrame, Mapping[str, Any]]:
    """The answers to the version's own exam questions, most of the tuned model's right."""
    rows = [row for row in versions.read_examples(version).to_pylist() if row["split"] == "test"]
    sorts = bool(version.labels)
    question, answer = ("text", "label") if sorts else ("prompt", "response")
    right = [row[answer] for row in rows]
    table = pd.DataFrame(
        {"row_id": [row["row_id"] for row in rows], "input": [row[question] for row in rows]}
    )
    table["expected"] = right
    wrong = list(version.labels) if sorts else ["Thank you for your message."]
    for who, share in (("baseline", 0.3), ("base", 0.4), ("tuned", 0.85)):
        table[who] = [one if chance.random() < share else chance.choice(wrong) for one in right]
    if sorts:
        table["probability"] = [chance.uniform(0.5, 1) for _ in right]
    equal = {
        who: float((table[who] == table["expected"]).mean())
        for who in ("baseline", "base", "tuned")
    }
    if sorts:
        return table, {who: {"accuracy": share, "macro_f1": share} for who, share in equal.items()}
    for who in ("base", "tuned"):
        table[f"chrf_{who}"] = [100 * equal[who]] * len(table)
    return table, {who: {"exact_match": share, "chrf": 100 * share} for who, share in equal.items()}


def _talk(store: Store, project_id: int, run_id: int) -> None:
    for number in range(_TALKS):
        asked, model = f"Where is order {number}?", f"run-{run_id}"
        talk, _ = conversations.start_conversation(store, project_id, run_id, asked, {})
        for turn in range(_TURNS):
            conversations.add_answer(
                store, talk, model, f"It is on its way ({turn}).", {"tokens": 9}
            )
            conversations.add_question(store, talk, "And the one before?")
