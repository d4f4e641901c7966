"""The five steps of a project, and where it stands in them."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from storage.database import Store
from storage.progress import facts as progress
from storage.progress.facts import Facts
from storage.tables import ACTIVE, PAUSED, QUEUED
from workbench.core.errors import WorkbenchError
from workbench.core.metrics import headline, is_better, main_score
from workbench.core.tasks.descriptions import descriptions_in
from workbench.core.words import plural
from workbench.jobs.process.specs import EvaluateSpec, PredictSpec, TrainSpec

NAMES = ("Data", "Model", "Train", "Evaluate", "Use")
ACTIONS = {
    "Data": "Add your examples",
    "Model": "Choose a model",
    "Train": "Train the model",
    "Evaluate": "See how good it is",
    "Use": "Try it out",
}
"""What to do in a step, as a button says it."""


@dataclass(frozen=True)
class Step:
    """One step of a project."""

    name: str
    state: str
    """done, next, running, blocked or open (can be done, but another one comes first)."""
    detail: str
    """One sentence: what was done, what to do, or what it waits for."""
    word: str
    """The state in a word or two: done, next, running, waiting, needs data, later."""


def steps_of(store: Store, project_id: int) -> list[Step]:
    """The five steps of the project, in order; at most one of them is `next`.

    Raises:
        WorkbenchError: there is no such project.
    """
    return derive(known_facts(store, project_id))


def known_facts(store: Store, project_id: int) -> Facts:
    """What the steps of the project follow from; a page asks several times.

    Raises:
        WorkbenchError: there is no such project.
    """
    return store.known(("facts", project_id), partial(_facts, store, project_id))


def _facts(store: Store, project_id: int) -> Facts:
    with store.read() as session:
        found = facts_of(session, [project_id]).get(project_id)
    if found is None:
        raise WorkbenchError(f"There is no project {project_id}: choose one on the home page.")
    return found


def facts_of(session: Session, ids: Sequence[int]) -> dict[int, Facts]:
    """What the steps of projects follow from, by their numbers."""
    return progress.of(session, ids, PredictSpec.kind)


def derive(facts: Facts) -> list[Step]:
    """The steps that follow from the facts."""
    drafts = [_data(facts), _model(facts), _train(facts), _evaluate(facts), _use(facts)]
    found = any(step.state == "running" for step in drafts)
    steps = []
    for step in drafts:
        if step.state == "open" and not found:
            step = dataclasses.replace(step, state="next", word="next")
            found = True
        steps.append(step)
    return steps


def next_step(steps: list[Step]) -> Step:
    """The step to go to: the one that works, else the next one, else the last."""
    for state in ("running", "next"):
        for step in steps:
            if step.state == state:
                return step
    return steps[-1]


def action(step: Step) -> str:
    """What a button that leads to the step says."""
    return (
        "Watch it learn" if step.name == "Train" and step.state == "running" else ACTIONS[step.name]
    )


def best_result(facts: Facts) -> str:
    """The best exam result as a headline, for the task scored last; empty before the first."""
    exams = [(e.task, e.scores.get("tuned") or {}) for e in facts.scored if e.split == "test"]
    if not exams:
        return ""
    task = exams[-1][0]
    best: dict[str, Any] = {}
    for other, scores in exams:
        value = main_score(task, scores)
        if other == task and value is not None and is_better(task, value, main_score(task, best)):
            best = scores
    return headline(task, best)


def _data(facts: Facts) -> Step:
    version = facts.newest
    if version is None:
        return Step("Data", "open", "Add a table with examples of what you want.", "later")
    if not version.rows and (told := descriptions_in(version.mapping)):
        detail = f"{len(told)} categories described in {version.dataset_name}."
        return Step("Data", "done", detail, "done")
    detail = f"{plural(version.rows, 'example')} in {version.dataset_name}."
    return Step("Data", "done", detail, "done")


def _model(facts: Facts) -> Step:
    if facts.base_model_name:
        return Step("Model", "done", f"Starts from {facts.base_model_name}.", "done")
    return Step("Model", "open", "Choose the model that will learn from your examples.", "later")


def _train(facts: Facts) -> Step:
    for kind, status in facts.active:
        if kind == TrainSpec.kind and status == PAUSED and not _working(facts, TrainSpec.kind):
            return Step("Train", "running", "A training is paused: let it go on.", "paused")
        if kind == TrainSpec.kind and status == QUEUED and not _working(facts, TrainSpec.kind):
            return Step("Train", "running", "A training waits for its turn.", "waiting")
        if kind == TrainSpec.kind:
            return Step("Train", "running", "A model is learning now.", "running")
    if facts.trained_runs:
        return Step("Train", "done", f"{plural(facts.trained_runs, 'trained model')}.", "done")
    missing = [
        name
        for name, there in (("data", facts.newest), ("a model", facts.base_model_name))
        if not there
    ]
    if missing:
        needs = " and ".join(missing)
        return Step("Train", "blocked", f"Needs {needs} first.", f"needs {missing[0]}")
    return Step("Train", "open", "Everything is there: start the training.", "later")


def _working(facts: Facts, kind: str) -> bool:
    return any(k == kind and status in ACTIVE for k, status in facts.active)


def _evaluate(facts: Facts) -> Step:
    if any(kind == EvaluateSpec.kind for kind, _ in facts.active):
        return Step("Evaluate", "running", "Exam questions are being answered.", "running")
    if not facts.trained_runs:
        return Step("Evaluate", "blocked", "Needs a trained model first.", "later")
    newest = max((exam.id for exam in facts.scored), default=0)
    if newest and newest <= facts.seen_evaluation_id:
        return Step("Evaluate", "done", best_result(facts) or "Scored.", "done")
    return Step("Evaluate", "open", "See what the model gets right and wrong.", "later")


def _use(facts: Facts) -> Step:
    if any(kind == PredictSpec.kind for kind, _ in facts.active):
        return Step("Use", "running", "A file is being answered.", "running")
    if not facts.trained_runs:
        return Step("Use", "blocked", "Needs a trained model first.", "later")
    if facts.is_tried:
        return Step("Use", "done", "Tried out.", "done")
    return Step("Use", "open", "Talk to your model.", "later")
