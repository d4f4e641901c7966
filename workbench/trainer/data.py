"""From the rows of a dataset version to batches of token ids, learned parts marked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import torch
from torch.utils.data import Sampler

from workbench.errors import WorkbenchError
from workbench.formats import ChatTemplate, Segment, messages_of, segments
from workbench.trainer.loss import IGNORED

Row = Mapping[str, Any]
POOL = 50
"""Batches from which those of like length are put together."""
MARK_TOKENS = 16
"""At least so many tokens at the end of a question are kept: they say that an answer follows."""
LENGTH_STEP = 16
"""Batches are padded to multiples of this many tokens. With every length a shape of its own, the
processor's kernels and the memory allocator keep something for each: 100 MB more every few steps."""


@dataclass(frozen=True)
class Wording:
    """What turns rows into the text that a model reads; kept with the trained model."""

    task: str
    template: ChatTemplate
    system: str = ""
    labels: Sequence[str] = ()

    def messages(self, row: Row) -> list[dict[str, str]]:
        """The row as a conversation."""
        return messages_of(self.task, row, system=self.system, labels=self.labels)


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


def read_rows(path: Path, split: str | None = None) -> list[dict[str, Any]]:
    """The rows of a canonical Parquet file, of one split or of all."""
    table = pq.read_table(path)
    if split is not None:
        table = table.filter(pc.equal(table["split"], split))
    return table.to_pylist()


def labels_of(path: Path) -> list[str]:
    """The categories in the training rows, sorted."""
    return sorted({str(row["label"]) for row in read_rows(path, "train")})


def encode(rows: Sequence[Row], wording: Wording, tokenizer: Any, max_length: int) -> Examples:
    """The rows as token ids of at most `max_length` tokens.

    Raises:
        WorkbenchError: a row's conversation does not fit the chat template; it names the row.
    """
    found = Examples()
    for row in rows:
        if wording.task == "language-modelling":
            found.items += _blocks(str(row["text"]), tokenizer, max_length)
        else:
            _add(found, _encoded(_segments(row, wording), tokenizer), max_length)
    return found


def _segments(row: Row, wording: Wording) -> list[Segment]:
    try:
        return segments(wording.messages(row), wording.template)
    except WorkbenchError as error:
        raise WorkbenchError(f"Row {row['row_id']}: {error}") from error


def _blocks(text: str, tokenizer: Any, max_length: int) -> list[Example]:
    """A document and its end, cut into pieces; all of it is learned, each piece on its own."""
    ids = tokenizer(text)["input_ids"]
    if not ids or ids[-1] != tokenizer.eos_token_id:
        ids = [*ids, tokenizer.eos_token_id]
    pieces = (ids[start : start + max_length] for start in range(0, len(ids), max_length))
    return [Example(piece, list(piece)) for piece in pieces if len(piece) > 1]


def _encoded(pieces: Sequence[Segment], tokenizer: Any) -> Example:
    text = "".join(piece.text for piece in pieces)
    if not tokenizer.is_fast:
        return _encoded_apart(pieces, tokenizer)
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    ids = encoded["input_ids"]
    learned = _learned(encoded["offset_mapping"], _spans(pieces))
    return Example(ids, [i if own else IGNORED for i, own in zip(ids, learned, strict=True)])


def _encoded_apart(pieces: Sequence[Segment], tokenizer: Any) -> Example:
    """For tokenizers that do not say which characters a token stands for."""
    example = Example([], [])
    for piece in pieces:
        ids = tokenizer(piece.text, add_special_tokens=False)["input_ids"]
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


def collate(examples: Sequence[Mapping[str, Sequence[int]]], pad_id: int) -> dict[str, Any]:
    """Examples as one batch, padded on the right; padding is neither seen nor learned."""
    longest = max(len(example["input_ids"]) for example in examples)
    longest = -(-longest // LENGTH_STEP) * LENGTH_STEP

    def padded(name: str, filler: int) -> torch.Tensor:
        return torch.tensor(
            [[*example[name], *[filler] * (longest - len(example[name]))] for example in examples]
        )

    lengths = torch.tensor([len(example["input_ids"]) for example in examples])
    return {
        "input_ids": padded("input_ids", pad_id),
        "attention_mask": (torch.arange(longest) < lengths[:, None]).long(),
        "labels": padded("labels", IGNORED),
    }


def batches_by_length(examples: Examples, size: int, pad_id: int) -> Iterator[dict[str, Any]]:
    """All examples in batches of like length, the longest first."""
    lengths = examples.lengths
    order = sorted(range(len(examples)), key=lambda i: -lengths[i])
    for start in range(0, len(order), size):
        yield collate([examples[i] for i in order[start : start + size]], pad_id)


class LengthBatches(Sampler[int]):
    """A random order in which the examples of a batch are about equally long.

    Little padding makes a step up to twice as fast. The order depends on seed and pass alone, so
    that a run that goes on from a checkpoint sees what it would have seen. The longest batch
    comes first: if it does not fit into memory, that shows at once.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self._lengths, self._batch_size, self._seed = lengths, batch_size, seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of this pass over the data."""
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self._seed + self._epoch)
        order = torch.randperm(len(self._lengths), generator=generator).tolist()
        batches = [batch for pool in self._pools(order) for batch in self._cut(pool)]
        short = [batches.pop()] if len(batches[-1]) < self._batch_size else []
        longest = max(range(len(batches)), key=lambda i: self._weight(batches[i]), default=None)
        first = [batches.pop(longest)] if longest is not None else []
        shuffled = torch.randperm(len(batches), generator=generator).tolist()
        for batch in [*first, *(batches[i] for i in shuffled), *short]:
            yield from batch

    def _pools(self, order: Sequence[int]) -> Iterator[list[int]]:
        size = POOL * self._batch_size
        for start in range(0, len(order), size):
            yield sorted(order[start : start + size], key=lambda i: -self._lengths[i])

    def _cut(self, pool: Sequence[int]) -> Iterator[Sequence[int]]:
        for start in range(0, len(pool), self._batch_size):
            yield pool[start : start + self._batch_size]

    def _weight(self, batch: Sequence[int]) -> int:
        return max(self._lengths[i] for i in batch)
