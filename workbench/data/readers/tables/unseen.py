"""What a sheet of an XLSX workbook shows otherwise than it is read: hidden rows, unsaved results."""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from workbench.core.words import joined, plural
from workbench.data.readers.cell_formats.xlsx import part_of
from workbench.data.readers.cell_formats.xml_stream import NotPlain, chunks

_HIDDEN = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\bhidden\s*=\s*["'](?:1|true)["']""")
_FORMULA = re.compile(
    rb"""<(?P<p>(?:\w+:)?)c\s[^>]*?\br="([A-Z]{1,3})\d+"[^>]*>\s*"""
    rb"<(?P=p)f(?:\s[^>]*)?(?:/>|>[^<]*</(?P=p)f>)\s*"
    rb"(?:<(?P=p)v\s*/>|<(?P=p)v>\s*</(?P=p)v>)?\s*</(?P=p)c>"
)
"""A cell with a formula and no value: the program that wrote it did not calculate."""
_ROW_ENDS = b"row>"
_LONGEST_ROW = 1 << 22
_SHOWN = 3


def notes(path: Path, sheet: str) -> list[str]:
    """Sentences on the hidden rows of a sheet, and on its formulas without a result."""
    if not zipfile.is_zipfile(path):
        return []
    hidden, empty = 0, Counter[str]()
    try:
        for rows in _rows(path, part_of(path, sheet)):
            hidden += sum(1 for _ in _HIDDEN.finditer(rows))
            if b"<f" in rows or b":f" in rows:
                empty.update(found[2].decode() for found in _FORMULA.finditer(rows))
    except NotPlain:
        return []
    return [*_describe_hidden(hidden), *_describe_formulas(empty)]


def _rows(path: Path, part: str) -> Iterator[bytes]:
    """The sheet in pieces that end with a row."""
    held = b""
    for chunk in chunks(path, part):
        held += chunk
        end = held.rfind(_ROW_ENDS) + len(_ROW_ENDS)
        if end >= len(_ROW_ENDS) or len(held) > _LONGEST_ROW:
            end = end if end >= len(_ROW_ENDS) else len(held)
            yield held[:end]
            held = held[end:]
    yield held


def _describe_hidden(rows: int) -> Iterator[str]:
    if rows:
        are = "is" if rows == 1 else "are"
        those = "it" if rows == 1 else "them"
        yield (
            f"{plural(rows, 'row')} of the sheet {are} hidden, by a filter or by hand, and read like "
            f"the others: delete {those} in your spreadsheet program if nothing is to be learned "
            f"from {those}."
        )


def _describe_formulas(empty: Counter[str]) -> Iterator[str]:
    if empty:
        named = sorted(empty, key=lambda name: (len(name), name))
        more = [f"{len(named) - _SHOWN} more"] if len(named) > _SHOWN else []
        columns = "Column" if len(named) == 1 else "Columns"
        has = "has" if len(named) == 1 else "have"
        yield (
            f"{columns} {joined([*named[:_SHOWN], *more])} {has} "
            f"{plural(empty.total(), 'formula')} whose results are not in the file; these cells are "
            "empty here. Open the file in your spreadsheet program, save it, and choose it again."
        )
