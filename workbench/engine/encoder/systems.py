"""What an encoder's classifier answers to rows, before and after tuning."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from workbench.core.recipe import Recipe
from workbench.core.tasks.rungs import BASE, PARENT, TUNED
from workbench.engine.encoder.model import (
    EncoderModel,
    Probabilities,
    Sorted,
    load_encoder_model,
    load_probe,
)
from workbench.engine.encoder.numbers.answers import answers_to
from workbench.engine.encoder.sets.any_of import set_loss
from workbench.engine.evaluation.systems import Answers, Done, Examine, System
from workbench.engine.models.start import parent_of
from workbench.engine.rows import Row
from workbench.jobs.process.specs import BaseModelRef
from workbench.jobs.process.stop import Stop
from workbench.models.families import ENCODER

TIMED = 64
"""Rows whose answers are timed where they are not needed for the exam."""


def systems(
    base: BaseModelRef,
    adapter: Path,
    recipe: Recipe,
    new_tokens: int = 0,
    shown: Path | None = None,
) -> Iterator[System]:
    """The frozen encoder with its probe, and the tuned encoder.

    A category that no training row had cannot be answered: such rows count as wrong.

    Raises:
        WorkbenchError: the trained model cannot be loaded.
    """
    probe, tuned = load_probe(base, adapter), load_encoder_model(base, adapter)
    yield System(BASE, ENCODER.base_title, _examiner(probe), tuned.labels)
    start = parent_of(adapter)
    if start is not None:
        before = load_encoder_model(base, start)
        before.detector = before.before = None  # nobody is asked what it cannot tell
        yield System(PARENT, "The model that it went on from", _examiner(before), tuned.labels)
    yield System(TUNED, "The trained model", _examiner(tuned), tuned.labels)


def answer_seconds(
    base: BaseModelRef, adapter: Path, recipe: Recipe, rows: Sequence[Row], stop: Stop
) -> dict[str, float]:
    """What an answer takes, of the model before and after training, to some of the rows.

    For an exam by turns, whose answers came of other trainings; what is answered here counts for
    nothing.

    Raises:
        WorkbenchError: the trained model cannot be loaded.
        Cancelled, Orphaned: the process is to leave.
    """
    some, found = rows[:TIMED], {}
    for system in systems(base, adapter, recipe):
        if system.name == PARENT:  # it sits no exam by turns: it may have learned the rows
            continue
        answers = system.examine(some, some, stop, lambda _: None)
        if answers.seconds is not None:
            found[system.name] = answers.seconds
    return found


def answer(model: EncoderModel, rows: Sequence[Row], stop: Stop, done: Done) -> Answers:
    """The category of each row, and how probable it is.

    Raises:
        Cancelled, Orphaned: the process is to leave.
    """
    if model.numbers is not None:
        return answers_to(model, rows, _telling(stop, done))
    texts, ids = _ids(model, rows)
    found = model.sort(texts, _telling(stop, done), ids)
    return _answers(model, found, model.reader.read(texts, ids))


def _examiner(model: EncoderModel) -> Examine:
    """Asks a classifier; its loss is measured on the rows that it is asked."""

    def examine(rows: Sequence[Row], asked: Sequence[Row], stop: Stop, done: Done) -> Answers:
        begun = time.perf_counter()
        if model.numbers is not None:
            told = answers_to(model, asked, _telling(stop, done))
            return replace(told, seconds=(time.perf_counter() - begun) / max(1, len(asked)))
        texts, ids = _ids(model, asked)
        found = model.sort(texts, _telling(stop, done), ids)
        seconds = (time.perf_counter() - begun) / max(1, len(asked))
        loss = _loss(model, found.probabilities, asked)
        told = _answers(model, found, model.reader.read(texts, ids))
        return replace(told, loss=loss, seconds=seconds)

    return examine


def _ids(model: EncoderModel, rows: Sequence[Row]) -> tuple[list[str], list[list[int]]]:
    """The rows' texts and their token ids, which are asked for more than once."""
    texts = [str(row["text"]) for row in rows]
    return texts, model.reader.ids(texts)


def _telling(stop: Stop, done: Done) -> Done:
    def tell(count: int) -> None:
        stop.check()
        done(count)

    return tell


def _answers(model: EncoderModel, found: Sorted, read: list[str]) -> Answers:
    shares = found.probabilities
    if model.thresholds is not None:
        return Answers(*model.sets(shares), read=read)
    chosen = [model.labels[number] for number in shares.argmax(1)]
    sure = [float(p) for p in shares.max(1, initial=0.0)]
    return Answers(chosen, sure, none_of_these=found.none_of_these, read=read)


def _loss(model: EncoderModel, found: Probabilities, rows: Sequence[Row]) -> float | None:
    """Mean over the rows whose category was learned; None if there are none."""
    if model.thresholds is not None:
        return set_loss(found, [str(row["label"]) for row in rows], model.labels)
    place = {label: number for number, label in enumerate(model.labels)}
    expected = [str(row["label"]) for row in rows]
    known = [i for i, label in enumerate(expected) if label in place]
    if not known:
        return None
    own = found[known, [place[expected[i]] for i in known]]
    return float(-np.log(np.maximum(own, 1e-12)).mean())
