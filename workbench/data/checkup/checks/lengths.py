"""Examples that are longer than what the model gets to read."""

import numpy as np

from workbench.core.words import count, join_rows, plural, shortened
from workbench.core.writing import SPACELESS
from workbench.data.checkup.fields import text_roles
from workbench.data.checkup.finding import Finding, FlaggedRow, harm_of
from workbench.data.checkup.rows import Rows

KIND = "too_long"
_CHUNK = 1000
_WORST, _ROUGHLY = 0.3, 0.03
_USUAL_TOKENS, _CHARS_PER_TOKEN = 500, 4
"""What the presets let an example have, and how long a token of English is."""


def check(rows: Rows) -> Finding | None:
    """Examples of more tokens than `max_tokens`, all their texts together.

    A token is at least one byte, so texts of fewer bytes need not be counted. Where it is not known
    how many tokens there may be, lengths are not looked at.
    """
    count_tokens, max_tokens = rows.count_tokens, rows.max_tokens
    if not count_tokens or not max_tokens:
        return None
    columns = [rows.values[role] for role in text_roles(rows)]
    maybe = [
        row
        for row, texts in enumerate(zip(*columns, strict=True))
        if sum(map(_most_tokens, texts)) > max_tokens
    ]
    long: dict[int, int] = {}
    for start in range(0, len(maybe), _CHUNK):
        rows.progress(start / len(maybe))
        some = maybe[start : start + _CHUNK]
        counts = [count_tokens([column[row] for row in some]) for column in columns]
        sums = zip(some, map(sum, zip(*counts, strict=True)), strict=True)
        long |= {row: total for row, total in sums if total > max_tokens}
    if not long:
        return None
    longest = max(long, key=lambda row: long[row])
    cut = sum(total - max_tokens for total in long.values())
    return Finding(
        KIND,
        f"{plural(len(long), 'example')} {'is' if len(long) == 1 else 'are'} too long for the model",
        f"The longest, row {rows.row_ids[longest]} ('{shortened(rows.questions()[longest])}'), has "
        f"{count(long[longest])} tokens, and {count(max_tokens)} are read at once. What is done with more, "
        "the Train page says ('Long texts'). Raise 'Longest example' there as far as memory allows, "
        "shorten the texts, or take them out.",
        f"{count(cut)} tokens in all go beyond: a model that sorts takes longer for them, one that writes "
        "may not see the part that the answer is about.",
        harm_of(_WORST, len(long) / len(rows), 0.5),
        [
            FlaggedRow(rows.row_ids[row], drop=True, note=f"{count(total)} tokens")
            for row, total in long.items()
        ],
        remove=f"Take out {plural(len(long), 'example')}",
    )


def check_roughly(rows: Rows) -> Finding | None:
    """Examples that may be too long for a model that is not chosen yet, by their characters."""
    sizes = np.zeros(len(rows), np.int64)
    for role in text_roles(rows):
        sizes += np.fromiter(map(_roughly, rows.values[role]), np.int64, len(rows))
    too_long = np.flatnonzero(sizes > _USUAL_TOKENS * _CHARS_PER_TOKEN).tolist()
    long = [rows.row_ids[row] for row in too_long]
    if not long:
        return None
    return Finding(
        KIND,
        f"{plural(len(long), 'example')} {'is' if len(long) == 1 else 'are'} longer than about "
        f"{_USUAL_TOKENS} tokens",
        f"So much a model often reads at once ({join_rows(long)}); the longest has about "
        f"{count(int(sizes.max()) // _CHARS_PER_TOKEN)}. The Train page says what is done with more: a model "
        "that sorts reads it in several parts, one that writes the parts that matter.",
        "A model that writes may not see the part that the answer is about.",
        harm_of(_ROUGHLY, len(long) / len(rows)),
        [FlaggedRow(row_id) for row_id in long],
    )


def _roughly(text: str) -> int:
    """Characters; a letter of a script without spaces is a token as a rule, and counts as many."""
    if text.isascii():
        return len(text)
    return len(text) + (_CHARS_PER_TOKEN - 1) * len(SPACELESS.findall(text))


def _most_tokens(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
