"""PDF documents: the lines of their pages, put back into paragraphs by where they stand."""

from collections.abc import Iterator
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.core.progress import Progress
from workbench.core.words import plural
from workbench.data.readers.documents import pages, pdf_layout
from workbench.data.readers.documents.chunks import MOST_CHARACTERS, Paragraph
from workbench.data.readers.documents.pdf_lines import Line, lines_of
from workbench.data.readers.lines import clean

_LOCKED = "password"
_MOST_CHARACTERS = 20 * MOST_CHARACTERS
"""Of a paragraph that goes on from page to page."""


def paragraphs(path: Path, name: str, notes: list[str], progress: Progress) -> Iterator[Paragraph]:
    """The paragraphs of a document, each with the page on which it begins.

    Headers, footers and numbers of pages are left out.

    Raises:
        WorkbenchError: it is damaged, locked, or a scan without text.
    """
    found = _pages(path, name, progress)
    empty = sum(1 for page in found if not page)
    if empty == len(found):
        raise WorkbenchError(
            f"{name} holds pictures of pages (a scan) and no text: let a text recognition (OCR) go "
            "over it first, and choose what that gives."
        )
    if empty:
        was = "has no text and was" if empty == 1 else "have no text and were"
        notes.append(f"{plural(empty, 'page')} of {name} {was} left out.")
    yield from _whole(_without_edges(found))


def _pages(path: Path, name: str, progress: Progress) -> list[list[Line]]:
    """The lines of each page."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(path)
        try:
            whole = len(document)
            found = []
            for number in range(whole):
                found.append(lines_of(document, number))
                progress((number + 1) / whole)
        finally:
            document.close()
    except (pdfium.PdfiumError, ValueError) as error:
        if _LOCKED in str(error).lower():
            raise WorkbenchError(
                f"{name} is protected by a password: save it without protection and choose that."
            ) from None
        raise WorkbenchError(
            f"{name} is a PDF document that cannot be opened (it is damaged): download it again, "
            "or print it to a new PDF."
        ) from None
    return found


def _without_edges(found: list[list[Line]]) -> list[list[Line]]:
    """The pages without their headers, footers and numbers, which may come at any place."""
    seen = [pdf_layout.from_top(page) for page in found]
    repeated = pages.find_repeated([[line.text if line else "" for line in page] for page in seen])
    left = []
    for page, lines in zip(found, seen, strict=True):
        texts = [line.text if line else "" for line in lines]
        dropped = {id(lines[at]) for at in pages.find_edges(texts, repeated)}
        left.append([line for line in page if id(line) not in dropped])
    return left


def _whole(found: list[list[Line]]) -> Iterator[Paragraph]:
    """The paragraphs; one that goes on on the next page is one."""
    hyphened = pdf_layout.hyphened_in(line for page in found for line in page)
    held: list[Line] = []
    began, before = 0, pdf_layout.layout_of([])
    for number, page in enumerate(found, 1):
        layout = pdf_layout.layout_of(page)
        for at, line in enumerate(page):
            if held and _is_end(held, line, layout if at else before, turned=not at):
                yield _paragraph(held, began, hyphened)
                held = []
            began = began if held else number
            held.append(line)
        before = layout if page else before
    if held:
        yield _paragraph(held, began, hyphened)


def _is_end(held: list[Line], line: Line, layout: pdf_layout.Layout, *, turned: bool) -> bool:
    """Whether a paragraph ends before a line, which stands on the next page if `turned`."""
    if not turned:
        return layout.is_end(held[-1], line)
    long = sum(len(each.text) for each in held) > _MOST_CHARACTERS
    return long or not layout.goes_on_elsewhere(held[-1], line)


def _paragraph(lines: list[Line], page: int, hyphened: frozenset[str]) -> Paragraph:
    return Paragraph(clean(pdf_layout.join(lines, hyphened)), page=page)
