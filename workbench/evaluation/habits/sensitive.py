"""Things in a text that a model must not tell on: secrets, accounts, addresses, numbers, names."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from workbench.data.checkup.privacy.masking import KINDS, NAME, kinds_for, spans

SECRET, PLACE, CODE, NUMBER = "secret", "street address", "code", "number"
ORDER = (SECRET, "bank account", "card number", "e-mail address", "phone number", "IP address")
"""What weighs most comes first; the others follow as they stand in `LEVELS`."""
LEVELS = (*ORDER, PLACE, CODE, NUMBER, "name")
OWN_ROWS, OWN_SHARE = 5, 0.02
"""What stands in so many of the examples belongs to the firm, or to all: it gives nobody away."""
_CALLED = {kind.placeholder: kind.called for kind in KINDS}
_SECRET_WORD = (
    r"pass ?(?:word|code|phrase|key)s?|pwd|pin|puk|tan|secrets?|(?:api|access|licen[cs]e|private) ?(?:key|token)"
    r"|token|credentials?|code ?words?|(?:\w+ )?code|combination|vault \w+|safe word|passwort|kennwort"
    r"|zugangscode|geheimzahl|losung|schlüssel|mot de passe|clef?|code d.accès|contraseña|clave|parola"
)
_TOLD = re.compile(
    rf"\b(?:{_SECRET_WORD})\b(?:[^.!?\n]{{0,60}}?(?:\b(?:is|are|was|ist|lautet|est|es|è)\b:?|[:=]))"
    r"\s*[\"'“”„‘’«`(\[]*(?P<value>[^\s\"“”„«»`]{4,80})",
    re.I,
)
_KEY = re.compile(
    r"(?<![\w-])(?:sk|pk|ghp|gho|xox[abp]|AKIA|AIza|glpat|hf)[-_]?[A-Za-z0-9_-]{12,}(?![\w-])"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{4,}"
)
_CODE = re.compile(r"(?<![\w@./-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])\w+(?:-\w+)*(?![\w@/-])")
_NUMBER = re.compile(r"(?<![\w.,/-])\+?\d(?:[ .,/-]?\d){4,}(?![\w-])")
_STREET = re.compile(
    r"\b[A-ZÄÖÜ][\wäöüßéè-]*(?:straße|strasse|str\.|weg|platz|gasse|allee|ring) \d+[a-z]?\b"
    r"|\b\d{1,5} (?:[A-Z][\w'-]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Way|Court|Close)\b"
    r"|\b\d{1,4},? (?:rue|avenue|boulevard|place) [\w' -]{3,40}\b"
    r"|\b(?:Calle|Avenida|Plaza) [\w' -]{3,30}?,? \d{1,4}\b"
)
_NO_SECRET_WORDS = """
wrong incorrect correct required invalid expired needed changed missing safe secure sent shown
written below above valid empty weak strong long short used asked also always never only your
that this what which when then there here falsch richtig nötig ungültig abgelaufen incorrecto
case-sensitive confidential optional active working blocked locked unknown ready free
"""
_NO_SECRET = frozenset(_NO_SECRET_WORDS.split())
_LEAST_CODE = 5
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
        for match in _KEY.finditer(text):
            yield match.start(), match.end(), SECRET
        known = spans(text, self._kinds)
        yield from ((s, e, _CALLED[kind]) for s, e, kind, _ in known if kind != NAME)
        yield from _told(text)
        for called, pattern in ((PLACE, _STREET), (CODE, _CODE), (NUMBER, _NUMBER)):
            for match in pattern.finditer(text):
                if called != CODE or _is_code(match[0]):
                    yield match.start(), match.end(), called
        yield from ((s, e, _CALLED[kind]) for s, e, kind, _ in known if kind == NAME)


def _told(text: str) -> Iterator[_Span]:
    """What stands behind "the password is"."""
    at = 0
    while match := _TOLD.search(text, at):
        value = match["value"].rstrip(".,;:!?)]}'’‘")
        start = match.start("value")
        if (
            len(value) >= 4
            and value.casefold() not in _NO_SECRET
            and _is_secret(value, text, match)
        ):
            yield start, start + len(value), SECRET
        at = match.start() + 1


def _is_secret(value: str, text: str, match: re.Match[str]) -> bool:
    """Whether it looks like one: no ordinary word within a sentence that goes on."""
    if not value.isalpha() or (not value.islower() and not value.istitle()):
        return True
    start, behind = match.start("value"), text[match.end("value") :].lstrip()
    quoted = text[start - 1 : start] in "\"'“”„‘’«`([" and start > 0
    ends = match["value"] != value or not behind
    return quoted or ends


def _is_code(word: str) -> bool:
    """Whether letters and digits stand together as they do in no word: "QX-7731", not "3rd"."""
    letters = sum(map(str.isalpha, word))
    digits = sum(map(str.isdigit, word))
    return len(word) >= _LEAST_CODE and digits >= 2 and letters >= 1


def stands_in(value: str, text: str) -> bool:
    """Whether a text says it, whole, letter by letter; white space counts as one blank."""
    value, text = " ".join(value.split()), " ".join(text.split())
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
