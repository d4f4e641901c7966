"""From the rows of a dataset version to the token ids of both texts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workbench.core.chats.source_text import Pair, pairs, question_text
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.engine.causal.batches import LENGTH_STEP
from workbench.engine.causal.encode import kept_of_question
from workbench.engine.causal.marks import guard_of, token_ids
from workbench.engine.generative.long_texts.parts import Selection, select
from workbench.engine.rows import Row
from workbench.engine.seq2seq.framing import Framing


@dataclass(frozen=True)
class Wording:
    """What turns rows into the texts that a model reads and writes; kept with the trained model."""

    task: str
    system: str = ""
    labels: Sequence[str] = ()

    def pairs(self, row: Row) -> list[Pair]:
        """The row's questions with their answers; several of a conversation.

        Raises:
            WorkbenchError: there is no answer in it; the sentence names the row.
        """
        try:
            return pairs(self._turns(row))
        except WorkbenchError as error:
            raise WorkbenchError(f"Row {row['row_id']}: {error}") from error

    def question(self, row: Row) -> str:
        """What is asked in an exam or of a file: the last question."""
        return question_text(self._turns(row))

    def _turns(self, row: Row) -> list[Any]:
        return list(task_named(self.task).messages(row, system=self.system, labels=self.labels))


@dataclass(frozen=True)
class Limits:
    """How many tokens each of the two texts may have, marks included."""

    source: int
    target: int


def limits_of(framing: Framing, wanted: int) -> Limits:
    """As many as wanted, and no more than the model has positions for."""
    return Limits(_limit(framing.longest_source, wanted), _limit(framing.longest_target, wanted))


def _limit(positions: int | None, wanted: int) -> int:
    if positions is None:
        return wanted
    # Batches are padded up to a multiple; the padding must fit as well.
    return min(wanted, max(LENGTH_STEP, positions // LENGTH_STEP * LENGTH_STEP))


@dataclass(frozen=True)
class Example:
    """A question and its answer as token ids, marks included."""

    input_ids: list[int]
    labels: list[int]


@dataclass
class Examples:
    """Encoded rows, and how many texts did not fit."""

    items: list[Example] = field(default_factory=list)
    cut_questions: int = 0
    cut_answers: int = 0
    long: list[tuple[int, int]] = field(default_factory=list)
    """Rows whose question is too long as it came, with its tokens."""
    cut: list[int] = field(default_factory=list)
    """Rows whose answer lost its end."""

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> Example:
        return self.items[index]

    @property
    def lengths(self) -> np.ndarray:
        """Tokens of each example (examples,), both texts together."""
        return np.array([len(item.input_ids) + len(item.labels) for item in self.items], np.int32)


class PairTokenizer:
    """Texts to ids, with what stands around them; what is a mark in a text stays text."""

    def __init__(self, own: Any, framing: Framing, limits: Limits, long_texts: str = "") -> None:
        """
        Args:
            long_texts: what is read of a question that is too long (`core.long_texts.ways`); empty: all
                but some tokens of the middle.
        """
        self.own, self.framing, self.limits = own, framing, limits
        self.long_texts = long_texts

    def source(self, text: str) -> tuple[list[int], bool]:
        """A question's ids, and whether some of it had to go."""
        ids, room = self._ids(text), self._room
        is_long = len(ids) > room
        if is_long and self.long_texts:
            ids = self._ids(self.selected(text).text)
        kept = [ids[i] for i in kept_of_question(len(ids), room)]
        return self.framing.source(kept), is_long

    def read(self, text: str) -> str:
        """How much of a question is read, in a few words; empty where that is all."""
        return self.selected(text).said if self.long_texts else ""

    @property
    def _room(self) -> int:
        return max(1, self.limits.source - len(self.framing.source([])))

    def selected(self, text: str) -> Selection:
        """What is read of a question, where it is read in part if it is too long."""
        return select(text, self._room, self.long_texts, lambda part: len(self._ids(part)))

    def whole_source(self, text: str) -> list[int]:
        """A question's ids, however many they are."""
        return self.framing.source(self._ids(text))

    def target(self, text: str) -> tuple[list[int], bool]:
        """An answer's ids, and whether its end had to go, the mark of it included."""
        ids = self.framing.target(self._ids(text))
        return ids[: self.limits.target], len(ids) > self.limits.target

    def _ids(self, text: str) -> list[int]:
        return token_ids(guard_of(self.own).text(text), self.own)


def encode(rows: Sequence[Row], wording: Wording, tokenizer: PairTokenizer) -> Examples:
    """The rows as token ids, several examples for a conversation with several answers.

    Raises:
        WorkbenchError: a row has no answer; it names the row.
    """
    found = Examples()
    for row in rows:
        for pair in wording.pairs(row):
            source, cut_question = tokenizer.source(pair.source)
            target, cut_answer = tokenizer.target(pair.target)
            found.items.append(Example(source, target))
            found.cut_questions += cut_question
            found.cut_answers += cut_answer
            number = int(row.get("row_id") or 0)
            if cut_question:
                found.long.append((number, len(tokenizer.whole_source(pair.source))))
            found.cut += [number] * cut_answer
    return found
