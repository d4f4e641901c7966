"""Rows of `recovery.py` in which a real model learns: SmolLM2 on the sample's e-mails."""

import csv
import itertools
import time
from typing import Any

from command_line import workbench
from scene import ROOT, Scene, check, said

from storage.tables import PAUSED
from tests.faults.real import all_events
from workbench.core.recipe import NO, Recipe
from workbench.core.tasks import COMPLETION
from workbench.data import datasets
from workbench.data.versions import VersionInfo
from workbench.jobs import placing, queue
from workbench.jobs.cluster import CLUSTER, HERE
from workbench.models import catalogue
from workbench.models.model_info import ModelInfo
from workbench.projects import projects, samples
from workbench.training import presets, runs
from workbench.training.runs import StartedRun

MODEL = "SmolLM2-135M-Instruct"
REAL = {"WORKBENCH_RAY_CHECKOUT": str(ROOT)}
"""Of a worker whose jobs on the cluster are done by the product's own program."""
ROWS = 30
"""E-mails; eight are a step, a tenth the exam."""
SHORT = {"lean_on_examples": NO, "eval_max_new_tokens": 24}
"""Less than a preset does beside the steps."""
STEPS_AT_A_TIME, EPOCHS = 3, 10.0
PROJECT = "On the cluster"


def begun_here(scene: Scene) -> str:
    """Begun on this computer, gone on with on the cluster, here again, and brought to its end there."""
    with scene.worker_with(**REAL):
        begun = start_training(scene, HERE, num_train_epochs=EPOCHS)
        until_taken(scene, begun.job_id, 1, STEPS_AT_A_TIME)
        goes_on_s = []
        for attempt, place in ((2, CLUSTER), (3, HERE), (4, CLUSTER)):
            queue.pause_job(scene.store, begun.job_id)
            scene.until_is(begun.job_id, PAUSED)
            placing.put_job(scene.store, begun.job_id, place)
            queue.resume_job(scene.store, begun.job_id)
            goes_on_s.append(until_taken(scene, begun.job_id, attempt, 1))
            until_taken(scene, begun.job_id, attempt, STEPS_AT_A_TIME)
        scene.until_over(begun.job_id)
        told = said(scene, begun.job_id, attempts=4)
        steps = steps_of_attempts(begun.job_id)
        check(sorted(steps) == [1, 2, 3, 4], f"the attempts took the steps {steps}")
        question = "Where is my parcel? I ordered two notebooks last week."
        answer = str(workbench("chat", "--run", begun.run_id, question)["answer"])
        check(bool(answer.strip()), "the trained model answers nothing")
    return (
        f"{told}; {_said_steps(steps)}; works again {_seconds(goes_on_s)} after each change; here the "
        f"model answers: {answer.split(chr(10))[0][:60]}"
    )


def four(scene: Scene) -> str:
    """Four trainings on two machines, against one after the other on one of them, and here."""
    scene.cluster.add_machine()
    ways = (("two machines", CLUSTER, 2), ("one machine", CLUSTER, 1), ("this computer", HERE, 1))
    seconds = {}
    for name, place, at_once in ways:
        with scene.worker_with(**REAL, WORKBENCH_RAY_JOBS=str(at_once)):
            began = time.monotonic()
            started = [start_training(scene, place) for _ in range(4)]
            for one in started:
                scene.until_over(one.job_id)
                said(scene, one.job_id, attempts=1)
            seconds[name] = time.monotonic() - began
    two, one, here = seconds.values()
    return (
        f"{two:.1f} s on two machines with one core each; one after the other {one:.1f} s on one of "
        f"them ({two / one:.2f} of that), {here:.1f} s here with both cores ({two / here:.2f})"
    )


def start_training(scene: Scene, place: str, **changes: Any) -> StartedRun:
    """Queue a training of the real model on a few of the sample's e-mails."""
    version, model, recipe = training(scene)
    return runs.start_run(
        scene.store, project_id=version.project_id, version_id=version.id, base_model_id=model.id,
        recipe=recipe.changed(**changes), runs_at=place,
    )  # fmt: skip


def training(scene: Scene) -> tuple[VersionInfo, ModelInfo, Recipe]:
    """The real model, a few of the sample's e-mails, and how it learns from them."""
    version = few_replies(scene)
    model = catalogue.resolve_model(scene.store, MODEL)
    recipe = presets.preset(
        "quick", task=version.task, family=model.family, rows=version.splits["train"]
    )
    return version, model, recipe.changed(**SHORT)


def few_replies(scene: Scene) -> VersionInfo:
    path = scene.folder / "replies.csv"
    if not path.exists():
        with samples.FILE.open(newline="") as all_rows, path.open("w", newline="") as some:
            csv.writer(some).writerows(itertools.islice(csv.reader(all_rows), ROWS + 1))
        datasets.save_version(
            scene.store, project_id=projects.create_project(scene.store, PROJECT), path=path,
            task=COMPLETION.name, mapping={"prompt": "{email}", "response": "reply"},
        )  # fmt: skip
    return datasets.list_versions(scene.store, projects.project_named(scene.store, PROJECT))[0]


def until_taken(scene: Scene, job_id: int, attempt: int, steps: int) -> float:
    """Seconds until an attempt has taken so many steps of the training, which its events tell."""
    return scene.until(
        lambda: len(steps_of_attempts(job_id).get(attempt, [])) >= steps,
        f"attempt {attempt} has taken {steps} steps",
    )


def steps_of_attempts(job_id: int) -> dict[int, list[int]]:
    """Attempt → the steps of its training, as its events tell them."""
    found: dict[int, list[int]] = {}
    for event in all_events(job_id):
        if event["type"] == "metric" and event["kind"] == "train":
            found.setdefault(event["attempt"], []).append(event["step"])
    return found


def _said_steps(steps: dict[int, list[int]]) -> str:
    """The steps of each attempt; none is taken twice, and none is left out."""
    all_steps = [step for attempt in sorted(steps) for step in steps[attempt]]
    check(all_steps == list(range(1, len(all_steps) + 1)), f"the attempts took the steps {steps}")
    return "steps " + ", ".join(f"{taken[0]} to {taken[-1]}" for _, taken in sorted(steps.items()))


def _seconds(values: list[float]) -> str:
    return " / ".join(f"{value:.1f}" for value in values) + " s"
