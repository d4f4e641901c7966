"""What jobs on a training are told: to learn, to be measured, examined and judged."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from workbench.core.recipe import Recipe
from workbench.jobs.process.chain import Link
from workbench.jobs.process.repeat import Repeat
from workbench.jobs.process.specs.spec import BaseModelRef, Spec


@dataclass(frozen=True, kw_only=True)
class ModelSpec(Spec):
    """What jobs of a run have in common."""

    run_id: int = 0
    task: str
    data: Path
    """The examples of a dataset version, or of a file that was read as one (Parquet)."""
    system: str = ""
    """The system prompt."""
    base: BaseModelRef
    recipe: Recipe
    fields: tuple[dict[str, Any], ...] | None = None
    """What is known of the fields that are pulled out (`core.fields`); a trained model knows better."""


@dataclass(frozen=True, kw_only=True)
class TrainSpec(ModelSpec):
    """Teach a base model a version's examples."""

    kind: ClassVar[str] = "train"
    continue_from: Path | None = None
    """The checkpoints of another job, the last of which is the start."""
    cache: Path | None = field(default=None, metadata={"cache": True})
    """Where encoded examples are kept for other trainings; None for the job's own folder."""
    descriptions: dict[str, str] | None = None
    """Category → what belongs there, in a sentence."""
    out_of_scope: str | None = None
    """The category of texts that belong to none of the others."""
    pair: tuple[str, ...] | None = None
    """The headings of two texts that belong together, where a question is two (`core.tasks.text_pair`)."""
    start: Path | None = None
    """The folder of a trained model that is trained further; None begins with the base model."""
    chain: tuple[Link, ...] | None = None
    """The trainings that this model has behind it, the first one first."""
    again: Repeat | None = None
    """The training that is repeated."""
    practises: bool | None = None
    """It is one of several that are tried: practice questions are answered in place of the exam."""
    shows: int | None = None
    """Nothing is learned: the model is only told what to do (`system`), with so many of the nearest
    examples before each question; None where it is trained."""
    together: bool | None = None
    """Several machines may learn it, each a share of every step: nearly all of its work is steps."""


@dataclass(frozen=True, kw_only=True)
class MeasureSpec(TrainSpec):
    """Do a few steps of a training and of its exam, to see what they take; nothing is learned."""

    kind: ClassVar[str] = "preflight"
    version_id: int = 0
    model_id: int = 0


@dataclass(frozen=True, kw_only=True)
class EvaluateSpec(ModelSpec):
    """Score a trained model, and its base, on all rows of `data`."""

    kind: ClassVar[str] = "evaluate"
    adapter: Path
    split: str = "test"
    """What the scores are called: test for the exam, else the file's name."""
    rungs: tuple[str, ...] | None = None
    """Who answers beside the model before and after training (`core.tasks.rungs`); None for
    those that need no model."""
    most: int | None = None
    """At most so many questions are answered, as in the exam of a training; None for all."""
    beside: Path | None = None
    """The other columns of a file of the user's; nothing is asked of them, scores are told by them."""


@dataclass(frozen=True, kw_only=True)
class HabitsSpec(ModelSpec):
    """Ask a trained model what its exam does not: what else it has learned from the rows of `data`."""

    kind: ClassVar[str] = "habits"
    adapter: Path


@dataclass(frozen=True, kw_only=True)
class JudgeSpec(Spec):
    """Ask a judge which of two answers is better, for each of the pairs in `data`."""

    kind: ClassVar[str] = "judge"
    run_id: int = 0
    other: str
    """Whose answers the run's are compared with: a rung, or an older run (`core.tasks.rungs`)."""
    title: str = ""
    """What the other is called."""
    exam: str
    """What the answers were taken from: the digest of an exam's predictions."""
    data: Path
    """The pairs (a JSON list of `evaluation.judge.rubric.Pair`)."""
    url: str
    """Below which the judge is asked in OpenAI's format."""
    model: str
    rubric: str
    repeat: int = 1
    """How often each pair is asked, each time in both orders."""
    max_tokens: int = 400
    timeout_s: float = 120.0
    key_file: Path | None = None
    """Where the key of our own model server is; None for another address, whose key is handed over."""
    former: Path | None = None
    """The folder of a job that was ended on its way through the same questions, whose replies count."""
    questions: int = 0
    """Exam questions that both answered, of which `data` has some: those drawn of what is left without
    the next two."""
    alike: int = 0
    """Questions that both answer the same: nothing is to be judged."""
    too_long: int = 0
    """Questions whose texts are too long to be sent."""
    by_turns: bool = False
    """Whether the exam was by turns, so that its answers hang together."""
