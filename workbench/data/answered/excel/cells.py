"""Cells of a sheet as XML: what an answer becomes in a workbook.

Texts are written into the cells (`inlineStr`) and not into the list of shared ones: all programs that
matter read both (Power BI and reporting services write nothing else), and so the sheet is the only
part that texts change. What starts with = stays text, since it is typed as text.
"""

import math
import re

from workbench.data.answered.columns import Tally, Value, shortened
from workbench.data.readers.table import without_surrogates

_ESCAPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\r]")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SPACED = re.compile(r"^\s|\s$|\n|  ")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def cell(prefix: bytes, place: str, style: int, value: Value, encoding: str, tally: Tally) -> bytes:
    """A cell; nothing for a value that is nothing.

    Args:
        place: "F12".
        style: a number of the workbook's; 0 is its usual one.
        encoding: of the sheet's part.
    """
    content, kind = _content(prefix, value, encoding, tally)
    if not content:
        return b""
    dress = b' s="%d"' % style if style else b""
    return b'<%bc r="%b"%b%b>%b</%bc>' % (prefix, place.encode(), dress, kind, content, prefix)


def _content(prefix: bytes, value: Value, encoding: str, tally: Tally) -> tuple[bytes, bytes]:
    """What stands in the cell, and its type as an attribute."""
    if isinstance(value, bool):
        return b"<%bv>%d</%bv>" % (prefix, value, prefix), b' t="b"'
    if isinstance(value, str):
        return (_text(prefix, value, encoding, tally), b' t="inlineStr"') if value else (b"", b"")
    if value is None or not math.isfinite(value):
        return b"", b""
    return b"<%bv>%b</%bv>" % (prefix, repr(value).encode(), prefix), b""


def _text(prefix: bytes, value: str, encoding: str, tally: Tally) -> bytes:
    whole = without_surrogates(value).replace("\r\n", "\n")
    text = escaped(shortened(whole, tally))
    space = b' xml:space="preserve"' if _SPACED.search(text) else b""
    written = text.translate(_ENTITIES).encode(encoding, "xmlcharrefreplace")
    return b"<%bis><%bt%b>%b</%bt></%bis>" % (prefix, prefix, space, written, prefix, prefix)


def escaped(text: str) -> str:
    """The text with what XML cannot hold as Excel writes it: `_x000B_`."""
    if text.isalnum():
        return text
    text = _ESCAPE_LIKE.sub("_x005F_", text)
    return _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def with_attribute(tag: bytes, name: bytes, value: bytes) -> bytes:
    """A start tag with another value of an attribute that it has."""
    pattern = re.compile(rb"""(\s""" + re.escape(name) + rb"""\s*=\s*)("[^"]*"|'[^']*')""")
    return pattern.sub(lambda found: found[1] + b'"' + value + b'"', tag, count=1)
