"""Documents: plain text, Markdown, Word and PDF, a row for every piece of about a paragraph."""

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.core.progress import Progress, silent
from workbench.core.tasks import CLASSIFICATION
from workbench.data.readers import encodings
from workbench.data.readers.documents import pdf, word
from workbench.data.readers.documents.chunks import Paragraph, chunk, whole
from workbench.data.readers.documents.folders import Folders, folders_of
from workbench.data.readers.kinds import DOCUMENT
from workbench.data.readers.listing import Listing, Part, Row
from workbench.data.readers.table import Meant, ReadOptions

_LINE = 1 << 16
"""Characters read at once; a paragraph without line ends is read in such pieces."""
_MOST_LINES = 200
"""Of one paragraph; more are a list without gaps."""
_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_FENCE = re.compile(r"\s*(```|~~~)")


def listing(
    parts: Sequence[Part], name: str, options: ReadOptions, progress: Progress = silent
) -> Listing:
    """The pieces of documents with the columns text, heading or page where there are such, file.

    Of files in several folders the columns folder and split say which; where the folders look like
    categories, a file is one row unless it is long.

    Raises (while the rows are gone through):
        WorkbenchError: a document cannot be read. Of several, those that can are kept.
    """
    forms = [_form(part) for part in parts]
    folders = folders_of([part.name for part in parts])
    columns = ["text", *folders.columns]
    columns += ["heading"] if {"word", "markdown"} & set(forms) else []
    columns += ["page"] if "pdf" in forms else []
    result = Listing(name, DOCUMENT, [*columns, "file"], iter(()), ReadOptions(options.encoding))
    if folders.are_categories:
        roles = {"text": "text", "label": "folder"}
        reason = "the folders look like categories, each with several texts"
        result.meant = Meant(CLASSIFICATION.name, roles, reason)
    if folders.note:
        result.notes.append(folders.note)
    result.rows = _rows(list(zip(parts, forms, strict=True)), folders, result, options, progress)
    return result


def _rows(
    parts: list[tuple[Part, str]],
    folders: Folders,
    result: Listing,
    options: ReadOptions,
    progress: Progress,
) -> Iterator[Row]:
    for index, (part, form) in enumerate(parts):

        def so_far(share: float, index: int = index) -> None:
            progress((index + share) / len(parts))

        try:
            pieces = chunk(_paragraphs(part, form, options, result.notes, so_far))
            for piece in whole(pieces) if folders.are_categories else pieces:
                values = _values(piece, part.name)
                values |= {column: folders.value(column, index) for column in folders.columns}
                yield [values[column] for column in result.columns]
        except WorkbenchError as error:
            if len(parts) == 1:
                raise
            result.notes.append(str(error))


def _values(piece: Paragraph, file: str) -> dict[str, str]:
    page = str(piece.page) if piece.page else ""
    return {"text": piece.text, "heading": piece.heading, "page": page, "file": file}


def _form(part: Part) -> str:
    with part.path.open("rb") as stream:
        head = stream.read(5)
    if head.startswith(b"%PDF"):
        return "pdf"
    if head.startswith(b"PK"):
        return "word"
    return "markdown" if part.name.lower().endswith((".md", ".markdown")) else "text"


def _paragraphs(
    part: Part, form: str, options: ReadOptions, notes: list[str], progress: Progress
) -> Iterator[Paragraph]:
    if form == "pdf":
        return pdf.paragraphs(part.path, part.name, notes, progress)
    if form == "word":
        return word.paragraphs(part.path, part.name, progress)
    encoding = options.encoding or encodings.detect(part.path, part.name)
    if options.encoding:
        encodings.check(part.path, encoding, part.name)
    return _text_paragraphs(part.path, encoding, form == "markdown", progress)


def _text_paragraphs(
    path: Path, encoding: str, markdown: bool, progress: Progress
) -> Iterator[Paragraph]:
    """What stands between empty lines; in Markdown also what stands under a heading."""
    heading, fenced = "", False
    lines: list[str] = []
    characters = 0
    for line in _lines(path, encoding, progress):
        fenced ^= markdown and bool(_FENCE.match(line))
        title = _HEADING.match(line) if markdown and not fenced else None
        full = characters > _LINE or len(lines) >= _MOST_LINES
        if lines and (title or full or not (line.strip() or fenced)):
            yield Paragraph("\n".join(lines), heading)
            lines, characters = [], 0
        if title:
            heading = title[2]
        elif line.strip():
            lines.append(line.rstrip())
            characters += len(line)
    if lines:
        yield Paragraph("\n".join(lines), heading)


def _lines(path: Path, encoding: str, progress: Progress) -> Iterator[str]:
    size = max(1, path.stat().st_size)
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    with path.open("rb") as raw, io.TextIOWrapper(raw, codec) as stream:
        for line in iter(lambda: stream.readline(_LINE), ""):
            progress(raw.tell() / size)
            yield line
