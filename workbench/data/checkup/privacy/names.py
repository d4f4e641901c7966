"""Names of persons, where something says that they are one: a title, a greeting, a signature.

A first name alone in the middle of a sentence is not found. First and last names are those of the
lists of Faker (MIT licence), which are given names of some twenty countries.
"""

import importlib
import re
from collections.abc import Container, Iterator
from functools import cache

from workbench.data.checkup.privacy.numbers import Span
from workbench.data.checkup.privacy.ordinary_words import NO_NAMES, WORDS_TOO

_LISTS = """
en_US en_GB en_IN de_DE fr_FR es_ES it_IT nl_NL pl_PL pt_BR pt_PT sv_SE da_DK fi_FI no_NO cs_CZ
ro_RO hu_HU tr_TR ru_RU zh_CN ja_JP
"""
_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶŁĻŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽА-ЯЁ"
_NAME = rf"[{_UPPER}][\w]*(?:['’-](?!s\b)[{_UPPER}]?\w+)*"
_PARTICLES = (
    r"(?:(?:[Vv]an|[Vv]on|[Dd]e[rnl]?|[Dd]u|[Dd]a|[Dd]i|[Dd]os|[Ll][ae]|zu|ter|ten|bin|al) )"
)
_FULL = rf"{_NAME}(?: {_PARTICLES}{{0,2}}{_NAME}){{0,2}}"
_TITLED = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Miss|Mister|Dr|Prof|Professor|Herrn?|Frau|Señora?|Sr|Sra|Monsieur|Madame|Mme"
    rf"|Signora?|Sig|Pan|Pani|Meneer|Mevrouw)\b\.? (?:(?:Dr|Prof)\. ?)*({_PARTICLES}{{0,2}}{_FULL})"
)
_FIELD = re.compile(
    rf"(?i:\bname:|\bfrom:|\bcustomer:|\bclient:|\bcontact:|\bsender:|\bsigned:?)\s+({_FULL})"
    rf"(\s*(?:[\n<(,;]|$))?"
)
_NAMED = re.compile(
    rf"(?i:\bmy name is|\bmy name['’]?s|\bmy full name is|\bi['’]?m called|\bi am called"
    rf"|\bmein name ist|\bich hei(?:ß|ss)e|\bname ist|\bje m['’]appelle|\bmi nombre es|\bme llamo"
    rf"|\bmi chiamo|\bmijn naam is|\bmeu nome é|\bme chamo|\bnazywam się)\s+({_FULL})"
)
_LOW_NAMED = re.compile(r"(?i:\bmy name is|\bmy name['’]?s)\s+([a-z]{2,20})( [a-z]{2,20})?\b")
_GREETED = re.compile(
    rf"(?i:\b(?:dear|hello|hi|hey|good (?:morning|afternoon|evening|day)|hallo|liebe[r]?|servus"
    rf"|guten (?:tag|morgen|abend)|moin|bonjour|bonsoir|cher|chère|hola|buenos días|estimad[oa]"
    rf"|querid[oa]|ciao|buongiorno|gentile|beste|geachte|olá|caro|cara|prezad[oa]|hej|cześć))"
    rf",? ({_FULL})(?=([,!.:;\n]| [-–—]|$)?)"
)
_SIGNED = re.compile(
    rf"(?i:\b(?:regards|wishes|sincerely|faithfully|yours truly|cheers|thanks|thank you"
    rf"|many thanks|respectfully|grüße[n]?|grüssen|gruß|cordialement|salutations|saludos"
    rf"|saluti|groeten?|groet|cumprimentos|atenciosamente|pozdrawiam|yours))[,.!]?\s+({_FULL})"
    rf"(?=\s*(?:[,.\n]|$| from | at ))"
)
_PAIR = re.compile(rf"(?<![\w@.])({_NAME}) ({_PARTICLES}{{0,2}}{_NAME})(?!\w)")
_THING = re.compile(
    r"(?:['’]s?)?(?: [\w'’-]+)? (?:academy|airport|award|center|centre|college|disease|disorder"
    r"|effect|foundation|hospital|institute|law|library|museum|prize|reflex|school|sequence|series"
    r"|syndrome|test|theorem|university|virus"
    r"|avenue|ave|beach|bridge|boulevard|county|elementary|park|pier|road|square|street)s?\b"
    r"|,? (?:& (?:co|partners?|sons|söhne)\b|gmbh|ag|kg|ohg|ug|se|inc|ltd|llc|llp|plc|corp|s\.?a\.?r\.?l"
    r"|s\.a|b\.?v|s\.?r\.?l|e\. ?v|sdn)\b",
    re.I,
)
"""What follows a name that is that of an illness, a place, an institution or a company."""
_PLACE_WORDS = """
avenue ave bay beach boulevard bridge canyon cove creek falls harbor harbour island islands lake
mountain mountains pier river road square street valley
"""
_PLACES = frozenset(_PLACE_WORDS.split())
_BEFORE_THINGS = re.compile(
    r"(?:\b(?i:an?|your|our)|\b(?:New|North|South|East|West|San|Santa|Santo|São|Los|Las"
    r"|Saint|St\.|Ste\.|Fort|Ft\.|Port|Mount|Mt\.|Lake|Puerto|Río|Rio)) $"
)
"""What stands before a thing or begins the name of a place; before a person hardly ever."""
_SURE_LETTERS = 5
"""A last name with fewer says nothing of the word before it, as in "Lunch Box": many are words."""
_PLACEHOLDER = re.compile(r"\[[^\[\]\n]{1,40}\]")

