"""The form of a model's answers in fields, and where answers are free of any."""

import contextlib
import copy
import logging
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from workbench.core.fields.field import Fields
from workbench.core.fields.grammar import signs
from workbench.core.tasks import task_named
from workbench.engine.generative.fields.constraint import FieldsConstraint
from workbench.engine.generative.fields.vocabulary import Vocabulary, vocabulary
from workbench.engine.serving.choosing.json_constraint import UnusableForm

_log = logging.getLogger(__name__)
_is_free: ContextVar[bool] = ContextVar("is_free", default=False)


@contextlib.contextmanager
def free() -> Iterator[None]:
    """Answers inside of this block are held to no form: what the model writes by itself."""
    token = _is_free.set(True)
    try:
        yield
    finally:
        _is_free.reset(token)


def is_free() -> bool:
    """Whether answers are held to no form, here."""
    return _is_free.get()


class Form:
    """The form of a model's answers."""

    def __init__(self, fields: Fields, tokenizer: Any, ends: frozenset[int], model: Any) -> None:
        """Args:
            ends: ids of the tokens that end an answer.
            model: tells how many scores it gives for a next token.

        Raises:
            UnusableForm: the model cannot write it.
        """
        self.fields = fields
        self.words: Vocabulary = vocabulary(tokenizer, ends)
        self.words.tokens(signs(fields))
        self._width = max(self.words.words.vocab_size, model.config.get_text_config().vocab_size)

    def of_part(self) -> "Form":
        """The same for a part of a text, in which any field may be missing."""
        part = copy.copy(self)
        part.fields = tuple(replace(field, may_be_missing=True) for field in self.fields)
        return part

    def constraint(self, limit: int, place: int = 0) -> FieldsConstraint:
        """What one answer keeps to, in so many tokens; all of them have the same form."""
        return FieldsConstraint(self.fields, self.words, self._width, limit)


def form_of(
    fields: Fields, task: str, tokenizer: Any, ends: frozenset[int], model: Any
) -> Form | None:
    """The form of a task's answers; None where it has none, or the model cannot write it."""
    if not task_named(task).answers_are_json or _is_free.get():
        return None
    try:
        return Form(fields, tokenizer, ends, model)
    except UnusableForm as error:
        _log.warning("Answers are not held to their form: %s", error)
        return None
