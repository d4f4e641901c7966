"""Pairs of answers as token ids: a better one and a worse one behind the very same question."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from workbench.core.messages import Segment
from workbench.core.shapes.conversation_shapes import Segmenter
from workbench.core.tasks.preferences import worse_of
from workbench.core.tasks.task import Message
from workbench.engine.causal.encode import (
    Batch,
    Cuts,
    Example,
    Examples,
    Wording,
    conversations,
    held,
    row_number,
    segments_of,
    shorter,
)
from workbench.engine.causal.marks import guard_of
from workbench.engine.causal.reading import text_ids
from workbench.engine.encoding.encoded_rows import Columns
from workbench.engine.generative.long_texts.fitting import fitted
from workbench.engine.rows import Row


def encode_pairs(
    rows: Sequence[Row], wording: Wording, tokenizer: Any, max_length: int
) -> Examples:
    """A few rows in memory, two examples each: the better answer, then the worse one.

    Raises:
        WorkbenchError: a row's conversation does not fit the chat template; it names the row.
    """
    return held(rows, encoded_pairs, wording, tokenizer, max_length)


def encoded_pairs(
    batches: Iterable[Sequence[Row]], wording: Wording, tokenizer: Any, max_length: int, cuts: Cuts
) -> Iterator[Columns]:
    """Batches of rows as the columns of `FEATURES`, two examples a row.

    A question that is too long gives way for both of its answers alike, so that they stay comparable;
    what did not fit is counted in `cuts`, once a row.

    Raises:
        WorkbenchError: a row's conversation does not fit the chat template; it names the row.
    """
    cut = Segmenter(wording.template)
    for rows in batches:
        sides = [side for row in rows for side in (row, worse_of(row))]
        pieces = [segments_of(side, wording, cut, tokenizer) for side in sides]
        found = conversations(pieces, tokenizer).examples()
        for n in range(0, len(found), 2):
            most = max(len(one.input_ids) for one in found[n : n + 2])
            if most <= max_length:
                continue
            cuts.long.append((row_number(sides[n]), most))
            both = found[n : n + 2]
            if wording.long_texts:
                both = _in_part(both, sides[n : n + 2], wording, cut, tokenizer, max_length)
            found[n : n + 2] = _shortened(both, max_length, cuts, row_number(sides[n]))
        yield Batch.of(found).columns()


def _in_part(
    both: list[Example],
    sides: Sequence[Row],
    wording: Wording,
    cut: Segmenter,
    tokenizer: Any,
    max_length: int,
) -> list[Example]:
    """The pair with only the parts of its question that matter."""
    guard = guard_of(tokenizer)

    def pieces_of(messages: Sequence[Message]) -> list[Segment]:
        return cut(guard.messages(list(messages)))

    def tokens(messages: Sequence[Message]) -> int:
        return len(text_ids("".join(piece.text for piece in pieces_of(messages)), tokenizer))

    def count(text: str) -> int:
        return len(text_ids(guard.text(text), tokenizer))

    answers = [_answer_tokens(one) for one in both]
    longer = int(np.argmax(answers))
    # An answer may have half of the room; what it has beyond that, it loses itself.
    room = max(max_length, answers[longer] + max_length // 2)
    own = fitted(wording.messages(sides[longer]), room, wording.long_texts, count, tokens)
    if not own.said:
        return both
    asked = list(own.messages)[:-1]
    told = [[*asked, wording.messages(side)[-1]] for side in sides]
    return conversations([pieces_of(messages) for messages in told], tokenizer).examples()


def _shortened(both: list[Example], max_length: int, cuts: Cuts, number: int) -> list[Example]:
    """The pair, cut token by token where it is still too long."""
    if max(len(one.input_ids) for one in both) <= max_length:
        return both
    longest = max(map(_answer_tokens, both))
    found = [shorter(one, max_length, longest) for one in both]
    cut_answer = any(cut for _, _, cut in found)
    cuts.questions += any(cut for _, cut, _ in found)
    cuts.answers += cut_answer
    cuts.cut += [number] * cut_answer
    return [one for one, _, _ in found]


def _answer_tokens(one: Example) -> int:
    return len(one.input_ids) - int(one.learned.argmax()) if one.learned.any() else 0
