"""Word documents (.docx): paragraphs under their headings, and tables row by row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.progress import Progress
from workbench.data.readers.documents.chunks import Paragraph
from workbench.data.readers.torn_zip import TORN_ZIP


def paragraphs(path: Path, name: str, progress: Progress) -> Iterator[Paragraph]:
    """The paragraphs of a document in their order, with the heading above them.

    Raises:
        WorkbenchError: it cannot be opened, or holds no text.
    """
    heading, empty = "", True
    blocks = _read(path, name)
    for number, (text, is_heading) in enumerate(blocks, 1):
        progress(number / len(blocks))
        if not text:
            continue
        if is_heading:
            heading = " ".join(text.split())
        else:
            empty = False
            yield Paragraph(text, heading)
    if empty:
        raise WorkbenchError(f"{name} holds no text: choose a document with text in it.")


def _read(path: Path, name: str) -> list[tuple[str, bool]]:
    """The text of each paragraph or table, and whether it is a heading."""
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        document = docx.Document(str(path))
        titles = {style.style_id: style.name or "" for style in document.styles}
        blocks = document.iter_inner_content()
        return [(_text(block), _is_heading(block, titles)) for block in blocks]
    except (OpcError, LxmlError, *TORN_ZIP, ValueError, AttributeError, IndexError, TypeError):
        raise WorkbenchError(
            f"{name} is a Word document that cannot be opened (it is damaged, or a template): open "
            "it in Word and save it again as .docx."
        ) from None


def _text(block: Any) -> str:
    if hasattr(block, "rows"):
        return "\n".join(line for row in block.rows if (line := _row(row)))
    return str(block.text).strip()


def _row(row: Any) -> str:
    """The cells of a row; one that is merged across several columns counts once."""
    texts: list[str] = []
    seen = None
    for cell in row.cells:
        if cell._tc is not seen:
            texts.append(" ".join(cell.text.split()))
        seen = cell._tc
    return " | ".join(texts) if any(texts) else ""


def _is_heading(block: Any, titles: dict[str, str]) -> bool:
    style = "" if hasattr(block, "rows") else str(block._p.style or "")
    return titles.get(style, "").lower().startswith(("heading", "title"))
