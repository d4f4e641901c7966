"""Which character separates the cells of a text table, and whether a text is one at all."""

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Sequence

from workbench.data.readers.tables import quotes
from workbench.data.readers.tables.header import NUMBER, USUAL, names_columns
from workbench.data.readers.tables.quotes import ESCAPED, LITERAL, QUOTED, SINGLE, TYPOGRAPHIC

SAMPLE = 1 << 18
"""Characters that are enough to tell."""
ONE_COLUMN = "\x1f"
"""Stands for no separator at all."""
DELIMITERS = {",": "Comma  ,", ";": "Semicolon  ;", "\t": "Tab", "|": "Vertical bar  |"}
SAID = re.compile(r'\ufeff?"?sep=(.)"?[^\w]*(?:\r\n|\r|\n)', re.IGNORECASE)
"""A first line by which spreadsheet programs are told the separator."""
_STYLES = (QUOTED, LITERAL, SINGLE, TYPOGRAPHIC, ESCAPED)
_ROWS = 500
_FEW_ROWS = 6
_SHORT = 30


def find_delimiter(sample: str, name: str = "") -> str:
    """The separator that cuts most lines into the same number of cells, at least two.

    Where none does, the text is one column, and the separator a character that no text holds.
    """
    if said := SAID.match(sample):
        return said[1]
    best, best_score = "", 0.0
    for delimiter in _order_delimiters(name):
        score = max(_regularity(sample, delimiter, quoting) for quoting in _styles_in(sample))
        if score > best_score + 1e-9:
            best, best_score = delimiter, score
    return best or ONE_COLUMN


def _styles_in(sample: str) -> list[str]:
    """The ways to take quotes that may matter to a text."""
    special = {SINGLE: "'", ESCAPED: '\\"'}
    return [
        style
        for style in _STYLES
        if style in (QUOTED, LITERAL)
        or (style in special and special[style] in sample)
        or (style == TYPOGRAPHIC and not sample.isascii())
    ]


def _order_delimiters(name: str) -> list[str]:
    tabs_first = name.lower().endswith((".tsv", ".txt", ".tab"))
    return sorted(DELIMITERS, key=lambda d: d != "\t") if tabs_first else list(DELIMITERS)


def _regularity(sample: str, delimiter: str, quoting: str) -> float:
    """Share of lines with the usual number of cells; 0 for one column or an uneven text."""
    if quoting in (SINGLE, TYPOGRAPHIC) and not quotes.encloses(sample, delimiter, quoting):
        return 0.0
    rows = [row for row in parse_sample(sample, delimiter, quoting) if row]
    if not rows:
        return 0.0
    widths = [len(row) for row in rows]
    usual, count = Counter(widths).most_common(1)[0]
    share = count / len(widths)
    if usual > 1 and share >= 0.7 and widths[0] >= usual - 1 > 0:
        return share
    return 0.5 if _broken_table(rows[0], widths) else 0.0


def _broken_table(header: list[str], widths: list[int]) -> bool:
    """Whether the first row names columns that the others keep to or, wrongly, exceed."""
    names = all(0 < len(cell.split()) <= 3 and len(cell) <= _SHORT for cell in header)
    enough = sum(1 for width in widths if width >= len(header)) / len(widths)
    return len(header) > 1 and names and enough >= 0.9


def parse_sample(sample: str, delimiter: str, quoting: str) -> list[list[str]]:
    """The first rows of a text; without the last one where it may have been cut."""
    lines = io.StringIO(sample, newline="")
    try:
        rows = list(itertools.islice(quotes.parse(lines, delimiter, quoting), _ROWS))
    except csv.Error:
        return []
    return rows[:-1] if len(rows) > 1 and len(sample) >= SAMPLE else rows


def is_table(sample: str, name: str = "") -> bool:
    """Whether the lines of a text say together that they are the rows of a table.

    A separator that stands in sentences, too, is one only where the first line names columns, or
    where a column holds a few short values that come again and again.
    """
    if SAID.match(sample):
        return True
    delimiter = find_delimiter(sample, name)
    if delimiter == ONE_COLUMN:
        return False
    rows = [
        row
        for row in parse_sample(sample, delimiter, quotes.find_quoting(sample, delimiter))
        if any(cell.strip() for cell in row)
    ]
    if delimiter == "\t":
        return all(row[0].strip() for row in rows[:5])
    if len(rows) < 2:
        return False
    usual, count = Counter(map(len, rows)).most_common(1)[0]
    even = usual > 1 and count >= 0.9 * len(rows)
    spaced = sum(cell[:1] == " " for row in rows for cell in row[1:])
    if 2 * spaced > sum(len(row) - 1 for row in rows):  # as behind the commas of a sentence
        many = even and len(rows) >= _FEW_ROWS
        return _has_usual_name(rows[0]) or (many and _has_codes(rows, usual))
    return _names_columns(rows) or (even and _has_codes(rows, usual))


def _names_columns(rows: Sequence[Sequence[str]]) -> bool:
    first = [cell.strip() for cell in rows[0]]
    short = all(0 < len(cell.split()) <= 3 and len(cell) <= _SHORT for cell in first)
    return len(first) > 1 and short and names_columns(first, rows[1:])


def _has_usual_name(row: Sequence[str]) -> bool:
    """Whether a row names a column as tables of examples do, and names only."""
    first = [cell.strip().lower() for cell in row]
    short = all(0 < len(cell.split()) <= 3 for cell in first)
    return len(first) > 1 and short and any(cell in USUAL for cell in first)


def _has_codes(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether a column holds numbers, or a few short values that come again."""
    whole = [row for row in rows if len(row) == width]
    columns = [[cell.strip() for cell in column] for column in zip(*whole, strict=True)]
    return any(_is_numbers(cells) or _comes_again(cells) for cells in columns)


def _is_numbers(cells: Sequence[str]) -> bool:
    return sum(bool(NUMBER.fullmatch(cell)) for cell in cells) >= 0.9 * len(cells)


def _comes_again(cells: Sequence[str]) -> bool:
    short = all(len(cell) <= _SHORT and len(cell.split()) <= 3 for cell in cells)
    return short and 2 <= len(set(cells)) <= len(cells) / 2
