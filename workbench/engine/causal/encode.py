"""From the rows of a dataset version to token ids, learned parts marked."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
from datasets import Features, List, Value

from workbench.core.errors import WorkbenchError
from workbench.core.messages import Segment
from workbench.core.shapes.conversation_shapes import Segmenter
from workbench.core.tasks import task_named
from workbench.core.tasks.task import Message
from workbench.core.templates.chat_template import ChatTemplate
from workbench.engine.causal.documents.pieces import to_learn
from workbench.engine.causal.learned import Span, learned_tokens
from workbench.engine.causal.loss import IGNORED
from workbench.engine.causal.many_texts import encodings
from workbench.engine.causal.marks import guard_of
from workbench.engine.causal.reading import text_ids
from workbench.engine.encoding.encoded_rows import IDS, Columns, EncodedRows, features_of, tokens_of
from workbench.engine.generative.leaning.leaning import Leaning, leaned
from workbench.engine.generative.long_texts.fitting import fitted
from workbench.engine.rows import AT_ONCE, Row

MARK_TOKENS = 16
"""At least so many tokens at the end of a question are kept: they say that an answer follows."""
LEARNED = "learned"
FEATURES: Features = features_of(**{LEARNED: List(Value("bool"))})


@dataclass(frozen=True)
class Wording:
    """What turns rows into the text that a model reads; kept with the trained model."""

    task: str
    template: ChatTemplate
    system: str = ""
    labels: Sequence[str] = ()
    leaning: Leaning | None = None
    """The examples that answers lean on."""
    long_texts: str = ""
    """What is read of a text that is too long (`core.long_texts.ways`); empty: all but some tokens of
    the middle."""

    def messages(self, row: Row) -> list[Message]:
        """The row as a conversation."""
        own = task_named(self.task).messages(row, system=self.system, labels=self.labels)
        return leaned(self.leaning, own, self.task, row)


@dataclass(frozen=True)
class Example:
    """One text as token ids int32 (tokens,), and which of them are learned, bool (tokens,)."""

    input_ids: np.ndarray
    learned: np.ndarray

    @property
    def labels(self) -> np.ndarray:
        """The ids where learned, else `IGNORED`."""
        return np.where(self.learned, self.input_ids, IGNORED)


@dataclass
class Cuts:
    """How many examples did not fit."""

    questions: int = 0
    answers: int = 0
    long: list[tuple[int, int]] = field(default_factory=list)
    """Rows that are too long as they came, with their tokens."""
    cut: list[int] = field(default_factory=list)
    """Rows whose answer lost its end."""


@dataclass(frozen=True)
class Examples:
    """Encoded rows, and how many did not fit."""

    rows: EncodedRows = field(default_factory=lambda: EncodedRows.held([], FEATURES))
    cuts: Cuts = field(default_factory=Cuts)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, number: int) -> Example:
        return self.__getitems__([number])[0]

    def __getitems__(self, numbers: Sequence[int]) -> list[Example]:
        """Some of them, as torch's data loader asks for a batch."""
        ids, learned = (self.rows.lists(name, numbers) for name in (IDS, LEARNED))
        return [Example(*both) for both in zip(ids, learned, strict=True)]

    @property
    def lengths(self) -> np.ndarray:
        """Tokens of each example, int32 (examples,)."""
        return self.rows.lengths


def encode(rows: Sequence[Row], wording: Wording, tokenizer: Any, max_length: int) -> Examples:
    """A few rows as token ids of at most `max_length` tokens, in memory.

    Raises:
        WorkbenchError: a row's conversation does not fit the chat template; it names the row.
    """
    return held(rows, encoded, wording, tokenizer, max_length)


def held(
    rows: Sequence[Row],
    way: Callable[..., Iterator[Columns]],
    wording: Wording,
    tokenizer: Any,
    max_length: int,
) -> Examples:
    """A few rows in memory, encoded in a way: `encoded`, or that of pairs."""
    cuts = Cuts()
    parts = (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))
    batches = list(way(parts, wording, tokenizer, max_length, cuts))
    return Examples(EncodedRows.held(batches, FEATURES), cuts)


