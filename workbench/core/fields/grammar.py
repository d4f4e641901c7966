"""The form of an answer as a grammar (in llguidance's Lark): exactly the JSON that imports keep.

Fields stand in the order in which the examples have them, with the blanks that `json.dumps` writes.
Texts may hold any character and are bounded well beyond the longest example; numbers and dates are
written as the examples write them; a value of a closed list is one of these, to the letter.
"""

import json
from collections.abc import Iterable
from dataclasses import replace

from workbench.core.fields.field import (
    BOOLEAN,
    DATE,
    GROUP,
    JSON_NUMBER,
    NULL,
    NUMBER,
    ONE_OF,
    OTHER,
    STRING,
    WORDS,
    YES_NO,
    Field,
    Fields,
    written,
)

CHARACTER = r'(?:[^"\\\x00-\x1F]|\\["\\bfnrt]|\\u00[01][0-9a-f])'
DIGITLESS = r'(?:[^"\\\x00-\x1F\p{Nd}]|\\["\\bfnrt])'
DIGIT_NUMBER = r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,3})?"
ROOM, MORE_ROOM, MORE_DIGITS = 3, 100, 20
"""A text may be so many times as long as the longest example, and so many characters more; of numbers
and dates fewer."""
ITEMS, MORE_ITEMS = 3, 20
LONGEST = 10_000
"""Characters of a text of which no example tells the length."""


def longest(field: Field) -> int:
    """Characters that a text of the field may have."""
    if not field.longest:
        return LONGEST
    return ROOM * field.longest + (MORE_DIGITS if field.kind in (NUMBER, DATE) else MORE_ROOM)


def most(field: Field) -> int:
    """Items that a list of the field may have."""
    return ITEMS * field.most + MORE_ITEMS


def grammar(fields: Fields) -> str:
    """The grammar of an answer; without any fields that of any JSON object."""
    made = _Rules()
    top = made.object(fields) if fields else made.any_object()
    return "\n".join([f'start: " "? {top}', *made.lines, ""])


class _Rules:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self._number = 0
        self._any = ""

    def add(self, body: str, *, terminal: bool = False) -> str:
        """A rule of this body; its name."""
        self._number += 1
        name = f"{'T' if terminal else 'r'}{self._number}"
        self.lines.append(f"{name}: {body}")
        return name

    def object(self, fields: Fields) -> str:
        """An object of these fields in their order; one that may be missing may be left out."""
        pairs = [f"{_quoted(written(one.name) + ': ')} {self.value(one)}" for one in fields]
        begun = self.add('""')
        first = self.add('""')
        for field, pair in zip(reversed(fields), reversed(pairs), strict=True):
            optional = field.may_be_missing
            rule = self.add(pair)
            tail = f'", " {rule} {begun}'
            first = self.add(f"{rule} {begun} | {first}" if optional else f"{rule} {begun}")
            begun = self.add(f"{tail} | {begun}" if optional else tail)
        return self.add(f'"{{" {first} "}}"')

    def value(self, field: Field) -> str:
        """What a field may hold."""
        if not field.is_list:
            return self.add(" | ".join([self.item(field), *_nothing(field)]))
        item = self.item(replace(field, may_be_missing=True))
        item = self.add(f'{item} | "null"') if NULL in field.written else item
        some = f'"[" {item} (", " {item}){{0,{max(0, most(field) - 1)}}} "]"'
        empty = ['"[]"'] if field.may_be_missing or not field.is_set else []
        return self.add(" | ".join([some, *empty, *_nothing(field, strings=False)]))

    def item(self, field: Field) -> str:
        """One of its kind."""
        if field.kind == GROUP:
            return self.object(field.fields) if field.fields else self.any_object()
        if field.kind == OTHER:
            return self.any()
        if field.kind == ONE_OF and field.choices:
            return self.add(" | ".join(_quoted(written(choice)) for choice in field.choices))
        if field.kind == YES_NO:
            return self.add(self._plain(field, '"true" | "false"'))
        return self.add(self._plain(field, ""))

    def _plain(self, field: Field, otherwise: str) -> str:
        """A text or number in the forms in which the examples write them."""
        has_digits = field.kind in (NUMBER, DATE) and WORDS not in field.written
        forms = {*field.written} & {STRING, JSON_NUMBER, BOOLEAN}
        if not forms:
            if otherwise:
                return otherwise
            forms = {JSON_NUMBER} if field.kind == NUMBER else {STRING}
        bodies = []
        if STRING in forms:
            bodies.append(self._text(field, has_digits))
        if JSON_NUMBER in forms:
            bodies.append(self.add(f"/{DIGIT_NUMBER}/", terminal=True))
        if BOOLEAN in forms:
            bodies.append('"true" | "false"')
        return " | ".join(bodies)

    def _text(self, field: Field, has_digits: bool) -> str:
        room = longest(field)
        if has_digits:
            body = rf'/"{DIGITLESS}{{0,{room}}}\p{{Nd}}{CHARACTER}{{0,{room}}}"/'
        else:
            body = rf'/"{CHARACTER}{{{1 - _may_be_empty(field)},{room}}}"/'
        return self.add(body, terminal=True)

    def any(self) -> str:
        """Any JSON value."""
        if not self._any:
            text = self.add(rf'/"{CHARACTER}{{0,{LONGEST}}}"/', terminal=True)
            number = self.add(f"/{DIGIT_NUMBER}/", terminal=True)
            self._number += 1
            self._any = f"any{self._number}"
            some = self.add(f'"[" ({self._any} (", " {self._any})*)? "]"')
            pair = self.add(f'{text} ": " {self._any}')
            object_ = self.add(f'"{{" ({pair} (", " {pair})*)? "}}"')
            plain = '"true" | "false" | "null"'
            self.lines.append(f"{self._any}: {text} | {number} | {plain} | {some} | {object_}")
            self._any_object = object_
        return self._any

    def any_object(self) -> str:
        """Any JSON object."""
        self.any()
        return self._any_object


def _may_be_empty(field: Field) -> bool:
    return field.may_be_missing


def _nothing(field: Field, *, strings: bool = True) -> list[str]:
    """How a field that may be missing says so, beside being left out."""
    if not field.may_be_missing:
        return []
    empty = ['"\\"\\""'] if strings and STRING in field.written and field.kind != OTHER else []
    return ['"null"', *empty] if field.kind != OTHER else []


def _quoted(text: str) -> str:
    """A text as a literal of the grammar."""
    return json.dumps(text, ensure_ascii=False)


def names(fields: Iterable[Field]) -> list[str]:
    """All names, those within groups too."""
    return [name for field in fields for name in (field.name, *names(field.fields))]


def signs(fields: Fields) -> str:
    """A text of all signs that answers need, beside those of their values."""
    has_lists = not fields or any(f.is_list or f.kind in (GROUP, OTHER) for f in fields)
    return "".join(map(written, names(fields))) + ("[]" if has_lists else "") + '{": ,}'
