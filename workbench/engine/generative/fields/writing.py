"""Answers in fields by transformers' `generate`, many at once, of models of one half or two."""

import contextlib
import copy
import logging
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, Protocol

import torch
from transformers import LogitsProcessor, StoppingCriteria

from workbench.core.fields.field import Fields
from workbench.core.fields.grammar import signs
from workbench.core.tasks import task_named
from workbench.engine.generative.fields.constraint import FieldsConstraint, Told, least
from workbench.engine.generative.fields.vocabulary import Vocabulary, vocabulary
from workbench.engine.serving.choosing.json_constraint import UnusableForm

_log = logging.getLogger(__name__)
NEVER = float("-inf")
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


class Held(Protocol):
    """The form that some answers are held to."""

    @property
    def least(self) -> int:
        """Tokens of the shortest whole answer."""

    def of(self, places: Sequence[int]) -> "Held":
        """That of some of the answers."""

    def together(self, rows: int, limit: int) -> "Together":
        """What so many answers, written at once, keep to."""


class Row(Protocol):
    """What one of the answers keeps to."""

    @property
    def is_over(self) -> bool:
        """Whether it is whole."""

    @property
    def told(self) -> Told:
        """What is told of it."""

    def mask(self) -> torch.Tensor:
        """(vocabulary,) bool, True for what may come next."""

    def note(self, logprob: float) -> None:
        """How likely the token was that is handed back next."""

    def accept(self, token: int) -> None:
        """Go on with this token."""


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
        self._ends = ends
        self._width = max(self.words.words.vocab_size, model.config.get_text_config().vocab_size)

    @property
    def least(self) -> int:
        """Tokens of the shortest whole answer."""
        return least(self.words)

    def of(self, places: Sequence[int]) -> "Form":
        """All answers have the same."""
        return self

    def of_part(self) -> "Form":
        """The same for a part of a text, in which any field may be missing."""
        part = copy.copy(self)
        part.fields = tuple(replace(field, may_be_missing=True) for field in self.fields)
        return part

    def constraint(self, limit: int) -> FieldsConstraint:
        """What one answer keeps to, in so many tokens."""
        return FieldsConstraint(self.fields, self.words, self._width, limit)

    def together(self, rows: int, limit: int) -> "Together":
        """What so many answers, written at once, keep to."""
        return Together([self.constraint(limit) for _ in range(rows)], min(self._ends))


class Together:
    """Answers that are written at once: what `generate` asks before a token, and after it."""

    def __init__(self, rows: Sequence[Row], end: int) -> None:
        """`end` is written behind an answer that is whole."""
        self._rows, self._end = rows, end
        self._scores = torch.empty(0)
        self.before = _Before(self.allowed)
        self.after = _After(self.took)

    @property
    def told(self) -> list[Told]:
        """What is told of each answer."""
        return [one.told for one in self._rows]

    def allowed(self, scores: torch.Tensor) -> torch.Tensor:
        """The scores (rows, vocabulary) of the next tokens, without those that may not come."""
        allowed = torch.stack([self._mask(one, scores.shape[-1]) for one in self._rows])
        self._scores = scores.masked_fill(~allowed.to(scores.device), NEVER)
        return self._scores

    def took(self, tokens: Sequence[int]) -> list[bool]:
        """Which answers are over, once these tokens have been chosen."""
        likely = self._scores.float().log_softmax(-1)
        for one, token, logs in zip(self._rows, tokens, likely, strict=True):
            if not one.is_over:
                one.note(float(logs[token]))
                one.accept(token)
        return [one.is_over for one in self._rows]

    def _mask(self, one: Row, width: int) -> torch.Tensor:
        if not one.is_over:
            return one.mask()[:width]
        found = torch.zeros(width, dtype=torch.bool)
        found[self._end] = True
        return found


class _Before(LogitsProcessor):
    def __init__(self, allowed: Callable[[torch.Tensor], torch.Tensor]) -> None:
        self._allowed = allowed

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        return self._allowed(scores)


class _After(StoppingCriteria):
    def __init__(self, took: Callable[[Sequence[int]], list[bool]]) -> None:
        self._took = took

    def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:
        over = self._took(input_ids[:, -1].tolist())
        return torch.tensor(over, dtype=torch.bool, device=input_ids.device)


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
