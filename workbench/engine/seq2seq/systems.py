"""What an encoder-decoder answers to rows, and how wrong it is about them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from workbench.core.recipe import Recipe
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import TUNED
from workbench.engine.causal.loss import mean_loss
from workbench.engine.evaluation.systems import Answers, Done, System
from workbench.engine.generative.fields.asking import answer_fields
from workbench.engine.generative.fields.constraint import Told
from workbench.engine.generative.fields.writing import Form, form_of
from workbench.engine.generative.set_answers import as_sets
from workbench.engine.generative.systems import LOSS_BATCH, both, likeliest
from workbench.engine.models.start import is_told, parent_of
from workbench.engine.rows import Row
from workbench.engine.runtime.precision import precision
from workbench.engine.seq2seq.batches import batches_by_length
from workbench.engine.seq2seq.encode import encode
from workbench.engine.seq2seq.generate import write_answers
from workbench.engine.seq2seq.label_scores import label_probabilities
from workbench.engine.seq2seq.loss import PairLoss
from workbench.engine.seq2seq.model import Seq2seqModel, load_seq2seq
from workbench.jobs.process.specs import BaseModelRef
from workbench.jobs.process.stop import Check, Stop
from workbench.models.families import SEQ2SEQ


def systems(
    base: BaseModelRef,
    adapter: Path,
    recipe: Recipe,
    new_tokens: int,
    shown: Path | None = None,
) -> Iterator[System]:
    """The base model and the trained one, in the same weights.

    Raises:
        WorkbenchError: the trained model cannot be loaded.
    """
    model = load_seq2seq(base, adapter, recipe)
    loss = PairLoss(model.model)

    def wrong(rows: Sequence[Row], check: Check) -> float:
        return loss_on(model, loss, rows, check)

    labels, start = model.wording.labels, parent_of(adapter)
    found = both(SEQ2SEQ, model, labels, new_tokens, answer, wrong, start=start)
    yield from (own for own in found if own.name == TUNED or not is_told(adapter))


def answer(
    model: Seq2seqModel, rows: Sequence[Row], new_tokens: int, stop: Stop, done: Done
) -> Answers:
    """An answer to each row: the likeliest category where there are some, else a written text.

    Args:
        new_tokens: longer answers are cut there.

    Raises:
        Cancelled, Orphaned: the process is to leave.
    """
    questions = [model.wording.question(row) for row in rows]
    if task_named(model.wording.task).answers_are_categories and model.wording.labels:
        return choose(model, questions, stop.check, done)
    own, ends = model.tokenizer.own, frozenset(model.tokenizer.framing.ends)
    form = form_of(model.fields, model.wording.task, own, ends, model.whole)
    if form is not None:
        return _fields(model, form, rows, new_tokens, stop, done)
    read = [model.tokenizer.read(question) for question in questions]
    found = Answers(write_answers(model, questions, new_tokens, stop, done), read=read)
    sets = task_named(model.wording.task).answers_are_sets and model.wording.labels
    return as_sets(found, model.wording.labels) if sets else found


def _fields(
    model: Seq2seqModel, form: Form, rows: Sequence[Row], new_tokens: int, stop: Stop, done: Done
) -> Answers:
    """The fields of each row's text."""
    wording, tokenizer = model.wording, model.tokenizer

    def size(row: Row) -> int:
        return len(tokenizer.whole_source(wording.question(row)))

    def write(asked: Sequence[Row], form: Form, told: list[Told], done: Done) -> list[str]:
        questions = [wording.question(row) for row in asked]
        return write_answers(model, questions, new_tokens, stop, done, form, told)

    room = tokenizer.limits.source
    return answer_fields(wording.task, rows, form, room, size, write, done)


@torch.inference_mode()
def loss_on(model: Seq2seqModel, loss: PairLoss, rows: Sequence[Row], check: Check) -> float:
    """Mean loss per learned token over the rows."""
    examples = encode(rows, model.wording, model.tokenizer)
    batches = batches_by_length(examples, LOSS_BATCH, model.tokenizer.framing)
    return mean_loss(loss, batches, check)


def choose(model: Seq2seqModel, questions: Sequence[str], check: Check, done: Done) -> Answers:
    """The likeliest category for each question, and its probability among all categories."""
    labels, tokenizer = list(model.wording.labels), model.tokenizer
    read = [tokenizer.read(question) for question in questions]
    targets = [tokenizer.target(label)[0] for label in labels]

    def shares(question: str) -> list[float]:
        source, _cut = tokenizer.source(question)
        with precision():
            return label_probabilities(model.whole, tokenizer.framing, source, targets)

    return replace(likeliest(labels, questions, shares, check, done), read=read)
