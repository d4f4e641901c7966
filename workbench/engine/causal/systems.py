"""What a causal model answers to rows, and how wrong it is about them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from workbench.core.messages import asked, render_prompt, segments
from workbench.core.recipe import Recipe
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import TUNED
from workbench.core.tasks.task import Message
from workbench.core.tools.told import with_tools
from workbench.engine.causal.batches import batches_by_length
from workbench.engine.causal.documents.likelihood import likelihoods
from workbench.engine.causal.encode import encode
from workbench.engine.causal.generate import room_to_ask, write_answers
from workbench.engine.causal.label_scores import label_probabilities
from workbench.engine.causal.loss import AnswerLoss, mean_loss
from workbench.engine.causal.marks import guard_of
from workbench.engine.causal.model import CausalModel, load_causal
from workbench.engine.causal.pairs import systems as pairs
from workbench.engine.causal.reading import Beginning, ends_set, text_ids
from workbench.engine.evaluation.systems import Answers, Done, System
from workbench.engine.generative.calls.form import CallForm, call_form
from workbench.engine.generative.fields.asking import answer_fields
from workbench.engine.generative.fields.constraint import Told
from workbench.engine.generative.fields.writing import Form, form_of
from workbench.engine.generative.leaning.leaning import Leaning
from workbench.engine.generative.long_texts.fitting import MARKS, fitted
from workbench.engine.generative.set_answers import as_sets
from workbench.engine.generative.systems import LOSS_BATCH, both, likeliest
from workbench.engine.models.start import is_told, parent_of
from workbench.engine.rows import Row
from workbench.engine.runtime.precision import precision
from workbench.evaluation.scoring.likelihoods import Likelihoods
from workbench.jobs.process.specs import BaseModelRef
from workbench.jobs.process.stop import Check, Stop
from workbench.models.families import CAUSAL


def systems(
    base: BaseModelRef,
    adapter: Path,
    recipe: Recipe,
    new_tokens: int,
    shown: Path | None = None,
) -> Iterator[System]:
    """The base model and the trained one, in the same weights.

    Args:
        shown: examples of which the nearest stands before each question, for a third one.

    Raises:
        WorkbenchError: the trained model cannot be loaded.
    """
    model = load_causal(base, adapter, recipe, packs=CAUSAL.packed_for_exam)
    if task_named(model.task).compares:
        yield from pairs.systems(model, adapter)
        return
    loss = AnswerLoss(model.model)

    def wrong(rows: Sequence[Row], check: Check) -> float | Likelihoods:
        if task_named(model.task).rows_are_documents:
            return likelihoods(model, loss, rows, check)
        return loss_on(model, loss, rows, check)

    leaning = shown_from(shown, model) if shown else None
    with_one = replace(model, wording=replace(model.wording, leaning=leaning)) if leaning else None
    labels, start = model.wording.labels, parent_of(adapter)
    found = both(CAUSAL, model, labels, new_tokens, answer, wrong, with_one, start)
    yield from (own for own in found if own.name == TUNED or not is_told(adapter))


def shown_from(data: Path, model: CausalModel) -> Leaning | None:
    """What the base model is shown; None where it is shown an example anyway, or there is none."""
    if model.wording.leaning is not None:
        return None
    return Leaning.to_show(data, model.task, model.max_length)


def answer(
    model: CausalModel, rows: Sequence[Row], new_tokens: int, stop: Stop, done: Done
) -> Answers:
    """An answer to each row: the likeliest category where there are some, else a written text.

    Args:
        new_tokens: longer answers are cut there.

    Raises:
        Cancelled, Orphaned: the process is to leave.
    """
    if task_named(model.task).answers_are_categories and model.wording.labels:
        return choose(model, rows, stop.check, done)
    ends = ends_set(model.model).ids
    form = form_of(model.fields, model.task, model.tokenizer, ends, model.model)
    if form is not None:
        return _fields(model, form, rows, new_tokens, stop, done)
    room = room_to_ask(model, new_tokens)
    asked_ = [asked_of(model, row, room) for row in rows]
    prompts = [prompt for prompt, _ in asked_]
    read = [said for _, said in asked_] if model.wording.long_texts else None
    calls = _calls(model, rows, ends)
    found = Answers(write_answers(model, prompts, new_tokens, stop, done, calls), read=read)
    sets = task_named(model.task).answers_are_sets and model.wording.labels
    return as_sets(found, model.wording.labels) if sets else found


def _calls(model: CausalModel, rows: Sequence[Row], ends: frozenset[int]) -> CallForm | None:
    """The form of calls of tools, where the answers may have some."""
    if not task_named(model.task).answers_are_free_text:
        return None
    turns = [asked(model.wording.messages(row)) for row in rows]
    return call_form(turns, model.tools, model.calls_tools, model.tokenizer, ends, model.model)


def _fields(
    model: CausalModel, form: Form, rows: Sequence[Row], new_tokens: int, stop: Stop, done: Done
) -> Answers:
    """The fields of each row's text, in parts where it is too long: nothing of it is passed over."""
    model = replace(model, wording=replace(model.wording, long_texts=""))
    alone = replace(model, wording=replace(model.wording, leaning=None))

    def size(row: Row) -> int:
        return len(text_ids(prompt_of(alone, row), model.tokenizer))

    def write(asked: Sequence[Row], form: Form, told: list[Told], done: Done) -> list[str]:
        prompts = [prompt_of(model, row) for row in asked]
        return write_answers(model, prompts, new_tokens, stop, done, form, told)

    room = room_to_ask(model, new_tokens)
    return answer_fields(model.task, rows, form, room, size, write, done)


