"""Which character separates the cells of a text table, and whether a text is one at all."""

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

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
_OF_TABLE = (".csv", ".tsv", ".tab", ".psv")
_ROWS = 500
_FEW_ROWS = 6
_SHORT = 30


def find_delimiter(sample: str, name: str = "") -> str:
    """The separator that cuts most lines into the same number of cells, at least two.

    Where none does, or where it is but the comma of sentences and the file's name does not promise
    otherwise, the text is one column, and the separator a character that no text holds.
    """
    if said := SAID.match(sample):
        return said[1]
    best = _most_regular(sample, name)
    if best in ("", "\t"):
        return best or ONE_COLUMN
    rows = _rows_of(sample, best)
    if name.lower().endswith(_OF_TABLE) and rows and len(rows[0]) > 1:
        return best
    return ONE_COLUMN if _are_sentences(rows) else best


def _most_regular(sample: str, name: str) -> str:
    best, best_score = "", 0.0
    styles = _styles_in(sample)
    for delimiter in _order_delimiters(name):
        if delimiter not in sample:
            continue
        score = max(_regularity(sample, delimiter, quoting) for quoting in styles)
        if score > best_score + 1e-9:
            best, best_score = delimiter, score
    return best


def _styles_in(sample: str) -> list[str]:
    """The ways to take quotes that may matter to a text."""
    special = {LITERAL: '"', SINGLE: "'", ESCAPED: '\\"'}
    return [
        style
        for style in _STYLES
        if style == QUOTED
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
    """Whether the lines of a text, two at least, say together that they are rows of a table."""
    if SAID.match(sample):
        return True
    delimiter = find_delimiter(sample, name)
    if delimiter == ONE_COLUMN:
        return False
    rows = _rows_of(sample, delimiter)
    if delimiter == "\t":
        return len(rows) > 1 and all(row[0].strip() for row in rows[:5])
    return len(rows) > 1 and (_usual_width(rows) > 0 or _names_columns(rows))


def _rows_of(sample: str, delimiter: str) -> list[list[str]]:
    """The first rows that say anything."""
    rows = parse_sample(sample, delimiter, quotes.find_quoting(sample, delimiter))
    return [row for row in rows if any(cell.strip() for cell in row)]


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    """How many cells nearly all rows have; 0 where they differ, or have one."""
    usual, count = Counter(map(len, rows)).most_common(1)[0]
    return usual if usual > 1 and count >= 0.9 * len(rows) else 0


def _are_sentences(rows: Sequence[Sequence[str]]) -> bool:
    """Whether what stands between the cells looks like the commas of sentences.

    They have a space behind them, or stand in a number. A separator may be written so, too, where
    the first line names columns, or a column holds a few short values that come again and again.
    """
    gaps = [pair for row in rows for pair in pairwise(row)]
    if 2 * sum(_is_within_text(*pair) for pair in gaps) <= len(gaps):
        return False
    width = _usual_width(rows)
    coded = width > 0 and len(rows) >= _FEW_ROWS and _has_codes(rows, width)
    return not (coded or _has_usual_name(rows[0]))


def _is_within_text(left: str, right: str) -> bool:
    if left[-1:].isdigit() and right[:1].isdigit():
        return not (NUMBER.fullmatch(left) and NUMBER.fullmatch(right))
    return right[:1] == " "


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
