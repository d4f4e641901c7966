"""Examples that are longer than what the model gets to read."""

from collections.abc import Callable, Sequence

from workbench.core.words import count, plural, shortened
from workbench.data.checkup.finding import Finding, Mark, harm_of
from workbench.data.checkup.rows import Rows

KIND = "too_long"
CountTokens = Callable[[Sequence[str]], list[int]]
_CHUNK = 1000


def check(rows: Rows, count_tokens: CountTokens, max_tokens: int) -> Finding | None:
    """Examples of more tokens than `max_tokens`, all their texts together.

    A token is at least one byte, so texts of fewer bytes need not be counted.
    """
    roles = [role for role in rows.values if role != "label"]
    columns = [rows.values[role] for role in roles]
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
        f"{count(long[longest])} tokens, and {count(max_tokens)} are read. Raise 'Longest example' "
        "on the Train page as far as memory allows, shorten the texts, or take them out.",
        f"What goes beyond is cut off, {count(cut)} tokens in all: the model may never see the part "
        "that the answer is about.",
        harm_of(0.3, len(long) / len(rows), 0.5),
        [
            Mark(rows.row_ids[row], drop=True, note=f"{count(total)} tokens")
            for row, total in long.items()
        ],
        remove=f"Take out {plural(len(long), 'example')}",
    )


def _most_tokens(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
