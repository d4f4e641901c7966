"""From the rows of a dataset version to token ids, learned parts marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.messages import ChatTemplate, Segment, segments
from workbench.core.tasks import task_named
from workbench.core.tasks.task import Message
from workbench.engine.causal.loss import IGNORED
from workbench.engine.causal.marks import guard_of, ids_and_offsets, token_ids
from workbench.engine.rows import Row

MARK_TOKENS = 16
"""At least so many tokens at the end of a question are kept: they say that an answer follows."""


@dataclass(frozen=True)
class Wording:
    """What turns rows into the text that a model reads; kept with the trained model."""

    task: str
    template: ChatTemplate
    system: str = ""
    labels: Sequence[str] = ()

    def messages(self, row: Row) -> list[Message]:
        """The row as a conversation."""
        return task_named(self.task).messages(row, system=self.system, labels=self.labels)


@dataclass
class Example:
    """One text as token ids; labels are the same ids where learned, else `IGNORED`."""

    input_ids: list[int]
    labels: list[int]


@dataclass
class Examples:
    """Encoded rows, and how many did not fit."""

    items: list[Example] = field(default_factory=list)
    cut_questions: int = 0
    cut_answers: int = 0

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> dict[str, list[int]]:
        return vars(self.items[index])

    @property
    def lengths(self) -> list[int]:
        """Tokens of each example."""
        return [len(item.input_ids) for item in self.items]


def encode(rows: Sequence[Row], wording: Wording, tokenizer: Any, max_length: int) -> Examples:
    """The rows as token ids of at most `max_length` tokens.

    Raises:
        WorkbenchError: a row's conversation does not fit the chat template; it names the row.
    """
    task, found = task_named(wording.task), Examples()
    for row in rows:
        if task.rows_are_documents:
            found.items += _blocks(str(row[task.learned]), tokenizer, max_length)
        else:
            _add(found, _encoded(_segments(row, wording, tokenizer), tokenizer), max_length)
    return found


def _segments(row: Row, wording: Wording, tokenizer: Any) -> list[Segment]:
    try:
        return segments(guard_of(tokenizer).messages(wording.messages(row)), wording.template)
    except WorkbenchError as error:
        raise WorkbenchError(f"Row {row['row_id']}: {error}") from error


def _blocks(text: str, tokenizer: Any, max_length: int) -> list[Example]:
    """A document and its end, cut into pieces; all of it is learned, each piece on its own."""
    ids = token_ids(guard_of(tokenizer).text(text), tokenizer, add_special_tokens=True)
    if not ids or ids[-1] != tokenizer.eos_token_id:
        ids = [*ids, tokenizer.eos_token_id]
    pieces = (ids[start : start + max_length] for start in range(0, len(ids), max_length))
    return [Example(piece, list(piece)) for piece in pieces if len(piece) > 1]


def _encoded(pieces: Sequence[Segment], tokenizer: Any) -> Example:
    text = "".join(piece.text for piece in pieces)
    if not tokenizer.is_fast:
        return _encoded_apart(pieces, tokenizer)
    ids, offsets = ids_and_offsets(text, tokenizer)
    learned = _learned(offsets, _spans(pieces))
    return Example(ids, [i if own else IGNORED for i, own in zip(ids, learned, strict=True)])


def _encoded_apart(pieces: Sequence[Segment], tokenizer: Any) -> Example:
    """For tokenizers that do not say which characters a token stands for."""
    example = Example([], [])
    for piece in pieces:
        ids = token_ids(piece.text, tokenizer)
        example.input_ids += ids
        example.labels += ids if piece.learned else [IGNORED] * len(ids)
    return example


def _spans(pieces: Sequence[Segment]) -> list[tuple[int, int]]:
    spans, position = [], 0
    for piece in pieces:
        if piece.learned:
            spans.append((position, position + len(piece.text)))
        position += len(piece.text)
    return spans


def _learned(
    offsets: Sequence[tuple[int, int]], spans: Sequence[tuple[int, int]]
) -> Iterator[bool]:
    """For each token whether any of its characters is learned.

    Some tokenizers leave the blanks before a word out of its offsets: what lies between two
    tokens belongs to the second.
    """
    behind = 0
    waiting = list(reversed(spans))
    for start, end in offsets:
        start, behind = min(start, behind), max(behind, end)
        while waiting and waiting[-1][1] <= start:
            waiting.pop()
        yield bool(waiting) and start < waiting[-1][1] and end > waiting[-1][0]


def _add(found: Examples, example: Example, max_length: int) -> None:
    if len(example.input_ids) > max_length:
        example, cut_question, cut_answer = _shortened(example, max_length)
        found.cut_questions += cut_question
        found.cut_answers += cut_answer
    found.items.append(example)


def _shortened(example: Example, max_length: int) -> tuple[Example, bool, bool]:
    """The example in `max_length` tokens, so that something is left to learn.

    The question gives way first, down to half of the room; then the end of the answer.
    """
    ids, labels = example.input_ids, example.labels
    first = next(i for i, label in enumerate(labels) if label != IGNORED)
    answer_room = min(len(ids) - first, max(max_length - first, max_length // 2))
    kept = kept_of_question(first, max_length - answer_room)
    rest = range(first, first + answer_room)
    cut_answer = any(label != IGNORED for label in labels[rest.stop :])
    kept += rest
    shorter = Example([ids[i] for i in kept], [labels[i] for i in kept])
    return shorter, kept[0] != 0 or first > max_length - answer_room, cut_answer


def kept_of_question(length: int, room: int) -> list[int]:
    """Which of `length` tokens are kept where only `room` fit: the middle goes.

    A question begins with its instruction and ends with the mark that an answer follows.
    """
    if length <= room:
        return list(range(length))
    tail = max(room // 4, min(room // 2, MARK_TOKENS))
    return [*range(room - tail), *range(length - tail, length)]
