"""Plain text and Markdown: their paragraphs, whatever broke them into lines."""

import io
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

from workbench.core.progress import Progress
from workbench.data.readers import lines as broken
from workbench.data.readers.documents import pages
from workbench.data.readers.documents.chunks import Paragraph
from workbench.data.readers.documents.front_matter import FrontMatter, front_matter

_LINE = 1 << 16
"""Characters read at once; a paragraph without line ends is read in such pieces."""
_LOOKED_AT = 1 << 17
"""Characters by which a text is judged."""
_MOST_LINES = 200
"""Of one paragraph; more are a list without gaps."""
_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_FENCE = re.compile(r"\s*(```|~~~)")
_OWN_LINE = re.compile(r"\s*([•▪‣◦*+|>-]|\(?\w{1,3}[.)]|#{1,6})(\s|$)|\s{4}|\t")
"""What begins a line of its own: an item, a row of a table, a quotation, code."""


@dataclass(frozen=True)
class _Setting:
    """How a text was broken into lines."""

    wrapped: bool = False
    """Whether sentences go on in the next line."""
    spaced: bool = False
    """Whether an empty line stands behind each line, and so says nothing."""
    width: int = 0
    """Characters of a full line."""
    repeated: pages.Places = frozenset()
    """Headers and footers of its pages."""


def paragraphs(
    path: Path, encoding: str, markdown: bool, progress: Progress
) -> Iterator[Paragraph]:
    """What stands between empty lines; in Markdown also what stands under a heading.

    Sentences that were broken into lines are whole again, words that were cut at the end of a line,
    too; headers and numbers of pages (form feeds part them) and what nobody sees are left out.
    """
    setting = _look(path, encoding)
    above = front_matter_of(path, encoding).lines
    lines = itertools.islice(_lines(path, encoding, progress), above, None)
    heading, fenced = "", False
    held: list[str] = []
    characters = 0
    for line in _without_pages(lines, setting):
        fenced ^= markdown and bool(_FENCE.match(line))
        title = _HEADING.match(line) if markdown and not fenced else None
        full = characters > _LINE or len(held) >= _MOST_LINES
        if held and (title or full or _is_end(held, line, fenced, setting)):
            yield Paragraph(_text(held, setting, markdown), heading)
            held, characters = [], 0
        if title:
            heading = broken.clean(title[2])
        elif line.strip():
            held.append(line.rstrip())
            characters += len(line)
    if held:
        yield Paragraph(_text(held, setting, markdown), heading)


def front_matter_of(path: Path, encoding: str) -> FrontMatter:
    """The keys and values above a text."""
    with path.open("rb") as raw, io.TextIOWrapper(raw, _codec(encoding)) as stream:
        if not stream.read(3).strip("-+"):
            stream.seek(0)
            return front_matter(stream.read(_LINE).split("\n"))
    return FrontMatter()


def _look(path: Path, encoding: str) -> _Setting:
    with path.open("rb") as raw, io.TextIOWrapper(raw, _codec(encoding)) as stream:
        sample = stream.read(_LOOKED_AT)
    parts = [part.split("\n") for part in sample.split("\f")]
    repeated = pages.find_repeated(parts)
    lines = [line.rstrip() for part in parts for line in pages.without_edges(part, repeated)]
    lines = lines[: -1 if len(sample) == _LOOKED_AT else None]
    blocks = [
        [line for line in block if not _OWN_LINE.match(line)]
        for filled, block in groupby(lines, bool)
        if filled
    ]
    filled = [line for block in blocks for line in block]
    spaced = all(len(block) <= 1 for block in blocks) and broken.are_wrapped([filled])
    wrapped = spaced or broken.are_wrapped(blocks)
    return _Setting(wrapped, spaced, broken.width_of(filled), repeated)


def _without_pages(lines: Iterable[str], setting: _Setting) -> Iterator[str]:
    """The lines without headers, footers and numbers of pages, where form feeds part pages."""
    page: list[str] = []
    last = ""
    for line in lines:
        first, *others = line.split("\f")
        page.append(first)
        for other in others:
            body = _trimmed(pages.without_edges(page, setting.repeated))
            yield from [*_between(last, body, setting), *body]
            last, page = body[-1] if body else last, [other]
        if len(page) > _MOST_LINES:  # a text without pages, or none of the usual size
            yield from page
            page = []
    body = _trimmed(pages.without_edges(page, setting.repeated)) if last else page
    yield from [*_between(last, body, setting), *body]


def _between(last: str, body: list[str], setting: _Setting) -> list[str]:
    """What parts two pages: nothing in the middle of a sentence, else an empty line."""
    if not last or not body:
        return []
    goes_on = (
        broken.is_full(last.rstrip(), body[0], setting.width) or body[0].lstrip()[:1].islower()
    )
    return [] if goes_on and not broken.ends_sentence(last) else [""]


def _trimmed(page: list[str]) -> list[str]:
    """The lines of a page without the empty ones at its top and bottom."""
    filled = [place for place, line in enumerate(page) if line.strip()]
    return page[filled[0] : filled[-1] + 1] if filled else []


def _is_end(held: list[str], line: str, fenced: bool, setting: _Setting) -> bool:
    """Whether a paragraph ends before a line."""
    if fenced:
        return False
    if not setting.spaced:
        return not line.strip()
    full = broken.is_full(held[-1], line, setting.width)
    return bool(line.strip()) and not full and broken.ends_sentence(held[-1])


def _text(lines: list[str], setting: _Setting, markdown: bool) -> str:
    """The lines of a paragraph as it was before it was broken into them."""
    if markdown and any(map(_FENCE.match, lines)):
        return "\n".join(map(broken.clean, lines))
    parts = [[lines[0]]]
    for before, after in pairwise(lines):
        if _goes_on(before, after, setting):
            parts[-1].append(after.strip())
        else:
            parts.append([after])
    return "\n".join(broken.clean(broken.join(part)) for part in parts)


def _goes_on(before: str, after: str, setting: _Setting) -> bool:
    """Whether a line is in the middle of the sentence that the line before it began."""
    if _OWN_LINE.match(after):
        return False
    if broken.is_cut_word(before, after):
        return True
    full = broken.is_full(before, after, setting.width) or after[:1].islower()
    return setting.wrapped and full


def _lines(path: Path, encoding: str, progress: Progress) -> Iterator[str]:
    size = max(1, path.stat().st_size)
    with path.open("rb") as raw, io.TextIOWrapper(raw, _codec(encoding)) as stream:
        for line in iter(lambda: stream.readline(_LINE), ""):
            progress(raw.tell() / size)
            yield line


def _codec(encoding: str) -> str:
    return "utf-8-sig" if encoding == "utf-8" else encoding
