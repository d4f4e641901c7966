"""Shapes of the field: files of other programs, read as what they are.

Each module knows some of them. A recogniser looks at the first records; an opener at an object that
is the whole file. To add one: a module here, and a line below; the surest come first.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from workbench.data.readers.shapes import (
    argilla,
    chat_exports,
    doccano,
    hub,
    intents,
    label_studio,
    marked,
    orients,
    platforms,
    prodigy,
    squad,
    token_tags,
    trees,
)
from workbench.data.readers.shapes.document import Opened, Opener
from workbench.data.readers.shapes.shape import (
    SAMPLE,
    Recogniser,
    Record,
    Shape,
    Taken,
    left_out,
)

__all__ = ["OPENERS", "RECOGNISERS", "SAMPLE", "open_document", "recognise"]

RECOGNISERS: tuple[Recogniser, ...] = (
    label_studio.recognise,
    argilla.recognise,
    squad.recognise,
    prodigy.recognise,
    chat_exports.recognise,
    platforms.recognise,
    trees.recognise,
    intents.recognise,
    marked.recognise,
    doccano.recognise,
    token_tags.recognise,
)
LISTED: tuple[Callable[[Sequence[Any], str], Shape | None], ...] = (
    platforms.recognise_pairs,
    orients.recognise_lists,
)
"""The same for records that are lists."""
OPENERS: tuple[Opener, ...] = (
    squad.open_document,
    intents.open_document,
    hub.open_document,
    platforms.open_document,
    orients.open_document,
)


OTHERWISE = "record of another form than the others"
_NOT_SO = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What comes of records that are not what their keys promise."""
_Found = TypeVar("_Found", Shape, Opened)


def recognise(records: Sequence[Any], choice: str = "") -> Shape | None:
    """The shape of records, by the first of them; None if they are of no known one."""
    if any(isinstance(record, list) for record in records[:SAMPLE]):
        return _careful(_first(LISTED, records[:SAMPLE], choice))
    sample = [record for record in records[:SAMPLE] if isinstance(record, dict) and record]
    if len(sample) * 2 <= len(records[:SAMPLE]):
        return None
    return _careful(_first(RECOGNISERS, sample, choice))


def open_document(value: dict[str, Any], choice: str = "") -> Opened | None:
    """The records in an object that is a whole file; None if it is of no known shape."""
    opened = _first(OPENERS, value, choice)
    return replace(opened, shape=_careful(opened.shape)) if opened else None


def _first(
    known: Sequence[Callable[[Any, str], _Found | None]], looked_at: Any, choice: str
) -> _Found | None:
    for find in known:
        try:
            found = find(looked_at, choice)
        except _NOT_SO:
            continue
        if found:
            return found
    return None


def _careful(shape: Shape | None) -> Shape | None:
    """The shape, to which a record that it cannot take is one that is left out."""
    if shape is None:
        return None
    inner = shape.take

    def take(record: Record) -> Taken:
        try:
            return inner(record)
        except _NOT_SO:
            return left_out(OTHERWISE)

    return replace(shape, take=take)
