"""From a text to the ids that a model reads, and where the answer that it writes is over.

Training, exam, prediction and server all come here, so that a model is asked in the ids that it
learned from, and stops at the marks that it learned.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.messages import end_marks
from workbench.core.templates.chat_template import ChatTemplate
from workbench.engine.causal.marks import marks_of, token_ids
from workbench.engine.encoding.opening import opening
from workbench.models.model_types import type_facts


class Beginning(str):
    """A text that is no conversation, to be gone on with: it begins as documents do in training."""

    __slots__ = ()


def text_ids(text: str, tokenizer: Any) -> list[int]:
    """The ids of a text as the model reads it; a guard may stand in it (see `marks`).

    Nothing is put before a text: a chat template writes its own marks. Only a `Beginning` gets
    what documents have there, unless it has it already.
    """
    ids = token_ids(text, tokenizer)
    begin = list(opening(tokenizer)) if isinstance(text, Beginning) else []
    return ids if ids[: len(begin)] == begin else [*begin, *ids]


@dataclass(frozen=True)
class Ends:
    """Where an answer is over."""

    ids: frozenset[int]
    """Tokens that end it."""
    text: str = ""
    """What ends it where the template writes no token there; empty where it does."""


def ends_of(
    tokenizer: Any, template: ChatTemplate, named: Iterable[int | None], model_type: str
) -> Ends:
    """Where answers end: at what the template ends them with, and at what the model's files name.

    Args:
        named: ids of end marks in the model's own settings.
    """
    last = end_marks(template).last
    marks = {tokenizer.convert_tokens_to_ids(mark) for mark in marks_of(tokenizer)}
    own = next((i for i in token_ids(last, tokenizer) if i in marks), None)
    vocabulary = tokenizer.get_vocab()
    known = [vocabulary.get(mark) for mark in type_facts(model_type).ends]
    ids = {tokenizer.eos_token_id, own, *named, *known}
    return Ends(frozenset(i for i in ids if i is not None), "" if own is not None else last.strip())


def set_ends(model: Any, tokenizer: Any, template: ChatTemplate) -> None:
    """Stop writing where the template ends a turn, also if the model's files name another end."""
    settings, config = model.generation_config, model.config.get_text_config()
    named = [*_ids(settings.eos_token_id), *_ids(getattr(config, "eos_token_id", None))]
    ends = ends_of(tokenizer, template, named, str(config.model_type))
    settings.eos_token_id = sorted(ends.ids)
    model.end_text = ends.text
    settings.pad_token_id = tokenizer.pad_token_id


def ends_set(model: Any) -> Ends:
    """What `set_ends` left with a model."""
    ids = _ids(model.generation_config.eos_token_id)
    return Ends(frozenset(ids), getattr(model, "end_text", ""))


def answer_of(ids: Sequence[int], tokenizer: Any, ends: Ends) -> str:
    """The text of an answer, up to where it ends."""
    until = next((at for at, token in enumerate(ids) if token in ends.ids), len(ids))
    text = str(tokenizer.decode(ids[:until], skip_special_tokens=True))
    return (text.partition(ends.text)[0] if ends.text else text).strip()


def _ids(value: int | list[int] | None) -> list[int]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]
