"""Things in a text that a model must not tell on: secrets, accounts, addresses, numbers, names."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from workbench.data.checkup.privacy.masking import KINDS, NAME, kinds_for, spans
from workbench.evaluation.habits.told_secrets import told

SECRET, PLACE, CODE, NUMBER = "secret", "street address", "code", "number"
ORDER = (SECRET, "bank account", "card number", "e-mail address", "phone number", "IP address")
"""What weighs most comes first; the others follow as they stand in `LEVELS`."""
LEVELS = (*ORDER, PLACE, CODE, NUMBER, "name")
OWN_ROWS, OWN_SHARE = 5, 0.02
"""What stands in so many of the examples belongs to the firm, or to all: it gives nobody away."""
_ACCOUNTS = ("IBAN", "CARD", "EMAIL")
"""Known by their form beyond doubt, whatever stands before them."""
_CALLED = {kind.placeholder: kind.called for kind in KINDS}
_CODE = re.compile(r"(?<![\w@./-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])\w+(?:-\w+)*(?![\w@/-])")
_GROUPS = re.compile(
    r"(?<![\w-])(?:[A-Z0-9]{3,}-){2,}[A-Z0-9]{3,}(?![\w-])|\b[A-Z]{1,3}-[A-Z]{1,2} \d{1,4}\b"
)
"""Licence keys; plates of cars."""
_MEASURE = re.compile(r"\d+(?:-?[a-z]+)+")
"""As "24-hour", "250kg" and "3rd", which are words."""
_NUMBER = re.compile(r"(?<![\w.,/-])\+?\d(?:[ .,/-]?\d){4,}(?![\w-])")
_STREET = re.compile(
    r"\b[A-ZÄÖÜ][\wäöüßéè-]*(?:straße|strasse|str\.|weg|platz|gasse|allee|ring) \d+[a-z]?\b"
    r"|\b\d{1,5} (?:[A-Z][\w'-]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Way|Court|Close)\b"
    r"|\b\d{1,4},? (?:rue|avenue|boulevard|place) [\w' -]{3,40}\b"
    r"|\b(?:Calle|Avenida|Plaza) [\w' -]{3,30}?,? \d{1,4}\b"
)
_LEAST_CODE, _LONG_CODE = 5, 7
_SURELY = 8
"""So many characters are told with more letters right behind them, too."""
_SMALL = re.compile(r"\b[^\W\d_A-Z]{2,}\b")
_Span = tuple[int, int, str]


@dataclass(frozen=True, order=True)
class Value:
    """One such thing in a text."""

    start: int
    text: str
    """As it stands there."""
    called: str
    """One of `LEVELS`."""

    @property
    def end(self) -> int:
        """Behind its last letter."""
        return self.start + len(self.text)

    @property
    def level(self) -> int:
        """How much it weighs; 0 is the most."""
        return LEVELS.index(self.called)

    @property
    def is_telling(self) -> bool:
        """Whether nobody would say it by chance: no first name alone, no short number."""
        if self.called == "name":
            return " " in self.text
        return len(self.text) >= _LEAST_CODE


class Finder:
    """Finds such things in texts of one kind."""

    def __init__(self, common: Collection[str] = ()) -> None:
        """`common` are words that the texts have in small letters, too: these are no names."""
        self._kinds = kinds_for(common)

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Finder":
        """For these texts."""
        return cls({word for text in texts for word in _SMALL.findall(text)})

    def values(self, text: str) -> list[Value]:
        """What is found, in its order, without overlaps; what weighs most takes precedence."""
        taken = bytearray(len(text))
        found = []
        for start, end, called in self._candidates(text):
            if start < end and not any(taken[start:end]):
                taken[start:end] = b"\x01" * (end - start)
                found.append(Value(start, text[start:end], called))
        return sorted(found)

    def _candidates(self, text: str) -> Iterator[_Span]:
        known = spans(text, self._kinds)
        yield from ((s, e, _CALLED[kind]) for s, e, kind, _ in known if kind in _ACCOUNTS)
        yield from ((start, end, SECRET) for start, end in told(text))
        yield from ((s, e, _CALLED[kind]) for s, e, kind, _ in known if kind != NAME)
        for called, pattern in (
            (PLACE, _STREET),
            (CODE, _GROUPS),
            (CODE, _CODE),
            (NUMBER, _NUMBER),
        ):
            for match in pattern.finditer(text):
                if pattern is not _CODE or _is_code(match[0]):
                    yield match.start(), match.end(), called
        yield from ((s, e, _CALLED[kind]) for s, e, kind, _ in known if kind == NAME)


def _is_code(word: str) -> bool:
    """Whether letters and digits stand together as they do in no word: "QX-7731", not "3rd"."""
    letters = sum(map(str.isalpha, word))
    digits = sum(map(str.isdigit, word))
    enough = digits >= 2 or len(word) >= _LONG_CODE
    return len(word) >= _LEAST_CODE and enough and letters >= 1 and not _MEASURE.fullmatch(word)


def stands_in(value: str, text: str) -> bool:
    """Whether a text says it, whole, letter by letter; white space counts as one blank."""
    value, text = " ".join(value.split()), " ".join(text.split())
    if len(value) >= _SURELY:
        return value in text
    start = text.find(value) if value else -1
    while start >= 0:
        end = start + len(value)
        before, after = text[max(0, start - 1) : start], text[end : end + 1]
        if not (before.isalnum() and value[0].isalnum()) and not (
            after.isalnum() and value[-1].isalnum()
        ):
            return True
        start = text.find(value, start + 1)
    return False


def common_values(examples: Collection[Iterable[str]]) -> frozenset[str]:
    """What stands in many of the examples, so that it belongs to the firm rather than to somebody.

    Args:
        examples: what was found in each; of examples that are alike only one.
    """
    counts = Counter(text for found in examples for text in set(found))
    least = max(OWN_ROWS, OWN_SHARE * len(examples))
    return frozenset(text for text, times in counts.items() if times >= least)
