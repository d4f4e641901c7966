"""A JSON text that is being written: where it stands, and what would close it right there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.core.fields.field import Fields, written

_KEY, _COLON, _VALUE, _AFTER, _TEXT, _WORD, _START = (
    "key", "colon", "value", "after", "text", "word", "start"
)  # fmt: skip
_WORDS = ("true", "false", "null")


@dataclass
class _Level:
    """An object or a list that is open."""

    is_object: bool
    names: list[str] = field(default_factory=list)
    """Of an object's fields so far."""


class Reader:
    """Follows an answer character by character; it is valid JSON as far as it goes."""

    def __init__(self) -> None:
        self._open: list[_Level] = []
        self._state = _START
        self._text = ""
        self._escape = ""
        self._is_key = False
        self.top = ""
        """The name of the field at the top that is being written."""
        self.longest_text = 0
        """Characters of the text that has just ended, or of the one that is being written."""

    def add(self, text: str) -> None:
        """Go on with these characters."""
        for sign in text:
            self._add(sign)

    @property
    def is_clean(self) -> bool:
        """Whether no escape is half written."""
        return not self._escape

    @property
    def is_in_text(self) -> bool:
        """Whether a value that is a text is being written."""
        return self._state == _TEXT and not self._is_key

    @property
    def is_in_value(self) -> bool:
        """Whether the value of a field has begun and has not ended."""
        deep = len(self._open) > 1 and self._state != _START
        return deep or self.is_in_text or self._state in (_WORD, _VALUE)

    @property
    def depth(self) -> int:
        """Objects and lists that are open."""
        return len(self._open)

    @property
    def names(self) -> list[str]:
        """Names at the top so far."""
        return self._open[0].names if self._open else []

    def _add(self, sign: str) -> None:
        if self._state == _TEXT:
            self._in_text(sign)
        elif sign in " \n\r\t":
            self._state = _AFTER if self._state == _WORD else self._state
        elif sign == '"':
            self._begin_text()
        elif sign in "{[":
            self._open.append(_Level(sign == "{"))
            self._state = _KEY if sign == "{" else _VALUE
        elif sign in "}]":
            self._open.pop()
            self._state = _AFTER
        elif sign == ",":
            self._state = _KEY if self._open[-1].is_object else _VALUE
            self._text = ","
        elif sign == ":":
            self._state = _VALUE
        else:
            self._text = self._text + sign if self._state == _WORD else sign
            self._state = _WORD

    def _begin_text(self) -> None:
        self._is_key = self._state == _KEY
        self._state, self._text, self._escape, self.longest_text = _TEXT, "", "", 0

    def _in_text(self, sign: str) -> None:
        if self._escape:
            self._escape += sign
            if len(self._escape) == (6 if self._escape[1] == "u" else 2):
                self._text += self._escape
                self._escape = ""
                self.longest_text += 1
        elif sign == "\\":
            self._escape = sign
        elif sign == '"':
            self._end_text()
        else:
            self._text += sign
            self.longest_text += 1

    def _end_text(self) -> None:
        self._state = _COLON if self._is_key else _AFTER
        if self._is_key:
            self._open[-1].names.append(self._text)
            if len(self._open) == 1:
                self.top = self._text

    def closing(self, fields: Fields) -> str:
        """What closes the text where it stands; only where it `is_clean`.

        Args:
            fields: those of the answer, of which one that has been begun is named.
        """
        ends = "".join("}" if level.is_object else "]" for level in reversed(self._open))
        return "{}" if self._state == _START else self._end_of_this(fields) + ends

    def _end_of_this(self, fields: Fields) -> str:
        if self._state == _TEXT:
            return f'{self._rest_of_name(fields)}": null' if self._is_key else '"'
        if self._state == _WORD:
            return self._rest_of_word()
        if self._state == _COLON:
            return ": null"
        if self._state == _KEY and self._open[-1].names:
            name = next(iter(self._next_names(fields, "")), "")
            return f'"{name}": null'
        if self._state == _VALUE:
            is_first = not self._open[-1].is_object and self._text != ","
            return "" if is_first else "null"
        return ""

    def _rest_of_word(self) -> str:
        word = next((w for w in _WORDS if w.startswith(self._text)), None)
        if word is not None:
            return word[len(self._text) :]
        return "" if self._text[-1].isdigit() else "0"

    def _rest_of_name(self, fields: Fields) -> str:
        name = next(iter(self._next_names(fields, self._text)), self._text)
        return name[len(self._text) :]

    def _next_names(self, fields: Fields, begun: str) -> list[str]:
        """Names, as JSON writes them, that may stand here and begin so."""
        here = self._fields_here(fields)
        told = [written(name)[1:-1] for name in here]
        used = self._open[-1].names
        return [name for name in told if name.startswith(begun) and name not in used]

    def _fields_here(self, fields: Fields) -> list[str]:
        own: Fields = fields
        for level in self._open[:-1]:
            if level.is_object and level.names:
                known: Mapping[str, Fields] = {written(f.name)[1:-1]: f.fields for f in own}
                own = known.get(level.names[-1], ())
        return [one.name for one in own]
