"""Shapes of the field: files of other programs, read as what they are.

Each module knows some of them. A recogniser looks at the first records; an opener at an object that
is the whole file. To add one: a module here, and a line below; the surest come first.
"""

from collections.abc import Callable, Sequence
from typing import Any

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
)
from workbench.data.readers.shapes.document import Opened, Opener
from workbench.data.readers.shapes.shape import SAMPLE, Recogniser, Shape

__all__ = ["OPENERS", "RECOGNISERS", "SAMPLE", "open_document", "recognise"]

RECOGNISERS: tuple[Recogniser, ...] = (
    label_studio.recognise,
    argilla.recognise,
    squad.recognise,
    prodigy.recognise,
    chat_exports.recognise,
    platforms.recognise,
    intents.recognise,
    marked.recognise,
    doccano.recognise,
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


def recognise(records: Sequence[Any], choice: str = "") -> Shape | None:
    """The shape of records, by the first of them; None if they are of no known one."""
    if any(isinstance(record, list) for record in records[:SAMPLE]):
        return next(filter(None, (known(records[:SAMPLE], choice) for known in LISTED)), None)
    sample = [record for record in records[:SAMPLE] if isinstance(record, dict) and record]
    if len(sample) * 2 <= len(records[:SAMPLE]):
        return None
    return next(filter(None, (known(sample, choice) for known in RECOGNISERS)), None)


def open_document(value: dict[str, Any], choice: str = "") -> Opened | None:
    """The records in an object that is a whole file; None if it is of no known shape."""
    return next(filter(None, (opener(value, choice) for opener in OPENERS)), None)