def encoded(
    batches: Iterable[Sequence[Row]], wording: Wording, tokenizer: Any, max_length: int, cuts: Cuts
) -> Iterator[Columns]:
    """Batches of rows as the columns of `FEATURES`; what did not fit is counted in `cuts`.

    Raises:
        WorkbenchError: a row's conversation does not fit the chat template; it names the row.
    """
    task, cut = task_named(wording.task), Segmenter(wording.template)
    for rows in batches:
        if task.rows_are_documents:
            texts = [str(row[task.learned]) for row in rows]
            examples = _documents(texts, tokenizer, max_length)
        else:
            pieces = [segments_of(row, wording, cut, tokenizer) for row in rows]
            examples = conversations(pieces, tokenizer)
            long = np.flatnonzero(examples.counts > max_length).tolist()
            cuts.long += [(row_number(rows[n]), int(examples.counts[n])) for n in long]
            if long and wording.long_texts:
                examples = _in_part(examples, long, rows, wording, cut, tokenizer, max_length)
            examples = _shortened(examples, max_length, cuts, rows)
        yield examples.columns()


@dataclass(frozen=True)
class Batch:
    """Examples whose tokens lie one behind the other."""

    ids: np.ndarray
    learned: np.ndarray
    counts: np.ndarray
    """Tokens of each example."""

    @classmethod
    def of(cls, examples: Sequence[Example]) -> "Batch":
        """Some examples, one behind the other."""
        return cls(
            np.concatenate([*(example.input_ids for example in examples), np.empty(0, np.int32)]),
            np.concatenate([*(example.learned for example in examples), np.empty(0, bool)]),
            np.array([len(example.input_ids) for example in examples], np.int64),
        )

    def examples(self) -> list[Example]:
        """One by one."""
        ends = np.cumsum(self.counts)
        return [
            Example(self.ids[end - count : end], self.learned[end - count : end])
            for end, count in zip(ends, self.counts, strict=True)
        ]

    def columns(self) -> Mapping[str, pa.Array]:
        """As they are kept."""
        ids, learned = (tokens_of(values, self.counts) for values in (self.ids, self.learned))
        return {IDS: ids, LEARNED: learned}


def segments_of(row: Row, wording: Wording, cut: Segmenter, tokenizer: Any) -> list[Segment]:
    """A row as the model is told it; what is a mark in the row is guarded.

    Raises:
        WorkbenchError: it does not fit the chat template; it names the row.
    """
    try:
        return cut(guard_of(tokenizer).messages(wording.messages(row)))
    except WorkbenchError as error:
        raise WorkbenchError(f"Row {row['row_id']}: {error}") from error


