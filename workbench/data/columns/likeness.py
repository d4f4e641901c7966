"""Which column of a further file holds what a model has learned to read: by its name, then its words."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from workbench.data.columns.mapping import columns_in
from workbench.data.readers.table import Table

_WORD = re.compile(r"[^\W\d_]\w*")
LOOKED_AT = 300
_LIKE = 0.1
"""Cosine of two columns' words from which on they may say the same sort of thing."""


def usual(source: str, table: Table) -> str:
    """The examples' own column (or template), if the file has it, too; else nothing."""
    have = {column.casefold(): column for column in table.columns}
    parts = columns_in(source, ())
    if any(" ".join(part.split()).casefold() not in have for part in parts):
        return ""
    return source if len(parts) > 1 or source not in parts else have[source.casefold()]


def guess(source: str, table: Table, learned: Sequence[str | None]) -> str:
    """The column of a file that plays the part of `source`; empty where none is like it.

    Args:
        source: the column or template of the examples.
        learned: texts that the examples have there.
    """
    return usual(source, table) or most_alike(table, learned)


def most_alike(table: Table, learned: Sequence[str | None]) -> str:
    """The column whose words are most like those of some texts; empty where none is like them."""
    wanted = _words(learned)
    found = {name: _cosine(wanted, _words(_some(table, name))) for name in table.columns}
    best = max(found, key=lambda name: found[name], default="")
    return best if best and found[best] >= _LIKE else ""


def _some(table: Table, column: str) -> list[str]:
    return [cell for cell in table.cells(column) if cell][:LOOKED_AT]


def _words(texts: Iterable[str | None]) -> Counter[str]:
    """In how many texts each word stands."""
    found: Counter[str] = Counter()
    for text, _ in zip(texts, range(LOOKED_AT), strict=False):
        found.update(set(_WORD.findall((text or "").casefold())))
    return found


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    sizes = math.sqrt(_square(one)) * math.sqrt(_square(other))
    return sum(math.sqrt(one[word] * other[word]) for word in one if word in other) / (sizes or 1.0)


def _square(words: Counter[str]) -> float:
    return float(sum(words.values()))
