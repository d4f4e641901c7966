"""The fields that a training teaches: as its version tells them, and as its examples write them."""

from typing import Any

from workbench.core.fields.field import Fields, read
from workbench.core.fields.grammar import signs
from workbench.core.fields.guess import guessed
from workbench.core.tasks import task_named
from workbench.engine.generative.fields.vocabulary import MissingSign, vocabulary
from workbench.engine.rows import read_rows
from workbench.engine.serving.choosing.json_constraint import UnusableForm
from workbench.jobs.process.specs import TrainSpec

MOST = 50_000
"""Rows that are looked through; of more, some of all."""
__all__ = ["MissingSign", "check_can_write", "learned_fields"]


def learned_fields(spec: TrainSpec) -> Fields:
    """The fields of the examples that are learned from and practised on; none for other tasks.

    What a user said of one is kept; how long its texts are and in which forms it is written, the
    examples say.
    """
    task = task_named(spec.task)
    if not task.answers_are_json:
        return ()
    rows = [row for split in ("train", "validation") for row in read_rows(spec.data, split)]
    some = rows[:: -(-len(rows) // MOST) or 1]
    return guessed([task.answer(row) for row in some], read(spec.fields))


def check_can_write(spec: TrainSpec, tokenizer: Any) -> None:
    """Refuse to teach fields to a model that has no signs to write them.

    Raises:
        MissingSign: it says which sign, and what to do instead.
    """
    if not task_named(spec.task).answers_are_json:
        return
    try:
        words = vocabulary(tokenizer, [tokenizer.eos_token_id])
        words.tokens(signs(learned_fields(spec)))
    except MissingSign:
        raise
    except UnusableForm:
        return  # it writes them, but nobody can hold it to their form
