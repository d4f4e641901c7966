"""What there is to know of a training before it starts: one answer for every page and command.

Counted lengths and real steps of earlier runs and measurements are taken where they are there; the
rest is estimated (`estimate`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from storage import jobs
from storage.database import Store
from storage.tables import Job
from workbench.core.long_texts.ways import HEAD
from workbench.core.recipe import APART, NO, Recipe
from workbench.core.tasks import task_named
from workbench.jobs.job import JobView, spec_of, view_of
from workbench.jobs.process.specs import MeasureSpec
from workbench.models.families import family_named
from workbench.models.model_info import SUGGESTED, ModelInfo
from workbench.system.hardware import Hardware
from workbench.training.estimate import Estimate, estimate_run, limit_mb
from workbench.training.lengths import Lengths, lengths_of, read_lengths
from workbench.training.memory import longest
from workbench.training.pace import PastRun
from workbench.training.past_runs import finished, past_runs

MATTERS = (
    "method", "r", "lora_dropout", "target_modules", "quantization", "double_quant", "optim",
    "per_device_train_batch_size", "gradient_accumulation_steps", "max_length",
    "gradient_checkpointing", "objective", "lean_on_examples", "long_texts",
)  # fmt: skip
"""Settings that change what a step takes."""


class Examples(Protocol):
    """As much of a dataset version as a training's cost depends on."""

    @property
    def id(self) -> int: ...
    @property
    def path(self) -> Path: ...
    @property
    def task(self) -> str: ...
    @property
    def splits(self) -> dict[str, int]: ...
    @property
    def mean_chars(self) -> float: ...
    @property
    def mapping(self) -> dict[str, Any]: ...
    @property
    def report(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Measured:
    """What a few real steps, and a few exam questions, took."""

    memory_mb: float
    step_s: float
    tokens: float
    """Of the examples of that step, the longest there are."""
    disk_mb: float
    phases: dict[str, float]

    @classmethod
    def read(cls, told: Any) -> "Measured | None":
        """From a job's result; None where there is none."""
        try:
            return cls(
                float(told["memory_mb"]), float(told["step_s"]), float(told["tokens_in_step"]),
                float(told["disk_mb"]), {str(k): float(v) for k, v in told["phases"].items()},
            )  # fmt: skip
        except (TypeError, KeyError, ValueError, AttributeError):
            return None


@dataclass(frozen=True)
class Outlook:
    """What a training is expected to take."""

    estimate: Estimate
    """With what was measured in it, where that was done."""
    lengths: Lengths
    measured: Measured | None
    limit_mb: float
    refused: str = ""
    """What a measurement said that was given up, since memory would not have done."""

    @property
    def memory_mb(self) -> float:
        """Measured, or else estimated."""
        return self.measured.memory_mb if self.measured else self.estimate.memory_mb

    @property
    def disk_mb(self) -> float:
        """Measured, or else estimated."""
        measured = self.measured.disk_mb if self.measured else 0.0
        return measured or self.estimate.disk_mb

    @property
    def fits(self) -> bool:
        """Whether the memory of this machine will do."""
        return not self.refused and self.memory_mb <= self.limit_mb

    @property
    def correction(self) -> float:
        """What was measured by what was estimated; 1 without a measurement."""
        return self.memory_mb / max(1.0, self.estimate.memory_mb)


def expected(
    store: Store, machine: Hardware, version: Examples, model: ModelInfo, recipe: Recipe
) -> Outlook:
    """What training `model` on the version's examples will take on this machine."""
    asked = family_named(model.family).is_asked_by_turns(recipe, task_named(version.task))
    by_turns = asked and bool(version.report.get("turns"))
    recipe = recipe if by_turns else recipe.changed(exam=APART)
    rows = sum(version.splits.values()) if by_turns else int(version.splits.get("train", 0))
    lengths = lengths_for(store, version, model, recipe)
    tried = last_measuring(store, version.id, model.id, recipe)
    result = (tried.result if tried else None) or {}
    measured = Measured.read(result.get("measured") or _refusal(result))
    history: Sequence[PastRun] = past_runs(store, model, recipe)
    if measured is not None and measured.step_s > 0:
        batch = recipe.per_device_train_batch_size * recipe.gradient_accumulation_steps
        per_example = measured.tokens / max(1, min(batch, rows))
        history = [PastRun(batch / measured.step_s, per_example, longest(model, recipe))]
    found = estimate_run(
        machine, model, recipe, rows, lengths, history,
        written_rows=0 if by_turns or task_named(version.task).compares else int(version.splits.get("test", 0)), task=version.task,
    )  # fmt: skip
    most = limit_mb(machine)
    if tried is not None and result.get("out_of_memory"):
        there = float(result.get("there_mb") or most)
        return Outlook(found, lengths, measured, min(most, there), refused=tried.reason)
    return Outlook(found, lengths, measured, most)


def _refusal(result: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a measurement that was given up tells of the memory."""
    if not result.get("needed_mb"):
        return None
    told = {"step_s": 0, "tokens_in_step": 0, "disk_mb": 0, "phases": {}}
    return {**told, "memory_mb": result["needed_mb"]}


def last_measuring(store: Store, version_id: int, model_id: int, recipe: Recipe) -> JobView | None:
    """The newest measurement of these examples, this model and such a recipe, whatever became of it."""
    wanted = _mattering(recipe)
    for job, spec in _measurings(store):
        if (spec.version_id, spec.model_id) != (version_id, model_id):
            continue
        if _mattering(spec.recipe) == wanted:
            with store.read() as session:
                return view_of(session, job)
    return None


def _measurings(store: Store) -> Sequence[tuple[Job, MeasureSpec]]:
    """All measurements, the newest first, for reading."""
    return store.known("measurings", partial(_all_measurings, store))


def _all_measurings(store: Store) -> Sequence[tuple[Job, MeasureSpec]]:
    with store.read() as session:
        told = [(job, spec_of(job, MeasureSpec)) for job in jobs.of_kind(session, MeasureSpec.kind)]
    return [(job, spec) for job, spec in told if spec is not None]


def _mattering(recipe: Recipe) -> dict[str, Any]:
    return {name: getattr(recipe, name) for name in MATTERS}


def lengths_for(store: Store, version: Examples, model: ModelInfo, recipe: Recipe) -> Lengths:
    """How long the examples are for a model: counted once, or told from their characters."""
    is_here = model.state != SUGGESTED  # nothing was trained of another, so nothing is asked of it
    if is_here and (counted := _counted(store, version, model, recipe)) is not None:
        return counted
    return lengths_told(version, model, recipe)


def lengths_told(version: Examples, model: ModelInfo, recipe: Recipe) -> Lengths:
    """How long the examples are for a model, told from their characters."""
    system = str(version.mapping.get("system") or "")
    found = lengths_of(version.path, version.task, system, model, version.mean_chars)
    leans = recipe.lean_on_examples != NO and task_named(version.task).can_lean_on_examples
    return found.leaning() if leans else found


def _counted(store: Store, version: Examples, model: ModelInfo, recipe: Recipe) -> Lengths | None:
    """What an earlier training or measurement of these examples counted, unless it cut them."""
    found = [
        (run.recipe, (run.result or {}).get("tokens"))
        for run, of in finished(store, model.id)
        if of.id == version.id
    ]
    found += [
        (own.recipe.as_dict(), told.get("tokens")) for own, told in _told(store, version, model)
    ]
    for settings, told in found:
        lengths, most = read_lengths(told), int(settings.get("max_length") or 0)
        alike = settings.get("lean_on_examples", NO) == recipe.lean_on_examples
        if not alike or lengths is None:
            continue
        same_way = settings.get("long_texts", HEAD) == recipe.long_texts
        if lengths.longest < most or (same_way and recipe.max_length <= most):
            return lengths
    return None


def _told(
    store: Store, version: Examples, model: ModelInfo
) -> list[tuple[MeasureSpec, Mapping[str, Any]]]:
    """The measurements of these examples and this model, the newest first."""
    return [
        (spec, told)
        for job, spec in _measurings(store)
        if (spec.version_id, spec.model_id) == (version.id, model.id)
        if isinstance(told := (job.result or {}).get("measured"), Mapping)
    ]
