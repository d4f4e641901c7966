"""`demo`: the sample project's replies through the whole path, with the real model."""

import argparse
from typing import Any

from workbench.cli.output import command, emit, finished, working_store
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.data import datasets
from workbench.models import catalogue
from workbench.projects import samples
from workbench.training import presets, runs

MODEL = "SmolLM2-135M-Instruct"


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    demo = command(commands, "demo", _demo, "Train on the sample project's replies, and score it.")
    demo.add_argument("--preset", default="balanced", help=", ".join(presets.PRESETS))


def _demo(options: argparse.Namespace) -> int:
    store = working_store()
    project_id = samples.create_sample_project(store)
    versions = datasets.list_versions(store, project_id)
    version = next(v for v in versions if task_named(v.task).answers_are_free_text)
    model = catalogue.resolve_model(store, MODEL)
    recipe = presets.preset(
        options.preset, task=version.task, family=model.family, rows=version.splits["train"]
    )
    run = runs.start_run(
        store,
        project_id=project_id,
        version_id=version.id,
        base_model_id=model.id,
        recipe=recipe,
        name="Demo",
    )
    if finished(store, run.job_id).status == "cancelled":
        raise WorkbenchError("The demo was stopped before its exam: start it again for scores.")
    result = runs.get_run(store, run.run_id).result or {}
    exam = result["scores"]["test"]
    value = {
        "base": exam["base"],
        "tuned": exam["tuned"],
        "run_id": run.run_id,
        "seconds": result["seconds"],
        "peak_memory_mb": result["peak_memory_mb"],
    }
    emit(options, value, _told(value))
    return 0


def _told(value: dict[str, Any]) -> str:
    lines = [f"Run {value['run_id']}: {value['seconds']:.0f} s, {value['peak_memory_mb']:.0f} MB"]
    for name in sorted(value["tuned"]):
        lines.append(
            f"  {name:<12} base {value['base'][name]:.3f}   tuned {value['tuned'][name]:.3f}"
        )
    return "\n".join(lines)
