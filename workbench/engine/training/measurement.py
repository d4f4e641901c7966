"""A measurement's own: the exam with a few questions, and what is told in the end."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from workbench.core.tasks import task_named
from workbench.engine.evaluation.systems import System, evaluate_systems
from workbench.engine.models.start import sitting
from workbench.engine.rows import Row, read_rows
from workbench.engine.training.loop import JobTrainer
from workbench.engine.training.measured import MeasuredSteps, lengths_told
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.memory import peaks
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import MeasureSpec
from workbench.jobs.process.stop import Stop

FEW_TOKENS = 8
"""Of each answer: what reading the question takes does not grow with them."""
FEW_ROWS = 16
"""Of the exam: as many as are answered at once, the longest."""
CHECKPOINTS = 2
"""That are kept on the disk while it learns."""
PHASES = {"preparing": "load", "measuring": "training", "evaluating": "exam"}
"""What the process calls its phases; what they are in an estimate."""


def told_of(trainer: JobTrainer, steps: MeasuredSteps, job: JobDir) -> dict[str, Any]:
    """What is known of a training after its first steps."""
    model: Any = trainer.model
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    encoded = sum(f.stat().st_size for f in job.path.rglob("*.arrow"))
    return {
        **steps.as_dict(),
        "disk_mb": round((trained * 4 * (1 + 3 * CHECKPOINTS) + encoded) / 1e6, 1),
        "tokens": lengths_told(trainer.lengths, trainer.train_dataset, trainer.data_collator),
    }


def untrained(trainer: JobTrainer, job: JobDir) -> Path:
    """The adapter as it is before it has learned anything, as a checkpoint has it."""
    folder = job.path / "untrained"
    model: Any = trainer.model
    model.save_pretrained(folder)
    return folder


def examined(
    spec: MeasureSpec,
    systems: Iterable[System],
    job: JobDir,
    facts: dict[str, Any],
    report: Report,
    stop: Stop,
) -> Result:
    """A few questions of the exam, and what all of it took.

    Raises:
        Cancelled, Orphaned: the process is to leave.
    """
    rows = _longest(spec)
    if rows:
        evaluate_systems(systems, spec.task, rows, rows, report, stop, sitting(job.adapter))
    held = peaks.by_phase()
    phases = {name: round(held[own] / 1e6) for own, name in PHASES.items() if own in held}
    return {"measured": {**facts, "phases": phases, "memory_mb": round(peaks.most() / 1e6)}}


def _longest(spec: MeasureSpec) -> list[Row]:
    about = task_named(spec.task)
    rows: list[Row] = list(read_rows(spec.data, "test"))
    return sorted(rows, key=lambda row: -len(about.question(row)))[:FEW_ROWS]
