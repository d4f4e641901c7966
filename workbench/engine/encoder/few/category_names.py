"""The names of categories as words: what a category is called tells what its texts are about."""

import re

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SEPARATORS = re.compile(r"[\W_]+")
_WORD = re.compile(r"[^\W\d_]{2,}")


def words_of(label: str) -> str:
    """ "card_not-arrived" as "card not arrived"; "" for a name that says nothing, such as "A17"."""
    words = " ".join(_SEPARATORS.sub(" ", _CAMEL.sub(" ", label)).split())
    return words if any(len(word) > 2 for word in _WORD.findall(words)) else _short(words)


def parts_of(label: str, description: str) -> list[str]:
    """What a category is called, if that says something, and what belongs there, if that is told."""
    return [part for part in (words_of(label), description.strip()) if part]


def lesson_of(label: str, description: str) -> str:
    """Both as one text; "" if neither is told."""
    return ": ".join(parts_of(label, description))


def _short(words: str) -> str:
    """Scripts without spaces say much in two characters."""
    return words if any(ord(char) > 0x2E80 for char in words) else ""
