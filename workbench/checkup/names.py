"""Names of persons, where something says that they are one: a title, a greeting, a signature.

A first name alone in the middle of a sentence is not found. First and last names are those of the
lists of Faker (MIT licence), which are given names of some twenty countries.
"""

import importlib
import re
from collections.abc import Iterator
from functools import cache

from workbench.checkup.numbers import Span

_LISTS = (
    "en_US en_GB en_IN de_DE fr_FR es_ES it_IT nl_NL pl_PL pt_BR pt_PT sv_SE da_DK fi_FI no_NO "
    "cs_CZ ro_RO hu_HU tr_TR ru_RU"
).split()
_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶŁĻŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽА-ЯЁ"
_NAME = rf"[{_UPPER}][\w]*(?:['’-][{_UPPER}]?\w+)*"
_PARTICLES = r"(?:(?:van|von|de|der|den|du|da|di|dos|del|la|le|zu|ter|ten|bin|al|Mac|Mc|O'|O’) ?)"
_FULL = rf"{_NAME}(?: {_PARTICLES}{{0,2}}{_NAME}){{0,2}}"
_TITLED = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Miss|Mister|Dr|Prof|Professor|Herrn?|Frau|Señora?|Sr|Sra|Monsieur|Madame|Mme"
    rf"|Signora?|Sig|Pan|Pani|Meneer|Mevrouw)\b\.? (?:(?:Dr|Prof)\. ?)*({_FULL})"
)
_NAMED = re.compile(
    rf"(?i:\bmy name is|\bmy name['’]?s|\bmy full name is|\bi['’]?m called|\bi am called"
    rf"|\bname:|\bfrom:|\bcustomer:|\bclient:|\bcontact:|\bsender:|\bsigned:?|\bmein name ist"
    rf"|\bich hei(?:ß|ss)e|\bname ist|\bje m['’]appelle|\bmi nombre es|\bme llamo"
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
_NO_NAMES = frozenset(
    "sir madam madame customer customers team support service sirs all everyone everybody there "
    "friend friends colleague colleagues client guest member user manager bank staff hr help desk "
    "department people folks both again sales office company shop store monday tuesday wednesday "
    "thursday friday saturday sunday january february march april may june july august september "
    "october november december street road avenue lane square city park hotel card account "
    "order invoice app mastercard visa apple google paypal amazon the this that these it i we you "
    "my our your is was are can could would will when what where why how who please not no yes and "
    "but for damen herren kunde kunden kundin zusammen sehr geehrte team herr frau mr mrs ms dr "
    "monsieur señor señora señores signore signora thanks thank mum mom dad mother father "
    "christmas easter in on at if of so just also an as to do did does have has english german "
    "french spanish italian dutch assistant bot ai chat".split()
)
_WORDS_TOO = frozenset(
    "mark grace may faith bill sue love august june april chase said christian will hope price "
    "rich page young long best small day case art pat ray dean dale miles guy drew jack bob rob nick dot frank "
    "sunny joy summer autumn rose violet ivy iris ruby pearl amber crystal jade angel destiny "
    "paris london sydney austin dallas jordan israel georgia victoria charlotte florence savannah "
    "madison jackson lincoln washington brooklyn chelsea kent chester lee sky storm star".split()
)


def names(text: str) -> Iterator[Span]:
    """Where names stand; spans may overlap, the surest come first."""
    for pattern in (_TITLED, _NAMED):
        for match in pattern.finditer(text):
            yield from _span(match.start(1), match[1])
    for match in _LOW_NAMED.finditer(text):
        if match[1] in firsts():
            end = match.end(2) if match[2] and match[2].strip() in lasts() else match.end(1)
            yield match.start(1), end, text[match.start(1) : end].casefold()
    for pattern in (_GREETED, _SIGNED):
        for match in pattern.finditer(text):
            first = match[1].split()[0].casefold()
            closed = pattern is _GREETED and match[2] == ","
            alone = closed and match[1].istitle() and len(match[1].split()) <= 2
            if first in firsts() or alone or _last_of(match[1]) in lasts():
                yield from _span(match.start(1), match[1])
    start = 0
    while match := _PAIR.search(text, start):
        if _is_pair(match[1], match[2]):
            yield match.start(), match.end(), match[0].casefold()
            start = match.end()
        else:
            start = match.end(1)


def _is_pair(first: str, last: str) -> bool:
    name, family = first.casefold(), _last_of(last)
    if name not in firsts() or family in _NO_NAMES or name in _NO_NAMES or last.isupper():
        return False
    return family in lasts() and not (name in _WORDS_TOO and family in _WORDS_TOO)


def _last_of(name: str) -> str:
    return name.split()[-1].casefold()


def _span(start: int, name: str) -> Iterator[Span]:
    """The words up to the first that is no name."""
    kept: list[str] = []
    for word in name.split(" "):
        if word.casefold() in _NO_NAMES:
            break
        kept.append(word)
    if kept and kept[0][0].isupper():
        said = " ".join(kept)
        yield start, start + len(said), said.casefold()


@cache
def firsts() -> frozenset[str]:
    """First names in small letters."""
    return _listed(("first_names",))


@cache
def lasts() -> frozenset[str]:
    """Last names in small letters."""
    return _listed(("last_names", "last_names_female", "male_last_names", "unisex_last_names"))


def _listed(kinds: tuple[str, ...]) -> frozenset[str]:
    providers = (importlib.import_module(f"faker.providers.person.{name}") for name in _LISTS)
    return frozenset(
        name.casefold()
        for module in providers
        for kind in kinds
        for name in getattr(module.Provider, kind, ())
    )
