"""The texts of some cells of a workbook, those from its list of shared texts among them."""

from collections.abc import Iterable, Sequence
from xml.parsers import expat

from workbench.data.answered.excel.parts import part_of_book
from workbench.data.answered.excel.row_cells import Cell
from workbench.data.answered.package import Package
from workbench.data.readers.cell_formats import xml_stream
from workbench.data.readers.cell_formats.xml_stream import NotPlain, local

_CHUNK = 1 << 18


def texts_of(package: Package, cells: Iterable[Cell]) -> list[str]:
    """What stands in each cell that is not empty; "" where that cannot be told."""
    filled = [cell for cell in cells if cell.is_filled]
    said = [_inner(cell) for cell in filled]
    is_shared = [
        cell.kind == b"s" and text.isdecimal() for cell, text in zip(filled, said, strict=True)
    ]
    numbers = [int(text) for text, is_one in zip(said, is_shared, strict=True) if is_one]
    shared = _shared(package, numbers)
    return [
        shared.get(int(text), "") if is_one else text
        for text, is_one in zip(said, is_shared, strict=True)
    ]


def _inner(cell: Cell) -> str:
    """The text in a cell's value or in its pieces of text."""
    listener = _Listener()
    try:
        listener.parser.Parse(b"<si>" + cell.content + b"</si>", True)
    except (expat.ExpatError, NotPlain):
        return ""
    return listener.text


def _shared(package: Package, numbers: Sequence[int]) -> dict[int, str]:
    part = part_of_book(package, "sharedStrings")
    if not numbers or part is None:
        return {}
    listener = _Listener(max(numbers))
    try:
        with package.open(part) as stream:
            while not listener.is_done and (chunk := stream.read(_CHUNK)):
                listener.parser.Parse(chunk, False)
    except (expat.ExpatError, NotPlain, OSError):
        return {}
    return {number: listener.texts[number] for number in numbers if number in listener.texts}


class _Listener:
    """Gathers texts, but not how they are pronounced."""

    def __init__(self, most: int = 0) -> None:
        self.texts: dict[int, str] = {}
        self.text = ""
        self._most, self._number, self._silent = most, 0, 0
        self._is_text = False
        self.parser = xml_stream.parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    @property
    def is_done(self) -> bool:
        return self._number > self._most

    def _start(self, name: str, _: dict[str, str]) -> None:
        tag = local(name)
        self._silent += tag == "rPh"
        self._is_text = tag in ("t", "v") and not self._silent
        if tag == "si":
            self.text = ""

    def _end(self, name: str) -> None:
        tag = local(name)
        self._silent -= tag == "rPh"
        self._is_text = False
        if tag == "si":
            self.texts[self._number] = self.text
            self._number += 1

    def _characters(self, text: str) -> None:
        if self._is_text:
            self.text += text
