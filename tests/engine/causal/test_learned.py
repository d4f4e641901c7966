"""Which tokens are learned: many texts at once, as token by token."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from workbench.engine.causal.learned import Span, learned_tokens


def one_by_one(offsets: Sequence[Span], spans: Sequence[Span]) -> list[bool]:
    """The rule, token by token: what lies between two tokens belongs to the second."""
    found, behind, waiting = [], 0, list(reversed(spans))
    for start, end in offsets:
        start, behind = min(start, behind), max(behind, end)
        while waiting and waiting[-1][1] <= start:
            waiting.pop()
        found.append(bool(waiting) and start < waiting[-1][1] and end > waiting[-1][0])
    return found


def alone(offsets: Sequence[Span], spans: Sequence[Span]) -> list[bool]:
    length = max(end for pairs in (offsets, spans) for _, end in pairs)
    return together([offsets], [spans], [length])


def together(
    offsets: list[Sequence[Span]], spans: list[Sequence[Span]], lengths: list[int]
) -> list[bool]:
    counts = np.array([len(own) for own in offsets], np.int64)
    return learned_tokens(offsets, counts, spans, lengths).tolist()


def test_blanks_left_out_of_offsets_belong_to_the_next_token() -> None:
    # "ab  cd" as "ab", " ", " cd" whose offsets leave the blanks out, as GPT-2's tokenizer does.
    offsets = [(0, 2), (3, 3), (4, 6), (6, 6)]
    assert alone(offsets, [(2, 6)]) == [False, True, True, False]
    assert alone(offsets, [(0, 2)]) == [True, False, False, False]


def test_two_tokens_of_one_character_are_both_learned() -> None:
    assert alone([(0, 1), (1, 2), (1, 2), (2, 3)], [(1, 2)]) == [False, True, True, False]


def test_texts_without_tokens_or_without_spans_disturb_nobody() -> None:
    offsets = [[], [(0, 2), (2, 4)], [], [(0, 3)]]
    found = together(offsets, [[(0, 5)], [], [(0, 1)], [(0, 3)]], [5, 4, 1, 3])
    assert found == [False, False, True]
    assert together([], [], []) == []


LENGTH = 12
places = some.tuples(some.integers(0, LENGTH), some.integers(0, LENGTH)).map(
    lambda ends: (min(ends), max(ends))
)
cuts = some.lists(some.integers(0, LENGTH), max_size=6, unique=True).map(sorted)
texts = some.lists(some.tuples(some.lists(places, max_size=8), cuts), max_size=4)


@given(texts)
def test_many_texts_at_once_are_as_each_token_by_token(
    texts: list[tuple[list[Span], list[int]]],
) -> None:
    offsets = [own for own, _ in texts]
    spans = [list(zip(cuts[::2], cuts[1::2], strict=False)) for _, cuts in texts]
    expected = [one_by_one(*both) for both in zip(offsets, spans, strict=True)]
    found = together(offsets, spans, [LENGTH] * len(texts))
    assert found == [own for part in expected for own in part]
