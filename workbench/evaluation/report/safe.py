"""Texts of others in a report: nothing in them may reorder, hide or end the report's own words."""

import dataclasses
import re
from typing import TypeVar

from workbench.core.words import shortened

_Part = TypeVar("_Part")
_DISORDERLY = re.compile(
    "[\x00-\x08\x0b\x0e-\x1b\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Control characters, what turns the direction of writing, halves of a pair."""
LONGEST, TITLE = 400, 160
"""Characters of a text or a heading; what is longer is cut at a word's end."""


def clean(part: _Part) -> _Part:
    """The same report, with a replacement character for what is not to be shown, and long texts cut.

    No line breaks before a percent sign.
    """
    if isinstance(part, str):
        text = shortened(_DISORDERLY.sub("\ufffd", part), LONGEST)
        return text.replace(" %", "\u00a0%")  # type: ignore[return-value]
    if isinstance(part, tuple):
        return tuple(map(clean, part))  # type: ignore[return-value]
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        values = {f.name: clean(getattr(part, f.name)) for f in dataclasses.fields(part)}
        return dataclasses.replace(part, **values)
    return part
