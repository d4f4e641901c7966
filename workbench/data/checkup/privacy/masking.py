"""Placeholders in place of personal data: the same one for the same thing, in every row."""

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from workbench.data.checkup.privacy.names import is_word_too, names
from workbench.data.checkup.privacy.numbers import Span, addresses, cards, emails, ibans, phones

Found = tuple[int, int, str, str]
"""Start, end, placeholder and key."""


@dataclass(frozen=True)
class Kind:
    """One kind of personal data."""

    placeholder: str
    called: str
    several: str
    find: Callable[[str], Iterator[Span]]
    hint: str
    """What every text with one of them has, for RE2, which is quick in a million texts as long as
    it needs no classes of Unicode."""


_CAPITAL = r"[A-Z\x{C0}-\x{42F}]"
_HINT_OF_NAME = (
    rf"{_CAPITAL}[\w'’-]+ (?:[A-Za-z]{{2,3}} ){{0,2}}{_CAPITAL}"
    r"|(?i:\bmy name)"
    r"|(?i:\b(?:dear|hello|hi|hey|good \w+|hallo|lieber?|servus|guten \w+|moin|bonjour|bonsoir"
    r"|ch[eè]re?|hola|buenos días|estimad.|querid.|ciao|buongiorno|gentile|beste|geachte|ol[áa]"
    r"|car[oa]|prezad.|hej|cze..|regards|wishes|sincerely|faithfully|truly|cheers|thanks"
    r"|thank you|respectfully|gr[uü]\S+|cordialement|salut\w*|saludos|groet\w*|cumprimentos"
    r"|atenciosamente|pozdrawiam|yours|name|name is|called|from|customer|client|contact|sender"
    r"|signed|name ist|hei(?:ß|ss)e|m.appelle|nombre es|llamo|chiamo|naam is|nome é|chamo"
    r"|nazywam się|mrs?|ms|miss|mister|dr|prof\w*|herrn?|frau|se[ñn]or\w*|sra?|monsieur|madame"
    rf"|mme|signora?|sig|pani?|meneer|mevrouw))[,.!:]?\s+(?:[A-Za-z]{{2,3}} ){{0,2}}{_CAPITAL}"
)
NAME = "NAME"
KINDS: tuple[Kind, ...] = (
    Kind("EMAIL", "e-mail address", "e-mail addresses", emails, "@"),
    Kind("IBAN", "bank account", "bank accounts", ibans, r"[A-Za-z]{2}\d{2} ?[A-Za-z0-9]{2,4}"),
    Kind("CARD", "card number", "card numbers", cards, r"\d(?:[ -]?\d){11}"),
    Kind(
        "IP",
        "IP address",
        "IP addresses",
        addresses,
        r"\d\.\d+\.\d+\.\d|[0-9A-Fa-f]*:[0-9A-Fa-f]*:",
    ),
    Kind("PHONE", "phone number", "phone numbers", phones, r"\d(?:[\s./()-]{0,2}\d){6}"),
    Kind(NAME, "name", "names", names, _HINT_OF_NAME),
)
"""What stands first takes precedence where two overlap."""


class Masker:
    """Knows which number each thing has got."""

    def __init__(self) -> None:
        self._numbers: dict[str, dict[str, int]] = defaultdict(dict)

    def of_row(self, texts: Iterable[str], kinds: Sequence[Kind]) -> "RowMask":
        """What masks the texts of one row; what is found in one is masked in all of them."""
        places = {text: spans(text, kinds) for text in texts}
        known = {
            text[start:end]: (kind, key)
            for text, found in places.items()
            for start, end, kind, key in found
        }
        full = [key for kind, key in known.values() if kind == NAME and " " in key]
        for said, (kind, key) in known.items():
            if kind == NAME and " " not in key:
                known[said] = (NAME, next((name for name in full if key in name.split()), key))
        return RowMask(self, known, places)

    def placeholder(self, kind: str, key: str) -> str:
        """ "[EMAIL_3]"."""
        known = self._numbers[kind]
        return f"[{kind}_{known.setdefault(key, len(known) + 1)}]"


class RowMask:
    """Masks the texts of one row."""

    def __init__(
        self,
        masker: Masker,
        known: dict[str, tuple[str, str]],
        places: dict[str, list[Found]],
    ) -> None:
        self._masker, self._known, self._found_in = masker, known, places
        self._again = sorted((said for said in known if not is_word_too(said)), key=len)[::-1]
        self.found: list[str] = []
        """The placeholder's kind of everything that was masked."""

    def __bool__(self) -> bool:
        return bool(self._known)

    def __call__(self, text: str) -> str:
        parts, done = [], 0
        for start, end in self._places(text):
            kind, key = self._known[text[start:end]]
            parts += [text[done:start], self._masker.placeholder(kind, key)]
            done = end
            self.found.append(kind)
        return "".join([*parts, text[done:]])

    def _places(self, text: str) -> list[tuple[int, int]]:
        places = [(start, end) for start, end, *_ in self._found_in[text]]
        taken = _Taken(text, places)
        for said in self._again:
            for start, end in _whole_words(text, said):
                if taken.take(start, end):
                    places.append((start, end))
        return sorted(places)


def _whole_words(text: str, said: str) -> Iterator[tuple[int, int]]:
    """Where something stands in a text and no letter or digit beside it."""
    start = text.find(said)
    while start >= 0:
        end = start + len(said)
        if not text[max(0, start - 1) : start].isalnum() and not text[end : end + 1].isalnum():
            yield start, end
        start = text.find(said, end)


def kinds_for(common: Container[str], own: Container[str] = ()) -> tuple[Kind, ...]:
    """The kinds, for texts in which some words are no names, and some keys are the firm's own."""
    *others, last = KINDS
    told = [dataclasses.replace(kind, find=partial(_but, kind.find, own)) for kind in others]
    return (*told, dataclasses.replace(last, find=partial(names, common=common)))


def _but(find: Callable[[str], Iterator[Span]], own: Container[str], text: str) -> Iterator[Span]:
    return (span for span in find(text) if span[2] not in own)


class _Taken:
    """Which letters of a text belong to something already."""

    def __init__(self, text: str, places: Iterable[tuple[int, int]] = ()) -> None:
        self._letters = bytearray(len(text))
        for start, end in places:
            self.take(start, end)

    def take(self, start: int, end: int) -> bool:
        """Whether these letters were free; now they are not."""
        free = not any(self._letters[start:end])
        if free:
            self._letters[start:end] = b"\x01" * (end - start)
        return free


def spans(text: str, kinds: Sequence[Kind]) -> list[Found]:
    """What is found, without overlaps."""
    taken = _Taken(text)
    return [
        (start, end, kind.placeholder, key)
        for kind in kinds
        for start, end, key in kind.find(text)
        if taken.take(start, end)
    ]
