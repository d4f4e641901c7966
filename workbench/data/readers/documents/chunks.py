"""Documents in pieces: about a paragraph each, so that every piece is an example."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MOST_CHARACTERS = 1500
ENOUGH_CHARACTERS = 400
"""A piece that is so long takes no further paragraph."""
MOST_CHARACTERS_OF_A_DOCUMENT = 10_000
"""One that is shorter may be an example as a whole."""
_GAP = 100
"""So much white space is looked for after a cut."""
_SENTENCE_END = re.compile(r"(?<=[.!?…:;])\s+|\n")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph and where it stands."""

    text: str
    heading: str = ""
    page: int = 0
    """Counted from 1; 0 if there are none."""


def chunk(paragraphs: Iterable[Paragraph]) -> Iterator[Paragraph]:
    """Pieces of at most `MOST_CHARACTERS`: short paragraphs together, long ones cut at a sentence.

    What stands under different headings stays apart. A piece has the page on which it begins.
    """
    held: list[str] = []
    first = Paragraph("")
    for paragraph in paragraphs:
        for text in _cut(paragraph.text.strip()):
            length = sum(map(len, held)) + 2 * len(held)
            full = length >= ENOUGH_CHARACTERS or length + len(text) > MOST_CHARACTERS
            if held and (full or paragraph.heading != first.heading):
                yield Paragraph("\n\n".join(held), first.heading, first.page)
                held = []
            if not held:
                first = paragraph
            held.append(text)
    if held:
        yield Paragraph("\n\n".join(held), first.heading, first.page)


def whole(pieces: Iterable[Paragraph]) -> Iterator[Paragraph]:
    """The pieces of a document in one, each under its heading; of a long document as they are."""
    held: list[Paragraph] = []
    length = 0
    long = False
    for piece in pieces:
        held.append(piece)
        length += len(piece.text)
        long = long or length > MOST_CHARACTERS_OF_A_DOCUMENT
        if long:
            yield from held
            held = []
    if held:
        texts, heading = [held[0].text], held[0].heading
        for piece in held[1:]:
            texts += [piece.text] if piece.heading == heading else [piece.heading, piece.text]
            heading = piece.heading
        yield Paragraph("\n\n".join(filter(None, texts)), held[0].heading, held[0].page)


def _cut(text: str) -> Iterator[str]:
    """The text in parts that are short enough, cut after a sentence where there is one."""
    start = 0
    while len(text) - start > MOST_CHARACTERS:
        end = start + MOST_CHARACTERS
        ends = [match.start() for match in _SENTENCE_END.finditer(text, start + 1, end)]
        place = ends[-1] if ends else text.rfind(" ", start + 1, end)
        place = place if place > start else end
        yield text[start:place].strip()
        start = place + len(text[place : place + _GAP]) - len(text[place : place + _GAP].lstrip())
    if rest := text[start:].strip():
        yield rest