_NOT_ONLY_NAMES = NO_NAMES | WORDS_TOO


def names(text: str, common: Container[str] = ()) -> Iterator[Span]:
    """Where names stand; spans may overlap, the surest come first.

    Args:
        text: what is looked at.
        common: words that the texts have in small letters, too: these are no names.
    """
    text = _PLACEHOLDER.sub(lambda match: "#" * len(match[0]), text)
    for pattern in (_TITLED, _NAMED, _FIELD):
        for match in pattern.finditer(text):
            if pattern is not _FIELD or _is_field(match[1], alone=match[2] is not None):
                yield from _span(match.start(1), match[1])
    for match in _LOW_NAMED.finditer(text):
        if match[1] in firsts() and match[1] not in NO_NAMES:
            end = match.end(2) if match[2] and match[2].strip() in lasts() else match.end(1)
            yield match.start(1), end, text[match.start(1) : end].casefold()
    for pattern in (_GREETED, _SIGNED):
        for match in pattern.finditer(text):
            first, *more = match[1].casefold().split()
            closed = pattern is _GREETED and match[2] == "," and match[1].istitle()
            alone = closed and len(more) <= 1 and not NO_NAMES.intersection(more)
            signed = pattern is _SIGNED and _is_plausible(match[1], common)
            if first in firsts() or alone or signed or _last_of(match[1]) in lasts():
                yield from _span(match.start(1), match[1])
    start = 0
    while pair := _PAIR.search(text, start):
        if _is_pair(pair[1], pair[2], common) and not _is_thing(text, pair):
            yield pair.start(), pair.end(), pair[0].casefold()
            start = pair.end()
        else:
            start = pair.end(1)


def _is_thing(text: str, pair: re.Match[str]) -> bool:
    """Whether what stands around two words says that they are no person."""
    before = text[max(0, pair.start() - 8) : pair.start()]
    return bool(_THING.match(text, pair.end()) or _BEFORE_THINGS.search(before))


def _is_field(name: str, *, alone: bool) -> bool:
    """Whether what stands after "Customer:" is a name: one of its words is known as one, or
    nothing else stands there and it looks like one."""
    words = name.casefold().split()
    known = any(word in firsts() or word in lasts() for word in words)
    looks = alone and len(words) > 1 and name.istitle() and not NO_NAMES.intersection(words)
    return words[0] not in NO_NAMES and (known or looks)


def is_word_too(name: str) -> bool:
    """Whether a name is an ordinary word, so that it means a person only in its place."""
    return name.casefold() in _NOT_ONLY_NAMES


def _is_pair(first: str, last: str, common: Container[str]) -> bool:
    """Whether two words with capitals are a first and a last name, at least one of them known."""
    name, family = first.casefold(), _last_of(last)
    if family in NO_NAMES or name in NO_NAMES or family in _PLACES or last.isupper():
        return False
    if name in firsts() and family in lasts():
        return not (name in WORDS_TOO and family in WORDS_TOO)
    sure = family in lasts() and len(family) >= _SURE_LETTERS
    known = (name in firsts() or sure) and name != family
    return known and _is_plausible(first, common) and _is_plausible(last, common)


def _is_plausible(name: str, common: Container[str]) -> bool:
    """Whether these words are nothing but names, as far as one can see."""
    return all(
        not is_word_too(word) and word.casefold() not in common and not word.isupper()
        for word in name.split()
    )


def _last_of(name: str) -> str:
    return name.split()[-1].casefold()


def _span(start: int, name: str) -> Iterator[Span]:
    """The words up to the first that is no name."""
    kept: list[str] = []
    words = name.split(" ")
    whole = len(words) > 1 and words[0].casefold() in firsts() and _last_of(name) not in NO_NAMES
    for word in words:
        if word.casefold() in NO_NAMES and (kept or not whole):  # "Jan" is a month, too
            break
        kept.append(word)
    said = " ".join(kept)
    if len(said) > 1 and any(word[0].isupper() for word in kept):
        yield start, start + len(said), said.casefold()


@cache
def firsts() -> frozenset[str]:
    """First names in small letters."""
    return _load_names(("first_names", "first_romanized_names"))


@cache
def lasts() -> frozenset[str]:
    """Last names in small letters."""
    more = ("last_names_female", "male_last_names", "unisex_last_names", "last_romanized_names")
    return _load_names(("last_names", *more))


def _load_names(kinds: tuple[str, ...]) -> frozenset[str]:
    providers = (
        importlib.import_module(f"faker.providers.person.{name}") for name in _LISTS.split()
    )
    return frozenset(
        name.casefold()
        for module in providers
        for kind in kinds
        for name in getattr(module.Provider, kind, ())
    )