def _in_part(
    batch: Batch,
    long: Sequence[int],
    rows: Sequence[Row],
    wording: Wording,
    cut: Segmenter,
    tokenizer: Any,
    max_length: int,
) -> Batch:
    """The batch with only parts of the texts of those rows that are too long."""
    found, guard = batch.examples(), guard_of(tokenizer)

    def pieces_of(messages: Sequence[Message]) -> list[Segment]:
        return cut(guard.messages(list(messages)))

    def tokens(messages: Sequence[Message]) -> int:
        return len(text_ids("".join(piece.text for piece in pieces_of(messages)), tokenizer))

    def count(text: str) -> int:
        return len(text_ids(guard.text(text), tokenizer))

    for n in long:
        asked = int(found[n].learned.argmax()) if found[n].learned.any() else 0
        # An answer may have half of the room; what it has beyond that, it loses itself.
        room = max(max_length, len(found[n].learned) - asked + max_length // 2)
        own = fitted(wording.messages(rows[n]), room, wording.long_texts, count, tokens)
        if own.said:
            found[n] = conversations([pieces_of(own.messages)], tokenizer).examples()[0]
    return Batch.of(found)


def row_number(row: Row) -> int:
    """0 of a row that has none."""
    return int(row.get("row_id") or 0)


def _documents(texts: Sequence[str], tokenizer: Any, max_length: int) -> Batch:
    """Documents and their ends in pieces; every token is learned in one of them."""
    guard = guard_of(tokenizer)
    pieces = to_learn([guard.text(text) for text in texts], tokenizer, max_length)
    return Batch.of([Example(piece.ids, piece.learned) for piece in pieces])


def conversations(pieces: Sequence[Sequence[Segment]], tokenizer: Any) -> Batch:
    """Conversations, each cut where what is learned begins and ends, as token ids."""
    if not tokenizer.is_fast:
        return Batch.of([_encoded_apart(own, tokenizer) for own in pieces])
    texts = ["".join([piece.text for piece in own]) for own in pieces]
    found = encodings(texts, tokenizer)
    counts = np.array([len(one) for one in found], np.int64)
    # One text's lists at a time: tens of thousands of tuples would be searched for garbage.
    ids = np.fromiter(chain.from_iterable(one.ids for one in found), np.int32, int(counts.sum()))
    offsets = (one.offsets for one in found)
    spans, lengths = [_spans(own) for own in pieces], [len(text) for text in texts]
    return Batch(ids, learned_tokens(offsets, counts, spans, lengths), counts)


def _encoded_apart(pieces: Sequence[Segment], tokenizer: Any) -> Example:
    """For tokenizers that do not say which characters a token stands for."""
    ids = [text_ids(piece.text, tokenizer) for piece in pieces]
    learned = [
        own for piece, part in zip(pieces, ids, strict=True) for own in [piece.learned] * len(part)
    ]
    return Example(np.array([i for part in ids for i in part], np.int32), np.array(learned, bool))


def _spans(pieces: Sequence[Segment]) -> list[Span]:
    spans, position = [], 0
    for piece in pieces:
        if piece.learned:
            spans.append((position, position + len(piece.text)))
        position += len(piece.text)
    return spans


def _shortened(batch: Batch, max_length: int, cuts: Cuts, rows: Sequence[Row]) -> Batch:
    if not (batch.counts > max_length).any():
        return batch
    found = []
    for example, row in zip(batch.examples(), rows, strict=True):
        if len(example.input_ids) > max_length:
            example, cut_question, cut_answer = shorter(example, max_length)
            cuts.questions += cut_question
            cuts.answers += cut_answer
            cuts.cut += [row_number(row)] * cut_answer
        found.append(example)
    return Batch.of(found)


def shorter(example: Example, max_length: int, answer: int = 0) -> tuple[Example, bool, bool]:
    """The example in `max_length` tokens, and whether its question and its answer were cut.

    The question gives way first, down to half of the room; then the end of the answer.

    Args:
        answer: tokens of the longest answer to the same question, which leaves it its room.
    """
    ids, learned = example.input_ids, example.learned
    first = int(learned.argmax()) if learned.any() else len(ids)
    longest = max(answer, len(ids) - first)
    answer_room = min(longest, max(max_length - first, max_length // 2))
    kept = kept_of_question(first, max_length - answer_room)
    rest = range(first, first + answer_room)
    cut_answer = bool(learned[rest.stop :].any())
    kept += [place for place in rest if place < len(ids)]
    made = Example(ids[kept], learned[kept])
    return made, kept[0] != 0 or first > max_length - answer_room, cut_answer


def kept_of_question(length: int, room: int) -> list[int]:
    """Which of `length` tokens are kept where only `room` fit: the middle goes.

    A question begins with its instruction and ends with the mark that an answer follows.
    """
    if length <= room:
        return list(range(length))
    tail = max(room // 4, min(room // 2, MARK_TOKENS))
    return [*range(room - tail), *range(length - tail, length)]