def loss_on(model: CausalModel, loss: AnswerLoss, rows: Sequence[Row], check: Check) -> float:
    """Mean loss per learned token over the rows."""
    examples = encode(rows, model.wording, model.tokenizer, model.max_length)
    batches = batches_by_length(examples, LOSS_BATCH, model.tokenizer.pad_token_id)
    return mean_loss(loss, batches, check)


def prompt_of(model: CausalModel, row: Row) -> str:
    """The text that the model is asked to go on from; what is a mark in the row is guarded."""
    return asked_of(model, row, model.max_length)[0]


def asked_of(model: CausalModel, row: Row, room: int) -> tuple[str, str]:
    """The same in at most so many tokens, if the model reads long texts in part; and how much is read."""
    task, guard, template = (
        task_named(model.task),
        guard_of(model.tokenizer),
        model.wording.template,
    )
    if task.rows_are_documents:
        return Beginning(guard.text(task.question(row))), ""

    def rendered(messages: Sequence[Message]) -> str:
        return render_prompt(guard.messages(list(messages)), template)

    def tokens(messages: Sequence[Message]) -> int:
        return len(text_ids(rendered(messages), model.tokenizer))

    def count(text: str) -> int:
        return len(text_ids(guard.text(text), model.tokenizer))

    messages = [dict(message) for message in asked(model.wording.messages(row))]
    messages = with_tools(messages, model.tools) if model.names_tools else messages
    if not model.wording.long_texts or _surely_fit(messages, room):
        return rendered(messages), ""
    found = fitted(messages, room, model.wording.long_texts, count, tokens)
    return rendered(found.messages), found.said


def _surely_fit(messages: Sequence[Message], room: int) -> bool:
    """Whether a conversation fits whatever its tokens are: none is shorter than a byte, as a rule."""
    return sum(len(str(one["content"]).encode()) + MARKS for one in messages) <= room


@torch.inference_mode()
def choose(model: CausalModel, rows: Sequence[Row], check: Check, done: Done) -> Answers:
    """The likeliest category for each row, and its probability among all categories."""
    labels = list(model.wording.labels)
    if not rows:
        return Answers([], [])
    endings = [_ending(model, rows[0], label) for label in labels]

    prompts = [asked_of(model, row, model.max_length) for row in rows]

    def shares(prompt: str) -> list[float]:
        with precision():
            return label_probabilities(model, prompt, endings)

    found = likeliest(labels, [prompt for prompt, _ in prompts], shares, check, done)
    return replace(found, read=[said for _, said in prompts]) if model.wording.long_texts else found


def _ending(model: CausalModel, row: Row, label: str) -> str:
    guard = guard_of(model.tokenizer)
    messages = guard.messages(model.wording.messages({**row, "label": label}))
    return [p.text for p in segments(messages, model.wording.template) if p.learned][-1]
