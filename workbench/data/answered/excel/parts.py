"""Where in a packed workbook things are: its sheets, and what hangs on one of them."""

import posixpath
from dataclasses import dataclass
from xml.parsers import expat

from workbench.core.errors import WorkbenchError
from workbench.data.answered.package import Package
from workbench.data.readers.cell_formats import xml_stream
from workbench.data.readers.cell_formats.xml_stream import NotPlain, local

_BOOK = "xl/workbook.xml"
Element = tuple[str, dict[str, str]]
"""An element's name without its prefix, and its attributes."""


@dataclass(frozen=True)
class Relation:
    """What a part refers to."""

    id: str
    kind: str
    """The last word of its type: table, drawing …"""
    part: str


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook."""

    name: str
    part: str
    index: int
    """Its place among all sheets, from 0, by which defined names refer to it."""
    relations: tuple[Relation, ...]

    def parts(self, kind: str) -> list[str]:
        """The parts of a kind that belong to it."""
        return [relation.part for relation in self.relations if relation.kind == kind]


def elements(package: Package, part: str) -> list[Element]:
    """The elements of a small part in their order.

    Raises:
        WorkbenchError: it is missing, damaged or too large, or declares entities.
    """
    found: list[Element] = []
    made = xml_stream.parser()
    made.StartElementHandler = lambda name, attributes: found.append((local(name), attributes))
    try:
        made.Parse(package.read(part), True)
    except (expat.ExpatError, NotPlain, LookupError) as error:
        raise WorkbenchError(
            f"{package.path.name} cannot be written to (its part '{part}' is damaged): open it in "
            "your spreadsheet program, save it again, and choose that file."
        ) from error
    return found


def relations_of(package: Package, part: str) -> tuple[Relation, ...]:
    """What a part refers to within the file."""
    folder, name = posixpath.split(part)
    beside = posixpath.join(folder, "_rels", f"{name}.rels")
    if package.name_of(beside) is None:
        return ()
    return tuple(
        Relation(
            given.get("Id", ""), given.get("Type", "").rpartition("/")[2], _part(folder, given)
        )
        for name, given in elements(package, beside)
        if name == "Relationship" and given.get("TargetMode") != "External"
    )


def _part(folder: str, given: dict[str, str]) -> str:
    target = given.get("Target", "").replace("\\", "/")
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def book_part(package: Package) -> str:
    """The part with the list of sheets; by habit it has one name, but need not."""
    documents = [r.part for r in relations_of(package, "") if r.kind == "officeDocument"]
    return next((part for part in documents if package.name_of(part)), _BOOK)


def part_of_book(package: Package, kind: str) -> str | None:
    """A part that belongs to the workbook as a whole: its styles, its shared texts."""
    found = (r.part for r in relations_of(package, book_part(package)) if r.kind == kind)
    return next((part for part in found if package.name_of(part)), None)


def find_sheet(package: Package, wanted: str) -> Sheet:
    """The sheet of this name, or the first one if it is "".

    Raises:
        WorkbenchError: there is none.
    """
    book = book_part(package)
    targets = {relation.id: relation for relation in relations_of(package, book)}
    sheets = [given for name, given in elements(package, book) if name == "sheet"]
    for index, given in enumerate(sheets):
        ids = [value for key, value in given.items() if local(key) == "id" and ":" in key]
        relation = targets.get(ids[0]) if ids else None
        if relation is None or relation.kind != "worksheet":
            continue
        if wanted in ("", given.get("name", "")):
            found = relations_of(package, relation.part)
            there = tuple(one for one in found if package.name_of(one.part))
            return Sheet(given.get("name", ""), relation.part, index, there)
    names = ", ".join(given.get("name", "") for given in sheets)
    raise WorkbenchError(
        f"{package.path.name} has no sheet '{wanted}' with cells: choose one of {names}."
    )


def is_signed(package: Package) -> bool:
    """Whether a signature vouches for the file's content, which any change makes void."""
    return any(part.lower().startswith("_xmlsignatures/") for part in package.parts)
