"""Entities that a packed office file declares for itself, which its readers do not replace."""

import contextlib
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from workbench.data.readers.cell_formats.xlsx import part_of
from workbench.data.readers.cell_formats.xml_stream import LARGEST_PART, NotPlain, chunks

_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|apos|quot);)([A-Za-z_][\w.:-]{0,40});")
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^<>]*?\sr\s*=\s*["'](\d{1,9})["']""")


@dataclass(frozen=True)
class Reference:
    """A place that refers to such an entity."""

    entity: str
    row: int
    """From 1; 0 where rows have no numbers."""


def first_in(path: Path, sheet: str = "") -> Reference | None:
    """The first reference in a sheet, or anywhere else; None if there is none, or it is damaged."""
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        parts = [name for name in archive.namelist() if name.endswith(".xml")]
    with contextlib.suppress(NotPlain):
        parts = [part_of(path, sheet)] if sheet else parts
    for part in parts:
        try:
            if found := _reference(path, part):
                return found
        except NotPlain:
            continue
    return None


def _reference(path: Path, part: str) -> Reference | None:
    row, held = 0, b""
    for chunk in (*chunks(path, part, LARGEST_PART), b"<"):
        held += chunk
        whole = held[: held.rfind(b"<")]
        entity = _ENTITY.search(whole)
        for found in _ROW.finditer(whole, 0, entity.start() if entity else len(whole)):
            row = int(found[1])
        if entity:
            return Reference(entity[1].decode(), row)
        held = held[len(whole) :]
    return None
