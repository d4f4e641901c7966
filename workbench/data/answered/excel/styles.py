"""Styles for the new cells of a workbook: each like that of the cell beside it.

A style is copied and put behind all others, with its number format made the usual one or a
percentage, its lines wrapped, or its text kept text when somebody edits it; the others keep their
numbers. Where the cell beside it will do, no style is added.
"""

import re
from dataclasses import dataclass

from workbench.data.answered.excel.cells import with_attribute

_SECTION = re.compile(
    rb"(<((?:[\w.-]+:)?)cellXfs\b[^>]*>)(.*?)(</(?:[\w.-]+:)?cellXfs\s*>)", re.DOTALL
)
_XF = re.compile(
    rb"""<((?:[\w.-]+:)?)xf(?=[\s/>])[^>]*?(?:/>|>.*?</(?:[\w.-]+:)?xf\s*>)""", re.DOTALL
)
_FORMAT = re.compile(rb"""\snumFmtId\s*=\s*["'](\d+)["']""")
_ALIGNMENT = re.compile(rb"<(?:[\w.-]+:)?alignment(?=[\s/>])[^>]*>")
_CHOICE = b"AlternateContent"
"""Where styles stand in two forms, of which programs count one, their numbers cannot be told."""
_GENERAL_CODE = re.compile(
    rb"""<(?:[\w.-]+:)?numFmt\s+numFmtId=["'](\d+)["']\s+formatCode=["'](?i:general)["']"""
)
_GENERAL, _PERCENT, _AS_TEXT = 0, 9, 49
_MOST = 64_000
"""A workbook may have 65,490."""
_MOST_NEW = 400


@dataclass(frozen=True)
class Dress:
    """What a new cell needs of its style."""

    is_share: bool = False
    wraps: bool = False
    stays_text: bool = False
    """Whether it begins like a formula, and would become one when it is edited."""


class Styles:
    """The styles of a workbook, with those that were added."""

    def __init__(self, content: bytes) -> None:
        """`content` is the part with the styles; b"" if there is none."""
        self._content = content
        self._section = _SECTION.search(content)
        listed = self._section[3] if self._section else b""
        self._known = [] if _CHOICE in listed else [found[0] for found in _XF.finditer(listed)]
        self._general = {int(found[1]) for found in _GENERAL_CODE.finditer(content)} | {_GENERAL}
        self._new: list[bytes] = []
        self._made: dict[tuple[int, Dress], int] = {}

    def like(self, style: int, dress: Dress) -> int:
        """The number of a style like that one which fits a new cell."""
        key = (style, dress)
        if key not in self._made:
            self._made[key] = self._make(style, dress)
        return self._made[key]

    def _make(self, style: int, dress: Dress) -> int:
        if style >= len(self._known) or len(self._known) + len(self._new) >= _MOST:
            return 0 if dress.is_share else style
        raw = self._known[style]
        found = _FORMAT.search(raw)
        number = int(found[1]) if found else _GENERAL
        plain = number in self._general or (number == _AS_TEXT and not dress.is_share)
        if plain and dress == Dress():
            return style
        if len(self._new) >= _MOST_NEW:
            return self.like(0, dress) if style else 0
        made = _dressed(raw, dress, number if plain else _GENERAL)
        places = [*self._known, *self._new]
        if made in places:
            return places.index(made)
        self._new.append(made)
        return len(places)

    @property
    def content(self) -> bytes | None:
        """The part with what was added; None if nothing was."""
        if not self._new or not self._section:
            return None
        opening, _, listed, closing = self._section.groups()
        count = b"%d" % (len(self._known) + len(self._new))
        section = with_attribute(opening, b"count", count) + listed + b"".join(self._new) + closing
        begin, end = self._section.span()
        return self._content[:begin] + section + self._content[end:]


def _dressed(raw: bytes, dress: Dress, number: int) -> bytes:
    tag, rest = _split(raw)
    tag = _set(tag, b"numFmtId", b"%d" % (_PERCENT if dress.is_share else number))
    tag = _set(tag, b"applyNumberFormat", b"1")
    if dress.stays_text:
        tag = _set(tag, b"quotePrefix", b"1")
    if dress.wraps:
        tag = _set(tag, b"applyAlignment", b"1")
        rest = _wrapped(tag, rest)
    return tag + rest


def _split(raw: bytes) -> tuple[bytes, bytes]:
    """The start tag, not closed by itself, and what follows it."""
    end = raw.index(b">") + 1
    if raw.endswith(b"/>") and end == len(raw):
        name = raw[1 : re.match(rb"<[\w.:-]+", raw).end()]  # type: ignore[union-attr]
        return raw[:-2].rstrip() + b">", b"</" + name + b">"
    return raw[:end], raw[end:]


def _set(tag: bytes, name: bytes, value: bytes) -> bytes:
    """A start tag with this attribute."""
    changed = with_attribute(tag, name, value)
    if re.search(rb"\s" + name + rb"\s*=", changed):
        return changed
    closing = b"/>" if tag.endswith(b"/>") else b">"
    return tag.removesuffix(closing).rstrip() + b" " + name + b'="' + value + b'"' + closing


def _wrapped(tag: bytes, rest: bytes) -> bytes:
    found = _ALIGNMENT.search(rest)
    if found:
        return rest[: found.start()] + _set(found[0], b"wrapText", b"1") + rest[found.end() :]
    prefix = tag[1 : tag.index(b"xf")]
    return b"<" + prefix + b'alignment vertical="top" wrapText="1"/>' + rest
