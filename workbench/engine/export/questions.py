"""What a certificate asks: questions of the exam, and golden prompts beside them."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.core.messages import asked
from workbench.core.tasks import task_named
from workbench.core.tasks.task import Message
from workbench.data.splits.drawn import chosen
from workbench.engine.rows import Row
from workbench.models.families import Family
from workbench.models.trained import TrainedModel

EXAM_QUESTIONS, GOLDEN, OWN = 100, 20, 10
"""At most so many of the exam; golden prompts; how many of these are the user's own."""
_LONG = (
    "Please read all of this before you answer, since the end matters as much as the beginning. "
)
ODD = (
    "Hello",
    "?",
    "Ünïcödé: naïve café, Straße, 日本語, русский, العربية",
    "🚀🙂 (three of them: 👩‍👩‍👧)",
    "12,345.67 € on 2024-02-29 at 07:05, order #00012",
    "two lines,\n\nand a third one after a gap\twith a tab",
    'She said "no" {"and": ["left", 1]} <b>at once</b> & went 100 %',
    _LONG * 12,
    _LONG * 4,
    _LONG,
)
"""Texts as nobody writes them in a form, and somebody does all the same; the longest that fits counts."""
Fits = Callable[[list[Message], str], bool]
"""Whether a model can read a conversation, or a text, and answer it."""


@dataclass(frozen=True)
class Question:
    """One thing to ask, with what was wanted where the exam says it."""

    messages: list[Message] = field(default_factory=list)
    """As the model is asked, with its system prompt; empty for a text to be gone on with."""
    raw: list[Message] = field(default_factory=list)
    """As a user sends it: neither worded nor with the system prompt that the model was taught with."""
    text: str = ""
    """What comes in, as a person reads it."""
    row: Row | None = None
    """None for a conversation that is no row of the task."""
    expected: str | None = None


@dataclass(frozen=True)
class Questions:
    """All that is asked."""

    exam: list[Question]
    golden: list[Question]

    @property
    def all(self) -> list[Question]:
        """The exam's first."""
        return [*self.exam, *self.golden]

    @property
    def key(self) -> str:
        """Stands for all of it."""
        told = [[q.messages, q.text, q.expected] for q in self.all]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def questions_of(
    trained: TrainedModel, family: Family, rows: Sequence[Row], seed: int, fits: Fits
) -> Questions:
    """What to ask a model that was trained in this way; what is too long for it is left out.

    Args:
        rows: of its exam.
    """
    task = task_named(trained.task)
    exam = [_of_row(trained, row) for row in chosen(rows, EXAM_QUESTIONS, seed)]
    exam = [q for q in exam if fits(q.messages, q.text)]
    own = list({q.text: q for q in (_of_row(trained, row) for row in rows)}.values())
    golden = [_unanswered(q) for q in own[-OWN:]]
    odd = [_of_row(trained, row) for row in _odd_rows(task.question_role, rows)]
    golden += _one_long([q for q in odd if fits(q.messages, q.text)])
    if family.writes_text and not family.reads_apart and not task.rows_are_documents:
        golden += list(_conversations(trained))
    return Questions(exam, [q for q in golden if fits(q.messages, q.text)][:GOLDEN])


def _one_long(odd: Sequence[Question]) -> list[Question]:
    """Without the shorter ones of the long texts."""
    long = [q for q in odd if _LONG in q.text]
    return [q for q in odd if q not in long[1:]]


def _of_row(trained: TrainedModel, row: Row) -> Question:
    task = task_named(trained.task)
    expected, text = task.answer(row), task.question(row)
    expected = None if task.compares else expected
    if task.rows_are_documents:
        return Question(text=text, row=row)
    messages = asked(task.messages(row, system=trained.system, labels=trained.labels))
    own = row.get("system")
    raw = (
        [{"role": "system", "content": own.strip()}] if isinstance(own, str) and own.strip() else []
    )
    opening = task.turns or task.opening
    turns = asked(opening(row)) if opening else [_user(text)]
    return Question(list(map(_said, messages)), raw + list(map(_said, turns)), text, row, expected)


def _unanswered(question: Question) -> Question:
    return replace(question, expected=None)


def _odd_rows(role: str, rows: Sequence[Row]) -> Iterator[Row]:
    names = set(rows[0]) if rows else {"row_id", role}
    for number, text in enumerate(ODD, 1):
        value = json.dumps([{"role": "user", "content": text}]) if role == "messages" else text
        yield {**dict.fromkeys(names), "row_id": -number, role: value}


def _conversations(trained: TrainedModel) -> Iterator[Question]:
    """One of several turns, and one whose system prompt is taken away."""
    worded, text = task_named(trained.task).worded, "What can you do?"
    turns = [_user(text), {"role": "assistant", "content": "I answer questions."}]
    told = [{"role": "system", "content": trained.system}] if trained.system else []
    last, only = _user(worded("And then?", trained.labels)), _user(worded(text, trained.labels))
    yield Question([*told, *turns, last], [*turns, _user("And then?")], "And then?")
    yield Question([only], [{"role": "system", "content": ""}, _user(text)], text)


def _user(text: str) -> Message:
    return {"role": "user", "content": text}


def _said(turn: Any) -> Message:
    return {"role": turn["role"], "content": turn["content"]}
