"""Parts of a packed office file, read as a stream of XML that can neither grow nor refer."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from workbench.data.readers.torn_zip import TORN_ZIP

LARGEST_PART = 32 << 20
"""Bytes of a part that is read as a whole: the styles of a workbook, the list of its sheets."""
_CHUNK = 1 << 18


class NotPlain(ValueError):
    """The part is missing, damaged or too large, or declares entities, as no office program does."""


def parser() -> Any:
    """A parser that hands on names without their prefixes' meaning, and refuses declarations."""
    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse
    return made


def _refuse(*_: object) -> None:
    raise NotPlain("a document type")


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def chunks(path: Path, part: str, largest: int | None = None) -> Iterator[bytes]:
    """The bytes of a part of the file, piece by piece.

    Args:
        largest: bytes that the part may have.

    Raises:
        NotPlain: the part cannot be read to its end, or is too large.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo(_find_name(archive, part))
            if largest is not None and info.file_size > largest:
                raise NotPlain("too large")
            with archive.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    yield chunk
    except TORN_ZIP as error:
        raise NotPlain(str(error)) from None


def feed(path: Path, part: str, made: Any, largest: int | None = None) -> Iterator[None]:
    """Feeds a part of the file to a parser; stops after each piece, so that it may be worked at.

    Raises:
        NotPlain: as for `chunks`, or the part is no XML.
    """
    try:
        for chunk in chunks(path, part, largest):
            made.Parse(chunk, False)
            yield
        made.Parse(b"", True)
        yield
    except NotPlain:
        raise
    except (expat.ExpatError, LookupError, ValueError) as error:  # or an encoding of its own
        raise NotPlain(str(error)) from None


def elements(path: Path, part: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The elements of a small part in their order, each with its attributes.

    Raises:
        NotPlain: the part cannot be read to its end, or is too large.
    """
    found: list[tuple[str, dict[str, str]]] = []
    made = parser()
    made.StartElementHandler = lambda name, attributes: found.append((local(name), attributes))
    for _ in feed(path, part, made, LARGEST_PART):
        yield from found
        found.clear()


def _find_name(archive: zipfile.ZipFile, part: str) -> str:
    """The part's name as the archive has it, which may differ in case."""
    names = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
    return names[part.lower()]
