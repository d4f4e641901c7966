"""Base model and trained one, in the same weights: examined, and asked to choose."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from workbench.core.tasks.rungs import BASE, EXAMPLES, PARENT, TUNED
from workbench.engine.evaluation.systems import Answers, Done, System
from workbench.engine.generative.model import Adapted
from workbench.engine.rows import Row
from workbench.evaluation.scoring.likelihoods import Likelihoods
from workbench.jobs.process.stop import Check, Stop
from workbench.models.families import Family

LOSS_BATCH = 8


class Answering(Protocol):
    """Answers rows, in texts of at most so many tokens."""

    def __call__(
        self, model: Any, rows: Sequence[Row], new_tokens: int, stop: Stop, done: Done
    ) -> Answers:
        """An answer to each row."""
        ...


def both(
    family: Family,
    model: Adapted,
    labels: Sequence[str],
    new_tokens: int,
    answer: Answering,
    loss_on: Callable[[Sequence[Row], Check], float | Likelihoods],
    shown: Any = None,
    start: Path | None = None,
) -> Iterator[System]:
    """The base model and the trained one.

    Args:
        loss_on: mean loss per learned token over rows; of documents, how likely each is.
        shown: the same model, asked with an example before each question; a system in between.
        start: the adapter that the training went on from; another one in between.
    """

    def examine(rows: Sequence[Row], asked: Sequence[Row], stop: Stop, done: Done) -> Answers:
        wrong = loss_on(rows, stop.check)
        found = timed(model, asked, stop, done)
        if isinstance(wrong, Likelihoods):
            return replace(found, likelihoods=wrong)
        return replace(found, loss=wrong)

    def timed(who: Any, asked: Sequence[Row], stop: Stop, done: Done) -> Answers:
        begun = time.perf_counter()
        found = answer(who, asked, new_tokens, stop, done)
        return replace(found, seconds=(time.perf_counter() - begun) / max(1, len(asked)))

    def lean(rows: Sequence[Row], asked: Sequence[Row], stop: Stop, done: Done) -> Answers:
        return timed(shown, asked, stop, done)

    with model.untrained():
        yield System(BASE, family.base_title, examine, labels)
        if shown is not None:
            yield System(EXAMPLES, f"{family.base_title}, shown an example,", lean, labels)
    if start is not None:
        with model.as_started(start):
            yield System(PARENT, "The model that it went on from", examine, labels)
    yield System(TUNED, "The trained model", examine, labels)


def likeliest(
    labels: Sequence[str],
    questions: Sequence[Any],
    shares_of: Callable[[Any], Sequence[float]],
    check: Check,
    done: Done,
) -> Answers:
    """The likeliest category for each question, and its probability among all categories."""
    found = []
    for number, question in enumerate(questions, 1):
        check()
        shares = shares_of(question)
        best = int(np.argmax(shares))
        found.append((labels[best], shares[best]))
        done(number)
    return Answers([label for label, _ in found], [share for _, share in found])
