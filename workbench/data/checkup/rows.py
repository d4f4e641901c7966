"""The examples that are looked at: those of one version, column by column."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from workbench.core.canonical import question_of
from workbench.core.progress import Progress, silent
from workbench.core.tasks import Task
from workbench.data.checkup.similarity.alike import Alike, alike
from workbench.data.checkup.similarity.buckets import Buckets
from workbench.data.checkup.similarity.same import same_texts
from workbench.data.checkup.similarity.spellings import merge_spellings
from workbench.data.examples.left_out import LeftOut
from workbench.data.splits.assign import TEST, TRAIN

CountTokens = Callable[[Sequence[str]], list[int]]
"""Texts → how many tokens each has."""


@dataclass(frozen=True)
class Rows:
    """The examples of a version, in its order."""

    task: Task
    row_ids: list[int]
    splits: list[str]
    """train, validation or test, for each row."""
    values: dict[str, list[str]]
    """Role → text of every row, "" where there is none. `messages` holds JSON."""
    seed: int = 42
    progress: Progress = field(default=silent, repr=False)
    count_tokens: CountTokens | None = field(default=None, repr=False)
    """Counts the tokens of texts as the chosen model does; None where it is not known."""
    max_tokens: int | None = None
    """How many tokens an example may have."""
    left_out: LeftOut = field(default_factory=dict, repr=False)
    """The rows that were left out of the table, where that is to be told."""
    given_away: Sequence[str] = ()
    """The columns of the answer that also stand in what comes in."""

    def __len__(self) -> int:
        return len(self.row_ids)

    def questions(self) -> list[str]:
        """What comes in; of a conversation what the user says."""
        return self._asked

    @cached_property
    def _asked(self) -> list[str]:
        texts = self.values[self.task.question_role]
        if self.task.opening:  # several turns are kept as JSON
            return [self.task.question({self.task.question_role: text}) for text in texts]
        return [question_of(text) for text in texts] if self.task.rows_are_conversations else texts

    def answers(self) -> list[str]:
        """What the model is to give; "" for each row of a task without."""
        role = self.task.answer_role
        return self.values[role] if role else [""] * len(self)

    @cached_property
    def meant(self) -> list[str]:
        """The answers, categories that differ in spelling only being one: their usual spelling."""
        answers = self.answers()
        if not self.task.answers_are_categories:
            return answers
        usual = self.usual
        return [usual.get(label, label) for label in answers] if usual else answers

    @cached_property
    def usual(self) -> dict[str, str]:
        """Category → its usual spelling, for those that are written in another way."""
        return merge_spellings(Counter(self.answers()))

    @cached_property
    def same(self) -> Buckets:
        """Which rows ask the same but for capitals, spaces and punctuation."""
        return same_texts(self.questions())

    @cached_property
    def alike(self) -> Alike:
        """Which rows ask nearly the same, looked for once for all checks that need it."""
        return alike(self.questions(), self.same, self.progress)

    def is_exam(self, index: int) -> bool:
        """Whether a row is kept back for the exam."""
        return self.splits[index] == TEST

    def is_learned(self, index: int) -> bool:
        """Whether a row is learned from."""
        return self.splits[index] == TRAIN


def rows_of(task: Task, data: pa.Table, *, seed: int = 42, progress: Progress = silent) -> Rows:
    """The rows of a version's table (columns row_id, split and the roles)."""
    roles = [name for name in data.column_names if name not in ("row_id", "split")]
    values = {role: _texts(data.column(role), role == "label") for role in roles}
    splits = _texts(data.column("split"), True)
    return Rows(task, data.column("row_id").to_pylist(), splits, values, seed, progress)


def _texts(column: pa.ChunkedArray, repeated: bool) -> list[str]:
    """The texts of a column, "" for nothing; those that come again and again are kept once."""
    if not repeated:
        return [text or "" for text in column.to_pylist()]
    known: dict[str, str] = {}
    return [known.setdefault(text or "", text or "") for text in column.to_pylist()]


def number_texts(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """The same number for the same text."""
    codes = pa.array(texts, pa.large_string()).dictionary_encode().indices
    numbers: npt.NDArray[np.int64] = codes.to_numpy().astype(np.int64)
    return numbers
