"""Answers that lean on the user's own examples: the nearest one stands before the question.

The example is a turn of its own, its question and its answer, in the model's own chat form; so it was
when the model learned, and so it is whenever it is asked.
"""

import functools
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core import parquet
from workbench.core.tasks import task_named
from workbench.core.tasks.task import Message
from workbench.engine.encoder.reader import meaning
from workbench.engine.encoder.reader.meaning import Vectors
from workbench.engine.generative.leaning.nearest import (
    SPELLING,
    Example,
    Nearest,
    Way,
    asked_by,
)
from workbench.engine.rows import Row, read_rows
from workbench.models.bundled import READER
from workbench.models.trained import LEANED_ON

MOST = 5_000
"""Examples that are looked through; of more, some of all."""
FEWEST = 8
BYTES_A_TOKEN = 3
"""So many bytes of text a token holds at least, in most languages."""
MARKS = 200
"""Bytes that a chat template puts around the turns."""
SHOWN, WAY, READ_BY = b"shown", b"way", b"read_by"
"""In the metadata of the kept file: how many examples stand before a question, where it is not one; how
they are found, where it is not by spelling alone; and what read the column `vector`."""
TOO_SHORT = 80
"""Bytes; what is left of an example is no example any more."""


class Leaning:
    """The examples, and the way from a conversation to one with an example before its question."""

    def __init__(
        self,
        examples: Sequence[Example],
        longest: int,
        shown: int = 1,
        way: Way = SPELLING,
        vectors: Vectors | None = None,
    ) -> None:
        self.examples, self.way = list(examples), way
        self._shown, self._vectors = shown, vectors if way.by_meaning else None
        self._room = longest * BYTES_A_TOKEN - MARKS

    @classmethod
    def of(
        cls, data: Path, task: str, longest: int, check: Callable[[], None] = lambda: None
    ) -> "Leaning | None":
        """All that there is to learn from, found in the way that is best among themselves; None for other
        tasks, and of too few examples.

        Args:
            longest: tokens that an example of a training may have.
            check: may raise to leave.
        """
        about = task_named(task)
        if not about.can_lean_on_examples:
            return None
        plain = cls._of_questions(data, task, longest, about.question)
        if plain is None:
            return None
        reader = meaning.meaning()
        vectors = reader.vectors(asked_by(plain.examples), check) if reader else None
        way = Nearest.tried(plain.examples, vectors, check)
        return cls(plain.examples, longest, way=way, vectors=vectors)

    @classmethod
    def to_show(
        cls,
        data: Path,
        task: str,
        longest: int,
        labels: Sequence[str] = (),
        shown: int = 1,
    ) -> "Leaning | None":
        """The same for a model that was never trained, whatever its questions and answers are.

        Args:
            labels: the categories, as the question itself names them.
            shown: so many examples stand before a question, as far as they fit.
        """
        about = task_named(task)
        if about.rows_are_conversations or about.rows_are_documents:
            return None
        return cls._of_questions(
            data, task, longest, lambda row: about.worded(about.question(row), labels), shown
        )

    @classmethod
    def _of_questions(
        cls,
        data: Path,
        task: str,
        longest: int,
        question: Callable[[Row], str],
        shown: int = 1,
    ) -> "Leaning | None":
        answer, rows = task_named(task).answer, read_rows(data, "train")
        some = rows[:: -(-len(rows) // MOST) or 1]
        bare = task_named(task).question
        asked = [(question(row), bare(row), answer(row) or "") for row in some]
        found = [Example(q, a, b if b != q else "") for q, b, a in asked]
        found = [one for one in found if one.question.strip() and one.answer.strip()]
        return cls(found, longest, shown) if len(found) >= FEWEST else None

    @classmethod
    def read(cls, folder: Path, longest: int) -> "Leaning | None":
        """What `write` kept beside a trained model; None where it does not lean on examples.

        Raises:
            WorkbenchError: the file is damaged.
        """
        path = folder / LEANED_ON
        return _kept(path, path.stat().st_mtime_ns, longest) if path.is_file() else None

    @classmethod
    def _read(cls, path: Path, longest: int) -> "Leaning":
        damaged = f"{path} is damaged: restore a backup, or train the model again."
        table = parquet.read(path, damaged)
        about = table.schema.metadata or {}
        way = Way(**json.loads(about[WAY])) if WAY in about else SPELLING
        vectors = None
        if way.by_meaning and about.get(READ_BY) == READER.encode():
            vectors = np.array(table["vector"].to_pylist(), np.float32)
        texts = table.drop_columns(["vector"]) if "vector" in table.column_names else table
        found = [
            Example(row["question"], row["answer"], row.get("found_by") or "")
            for row in texts.to_pylist()
        ]
        return cls(found, longest, int(about.get(SHOWN, b"1")), way, vectors)

    def write(self, folder: Path) -> None:
        """Keep the examples beside a trained model."""
        kept = [{"question": one.question, "answer": one.answer} for one in self.examples]
        if any(one.found_by for one in self.examples):
            kept = [
                {**row, "found_by": one.found_by}
                for row, one in zip(kept, self.examples, strict=True)
            ]
        table, about = pa.Table.from_pylist(kept), {}
        if self._shown != 1:
            about[SHOWN] = str(self._shown)
        if self.way != SPELLING:
            about[WAY] = json.dumps(asdict(self.way))
        if self._vectors is not None:
            vectors = pa.array(list(self._vectors), pa.list_(pa.float32()))
            table, about[READ_BY] = table.append_column("vector", vectors), READER
        table = table.replace_schema_metadata(about or None)
        pq.write_table(table, folder / LEANED_ON, compression="zstd")

    def before(self, messages: Sequence[Message], question: str, *, learned: bool) -> list[Message]:
        """The conversation with the nearest examples before its first question, the nearest last.

        Args:
            learned: the question is one of the examples, and must not be shown its own answer.
        """
        nearest = self._nearest.several(question, self._shown, others_only=learned)
        own = [one for one in messages if one["role"] == "system"]
        taken = sum(_bytes(one["content"]) for one in own) + _bytes(question)
        turns: list[Message] = []
        for example in nearest:
            shown = _cut(example, self._room - taken)
            if shown is None:
                break
            taken += _bytes(shown.question) + _bytes(shown.answer) + (MARKS if turns else 0)
            turns = [
                {"role": "user", "content": shown.question},
                {"role": "assistant", "content": shown.answer, "learn": False},
                *turns,
            ]
        if not turns:
            return list(messages)
        return [*own, *turns, *(one for one in messages if one["role"] != "system")]

    @functools.cached_property
    def _nearest(self) -> Nearest:
        return Nearest(self.examples, self.way, self._vectors, meaning.meaning)


@functools.lru_cache(maxsize=8)
def _kept(path: Path, _stamp: int, longest: int) -> Leaning:
    """Once: an index is made of the examples."""
    return Leaning._read(path, longest)


def leaned(leaning: Leaning | None, messages: list[Message], task: str, row: Row) -> list[Message]:
    """A row's conversation as it is learned or asked, with an example if answers lean on some."""
    if leaning is None:
        return messages
    return leaning.before(
        messages, task_named(task).question(row), learned=row.get("split") == "train"
    )


def _cut(example: Example, room: int) -> Example | None:
    """As much of an example as fits beside the question and an answer as long as its own."""
    answer, question = _bytes(example.answer), _bytes(example.question)
    left = room - answer  # the answer that is to be written
    if question + answer <= left:
        return example
    if left - answer >= TOO_SHORT:
        return Example(_begin(example.question, left - answer), example.answer)
    if left >= 2 * TOO_SHORT:
        return Example(
            _begin(example.question, TOO_SHORT), _begin(example.answer, left - TOO_SHORT)
        )
    return None


def _begin(text: str, most: int) -> str:
    """The beginning of a text, up to a word's end; at most so many bytes."""
    if _bytes(text) <= most:
        return text
    kept = text.encode()[: most - 4].decode(errors="ignore")
    return f"{kept.rpartition(' ')[0] or kept} …"


def _bytes(text: str) -> int:
    return len(text.encode())
