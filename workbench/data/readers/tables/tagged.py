"""Words with tags, one a line (CoNLL, BIO): a row for each sentence, what is tagged as its fields."""

import io
import json
from collections.abc import Iterable, Iterator, Sequence

from workbench.core.progress import Progress, silent
from workbench.data.readers import encodings
from workbench.data.readers.kinds import TAGGED
from workbench.data.readers.listing import Listing, Part, Row
from workbench.data.readers.shapes import spans
from workbench.data.readers.table import ReadOptions

Word = tuple[str, str]
"""A word and its tag: B-CITY, I-CITY, O."""
_NO_SPACE_BEFORE = frozenset(".,;:!?)]}%'’”")
_NOTE = (
    "Each sentence is a row. Its words were put together with blanks, but before punctuation, since "
    "the file does not say where there were some."
)


def listing(
    parts: Sequence[Part], name: str, options: ReadOptions, progress: Progress = silent
) -> Listing:
    """The sentences with the columns text and fields.

    Raises:
        WorkbenchError: a file cannot be read as text.
    """
    rows = (row for part in parts for row in _rows(part, options, progress))
    notes = [_NOTE, spans.note("tag")]
    meant = spans.meant("text", "somebody")
    columns = ["text", spans.FIELDS]
    return Listing(name, TAGGED, columns, rows, options, notes=notes, meant=meant)


def _rows(part: Part, options: ReadOptions, progress: Progress) -> Iterator[Row]:
    encoding = options.encoding or encodings.detect(part.path, part.name)
    size = max(1, part.path.stat().st_size)
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    with part.path.open("rb") as raw, io.TextIOWrapper(raw, codec) as stream:
        for number, sentence in enumerate(_sentences(stream)):
            if number % 1000 == 0:
                progress(raw.tell() / size)
            text, found = sentence_of(sentence)
            yield [text, json.dumps(found, ensure_ascii=False)]


def _sentences(lines: Iterable[str]) -> Iterator[list[Word]]:
    held: list[Word] = []
    for line in lines:
        cells = line.split()
        is_word = len(cells) > 1 and not line.startswith(("-DOCSTART", "# "))
        if is_word:
            held.append((cells[0], cells[-1]))
        elif held and not cells:
            yield held
            held = []
    if held:
        yield held


def sentence_of(sentence: Sequence[Word]) -> tuple[str, dict[str, list[str]]]:
    """The sentence as text, and name → the words with that tag."""
    text, places = "", list[spans.Span]()
    for word, tag in sentence:
        begin = len(text) + bool(text and word[0] not in _NO_SPACE_BEFORE)
        text = text.ljust(begin) + word
        mark, name = tag[:1], tag[2:]
        if mark in "IEL" and places and places[-1].name == name and places[-1].end >= begin - 1:
            places[-1] = spans.Span(name, places[-1].start, len(text))
        elif name:
            places.append(spans.Span(name, begin, len(text)))
    return text, spans.fields(text, places) or {}
