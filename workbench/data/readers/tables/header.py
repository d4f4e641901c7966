"""Which row of a table names its columns."""

import re
from collections import Counter
from collections.abc import Sequence

NUMBER = re.compile(r"[-+]?[\d.,:/%€$£ -]*\d[\d.,:/%€$£ -]*")
_USUAL_NAMES = (
    "text label category categories intent class prompt response question answer reply input "
    "output instruction messages conversations subject body email message id name date title "
    "summary document sentence review sentiment tag topic utterance completion system content "
    "description comment frage antwort kategorie betreff nachricht"
)
USUAL = frozenset(_USUAL_NAMES.split())


def find_header(rows: Sequence[Sequence[str]]) -> int:
    """The number of the row that holds the column names, or 0 if there is none.

    Lines above it that fill fewer than half of the columns (a title, a date) are passed over.
    A row names columns if its cells are short, different, not numbers, and do not come again
    below it; a single column needs a usual name, since a first sentence looks like any other.
    """
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    usual = mode([count for count in filled if count])
    for index, count in enumerate(filled):
        if count and count * 2 >= usual and (count > 1 or usual == 1):
            return index + 1 if names_columns(rows[index], rows[index + 1 :]) else 0
    return 0


def names_columns(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row looks like column names, judged by what stands below it."""
    cells = [cell.strip() for cell in row if cell.strip()]
    words = [set(re.findall(r"[a-zäöüßéè]+", cell.lower())) for cell in cells]
    if any(NUMBER.fullmatch(cell) for cell in cells):
        return False
    if len(cells) == 1 and len(row) == 1:
        return cells[0].lower() in USUAL
    if any(len(cell) > 80 or _is_sentence(cell) for cell in cells):
        return False
    if any(found & USUAL and len(found) <= 3 for found in words):
        return True
    return len(set(cells)) == len(cells) and not any(
        _comes_again(row, index, below) for index in range(len(row))
    )


def _is_sentence(cell: str) -> bool:
    """Whether a cell ends like one; "Customer No." and "Kunden-Nr." only abbreviate."""
    return cell.endswith(("!", "?")) or (cell.endswith(".") and len(cell.split()) > 3)


def _comes_again(row: Sequence[str], index: int, below: Sequence[Sequence[str]]) -> bool:
    cell = row[index].strip().lower()
    return bool(cell) and any(
        index < len(other) and other[index].strip().lower() == cell for other in below
    )


def mode(counts: list[int]) -> int:
    """The most frequent count; 0 if there is none."""
    return Counter(counts).most_common(1)[0][0] if counts else 0
