"""Documents: plain text, Markdown, Word and PDF, a row for every piece of about a paragraph."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbench.core.errors import WorkbenchError
from workbench.core.progress import Progress, silent
from workbench.core.tasks import CLASSIFICATION
from workbench.data.readers import encodings
from workbench.data.readers.documents import pdf, texts, word
from workbench.data.readers.documents.chunks import Paragraph, chunk, whole
from workbench.data.readers.documents.folders import Folders, folders_of
from workbench.data.readers.documents.front_matter import FrontMatter, columns_of
from workbench.data.readers.kinds import DOCUMENT
from workbench.data.readers.listing import Listing, Part
from workbench.data.readers.table import Meant, ReadOptions, column_names


def listing(
    parts: Sequence[Part], name: str, options: ReadOptions, progress: Progress = silent
) -> Listing:
    """The pieces of documents with the columns text, heading or page where there are such, file, and
    those that stand above Markdown texts (title, date, tags).

    Of files in several folders the columns folder and split say which; where the folders look like
    categories, a file is one row unless it is long.

    Raises (while the rows are gone through):
        WorkbenchError: a document cannot be read. Of several, those that can are kept.
    """
    found = [_Document.of(part, options) for part in parts]
    folders = folders_of([part.name for part in parts])
    keys = columns_of([document.above for document in found])
    own = ["text", *folders.columns]
    own += ["heading"] if any(document.form in ("word", "markdown") for document in found) else []
    own += ["page"] if any(document.form == "pdf" for document in found) else []
    columns = column_names([*own, "file", *keys])
    result = Listing(name, DOCUMENT, columns, iter(()), ReadOptions(options.encoding))
    result.unused = Counter(key for document in found for key in document.above.left_out(keys))
    if folders.are_categories:
        roles = {"text": "text", "label": "folder"}
        reason = "the folders look like categories, each with several texts"
        result.meant = Meant(CLASSIFICATION.name, roles, reason)
    if folders.note:
        result.notes.append(folders.note)
    given = [
        {column: folders.value(column, index) for column in folders.columns}
        for index in range(len(found))
    ]
    result.rows = (
        [
            *({**values, **_values(piece)}[column] for column in own),
            document.part.name,
            *(document.above.values.get(key, "") for key in keys),
        ]
        for document, values, piece in _pieces(found, given, folders, result, options, progress)
    )
    return result


@dataclass(frozen=True)
class _Document:
    """A file, and what is known of it before it is read."""

    part: Part
    form: str
    """pdf, word, markdown or text."""
    above: FrontMatter

    @classmethod
    def of(cls, part: Part, options: ReadOptions) -> "_Document":
        form = _form(part)
        return cls(part, form, _front_matter(part, form, options))


def _pieces(
    found: Sequence[_Document],
    given: Sequence[dict[str, str]],
    folders: Folders,
    result: Listing,
    options: ReadOptions,
    progress: Progress,
) -> Iterator[tuple[_Document, dict[str, str], Paragraph]]:
    for index, document in enumerate(found):

        def so_far(share: float, index: int = index) -> None:
            progress((index + share) / len(found))

        try:
            pieces = chunk(_paragraphs(document, options, result.notes, so_far))
            for piece in whole(pieces) if folders.are_categories else pieces:
                yield document, given[index], piece
        except WorkbenchError as error:
            if len(found) == 1:
                raise
            result.notes.append(str(error))


def _values(piece: Paragraph) -> dict[str, str]:
    page = str(piece.page) if piece.page else ""
    return {"text": piece.text, "heading": piece.heading, "page": page}


def _form(part: Part) -> str:
    with part.path.open("rb") as stream:
        head = stream.read(5)
    if head.startswith(b"%PDF"):
        return "pdf"
    if head.startswith(b"PK"):
        return "word"
    return "markdown" if part.name.lower().endswith((".md", ".markdown")) else "text"


def _paragraphs(
    document: _Document, options: ReadOptions, notes: list[str], progress: Progress
) -> Iterator[Paragraph]:
    part, form = document.part, document.form
    if form == "pdf":
        return pdf.paragraphs(part.path, part.name, notes, progress)
    if form == "word":
        return word.paragraphs(part.path, part.name, progress)
    encoding = _encoding(part, options)
    if options.encoding:
        encodings.check(part.path, encoding, part.name)
    return texts.paragraphs(part.path, encoding, form == "markdown", progress)


def _encoding(part: Part, options: ReadOptions) -> str:
    return options.encoding or encodings.detect(part.path, part.name)


def _front_matter(part: Part, form: str, options: ReadOptions) -> FrontMatter:
    """What stands above a text; nothing where it cannot be read, which is told later."""
    if form not in ("text", "markdown"):
        return FrontMatter()
    try:
        return texts.front_matter_of(part.path, _encoding(part, options))
    except (WorkbenchError, UnicodeError, LookupError):
        return FrontMatter()
