"""PDF documents: the text of their pages, put back into paragraphs."""

import logging
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.progress import Progress
from workbench.core.words import plural
from workbench.data.readers.documents.chunks import MOST_CHARACTERS, Paragraph

_REPEATED_FROM_PAGES = 4
_END = re.compile(r"[.!?:…\"”»)]$")
_BULLET = re.compile(r"\s*([•▪‣◦–—*-]|\(?\d{1,3}[.)])\s")
_BROKEN = (
    *(ValueError, KeyError, TypeError, IndexError, AttributeError),
    *(AssertionError, ArithmeticError, RecursionError, OSError),
)
"""What a parser stumbles over in a file that does not keep to the format."""


def paragraphs(path: Path, name: str, notes: list[str], progress: Progress) -> Iterator[Paragraph]:
    """The paragraphs of a document, each with the page on which it begins.

    Lines that stand on top or at the bottom of most pages are left out.

    Raises:
        WorkbenchError: it is damaged, locked, or a scan without text.
    """
    pages = _pages(path, name, progress)
    empty = sum(1 for page in pages if not page)
    if empty == len(pages):
        raise WorkbenchError(
            f"{name} holds pictures of pages (a scan) and no text: let a text recognition (OCR) go "
            "over it first, and choose what that gives."
        )
    if empty:
        was = "has no text and was" if empty == 1 else "have no text and were"
        notes.append(f"{plural(empty, 'page')} of {name} {was} left out.")
    repeated = _find_repeated(pages)
    yield from _whole(_page_paragraphs(pages, repeated))


def _pages(path: Path, name: str, progress: Progress) -> list[list[str]]:
    """The lines of each page."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.ERROR)
    locked = WorkbenchError(
        f"{name} is protected by a password: save it without protection and choose that."
    )
    pages = []
    try:
        with path.open("rb") as stream:
            reader = PdfReader(stream)
            if reader.is_encrypted and not reader.decrypt(""):
                raise locked
            whole = len(reader.pages)
            for number, page in enumerate(reader.pages, 1):
                pages.append(_lines(page))
                progress(number / whole)
    except DependencyError:
        raise locked from None
    except (PyPdfError, *_BROKEN):
        raise WorkbenchError(
            f"{name} is a PDF document that cannot be opened (it is damaged): download it again, "
            "or print it to a new PDF."
        ) from None
    return pages


def _lines(page: Any) -> list[str]:
    lines = [line.strip() for line in page.extract_text().splitlines()]
    return lines if any(lines) else []


def _find_repeated(pages: list[list[str]]) -> set[str]:
    """Headers and footers, without their page numbers."""
    if len(pages) < _REPEATED_FROM_PAGES:
        return set()
    edges = [
        {_bare(line) for line in (*filled[:2], *filled[-2:])}
        for filled in ([line for line in page if line] for page in pages)
    ]
    found = Counter(line for edge in edges for line in edge)
    return {line for line, times in found.items() if times > 0.5 * len(pages)}


def _bare(line: str) -> str:
    return re.sub(r"\d+", "#", line)


def _without_edges(page: list[str], repeated: set[str]) -> list[str]:
    """The lines of a page without its header and footer."""
    filled = [place for place, line in enumerate(page) if line]
    edges = {*filled[:2], *filled[-2:]}
    return [
        line for place, line in enumerate(page) if place not in edges or _bare(line) not in repeated
    ]


def _page_paragraphs(pages: list[list[str]], repeated: set[str]) -> Iterator[Paragraph]:
    for number, page in enumerate(pages, 1):
        lines = _without_edges(page, repeated)
        width = max(map(len, lines), default=0)
        held: list[str] = []
        for line in lines:
            if held and (not line or _BULLET.match(line) or _ends(held[-1], width)):
                yield Paragraph(_join(held), page=number)
                held = []
            if line:
                held.append(line)
        if held:
            yield Paragraph(_join(held), page=number)


def _ends(line: str, width: int) -> bool:
    """Whether a paragraph ends with this line: it ends a sentence, and does not fill its line."""
    return len(line) < 0.85 * width and (bool(_END.search(line)) or len(line) < 0.5 * width)


def _join(lines: list[str]) -> str:
    """Lines as one text; a word that was cut at the end of a line is whole again."""
    text = "\n".join(lines)
    return re.sub(r"(?<=[^\W\d_])[-\u00ad]\n(?=[^\W\d_A-Z])", "", text).replace("\n", " ")


def _whole(paragraphs: Iterator[Paragraph]) -> Iterator[Paragraph]:
    """Paragraphs that go on on the next page, in one."""
    held: Paragraph | None = None
    for paragraph in paragraphs:
        short = held is not None and len(held.text) < MOST_CHARACTERS
        if short and held and held.page != paragraph.page and _goes_on(held.text, paragraph.text):
            held = Paragraph(_join([held.text, paragraph.text]), page=held.page)
            continue
        if held:
            yield held
        held = paragraph
    if held:
        yield held


def _goes_on(before: str, after: str) -> bool:
    return not _END.search(before) and after[:1].islower()
