"""Whether to lean on examples: what the untrained model makes of it on practice questions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.core.recipe import AUTO, NO
from workbench.core.tasks import task_named
from workbench.engine.generative.leaning.leaning import Leaning
from workbench.engine.rows import Row, read_rows
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import TrainSpec

ASKED = {"cpu": 16, "cuda": 64}
"""Practice questions that are tried, by the device."""
LEAST_GAIN = 0.02
"""Nats a token by which the examples must help to be worth the longer prompts."""

LossOn = Callable[[Sequence[Row], Leaning | None], float]
"""Mean loss of the wanted answers, per token, of the model as it is."""


@dataclass(frozen=True)
class Choice:
    """Whether answers lean on examples, and why."""

    leaning: Leaning | None = None
    sentence: str = ""
    without: float | None = None
    """Loss on the practice questions; None where nothing was tried."""
    leaned: float | None = None

    def as_dict(self) -> dict[str, object]:
        """For the result of a training; empty where there was no choice."""
        if not self.sentence:
            return {}
        told = {"used": self.leaning is not None, "sentence": self.sentence}
        tried = {"without": self.without, "leaned": self.leaned}
        return {"leaning": {**told, **{k: v for k, v in tried.items() if v is not None}}}


def choose(
    spec: TrainSpec,
    longest: int,
    asked: int,
    loss_on: Callable[[], LossOn],
    report: Report,
    check: Callable[[], None] = lambda: None,
) -> Choice:
    """Follow the recipe; where it leaves it open, try both ways on practice questions.

    Args:
        longest: tokens that an example of the training may have.
        asked: so many questions are tried at most.
        loss_on: loads the model; called only where something is tried.
        check: may raise to leave.

    Raises:
        WorkbenchError: the examples are damaged, or the model cannot be loaded.
    """
    wanted = spec.recipe.lean_on_examples
    leaning = None
    if wanted != NO and task_named(spec.task).can_lean_on_examples:
        report.phase("preparing", "Trying how your examples are found best")
        leaning = Leaning.of(spec.data, spec.task, longest, check)
    if leaning is None:
        return Choice()
    found = _tried(spec, leaning, asked, loss_on) if wanted == AUTO else None
    choice = found or Choice(leaning, "Answers lean on your examples, as the settings ask for.")
    report.log(choice.sentence)
    if choice.leaning is not None:
        report.log(choice.leaning.way.described)
    return choice


def _tried(
    spec: TrainSpec, leaning: Leaning, asked: int, loss_on: Callable[[], LossOn]
) -> Choice | None:
    practice = read_rows(spec.data, "validation") or read_rows(spec.data, "train")
    rows = practice[:: -(-len(practice) // asked)]
    measure = loss_on()
    without, leaned = measure(rows, None), measure(rows, leaning)
    numbers = f"the loss on {len(rows)} practice questions from {without:.2f} to {leaned:.2f}"
    if leaned < without - LEAST_GAIN:
        said = f"Answers lean on your examples: before training that lowered {numbers}."
        return Choice(leaning, said, without, leaned)
    said = f"Answers do not lean on your examples: before training that took {numbers}."
    return Choice(None, said, without, leaned)
