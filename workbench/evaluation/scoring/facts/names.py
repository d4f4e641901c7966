"""Names in a text: words with a capital where none is due."""

import re
from collections.abc import Iterator

from workbench.evaluation.scoring.facts.fact import TAKEN, Fact, Keys
from workbench.evaluation.scoring.facts.words import MONTHS, WEEKDAYS, folded


def _set(words: str) -> frozenset[str]:
    return frozenset(map(folded, words.split()))


WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_OPENS = '.!?:;…¡¿*•|>([{"“”„«»‹›‘‚/\n\r\t–—-'
"""Behind such a sign a capital may be due."""
_TITLES = _set("mr mrs ms mx dr prof st herr herrn frau hr fr mme m mlle sr sra sig")
"""What a full stop behind does not end a sentence."""
_BEFORE_NAMES = _set("herr herrn frau hallo liebe lieber")
"""In German, where every noun has a capital, a name stands behind one of these."""
_GERMAN = _set(
    """der die das und ist nicht ein eine einen einem ihre ihren ihrer sie wir für mit den dem zu auf
    bei von im am werden wird haben hat können kann bitte vielen gern gerne uns ich"""
)
_COMMON = _set(
    """i i'm i'll i've i'd ok pdf faq id vat pin sms url usb tv pc it hr am pm ps asap fyi
    csv api html nb eg ie sir madam mr mrs ms mx dr miss team customer customers service support care
    dear hi hello hey kind best warm regards wishes thank thanks yours sincerely faithfully good
    morning afternoon evening god internet web email e-mail english german french spanish italian
    dutch portuguese european christmas easter the a an and or of for to in on at by with from your
    our you we they he she this that please not no yes is are will can if as but so do usted ustedes
    vous monsieur madame señor señora cordialement signor signora lei voi gentile"""
)
_HEADING = 3
"""So many capitals in a line without others that are long make it a heading."""
_SHOUTED = 5
"""A longer word in capitals alone is said loudly, and no name."""


def names_in(text: str) -> list[Fact]:
    """Words that may be names; places that others have found are taken already (`fact.without`)."""
    words = list(WORD.finditer(text))
    german = _is_german([word[0] for word in words])
    small = {folded(word[0]) for word in words if word[0][0].islower()}
    lines = _headings(text)
    found = []
    for number, word in enumerate(words):
        before = folded(words[number - 1][0]) if number else ""
        if folded(word[0]) in small or not _has_capital(word[0]) or _is_common(word[0]):
            continue
        if german and before not in _BEFORE_NAMES:
            continue
        if _opens(text, word.start(), before) or any(a <= word.start() < b for a, b in lines):
            continue
        found.append(Fact(*word.span(), _readings(word[0]), joins=True))
    return found


def words_in(text: str) -> Iterator[str]:
    """The keys of all words: whatever stands in a text is no invented name."""
    for word in WORD.finditer(text):
        for reading in _readings(word[0]):
            yield from reading


def _readings(word: str) -> tuple[Keys, ...]:
    """A name as a whole, without what its case or number adds, and its parts."""
    whole = folded(word)
    stem = re.sub(r"['’]s?$|['’]s$", "", whole)
    parts = re.split(r"['’-]", stem)
    readings = [whole, stem, stem.removesuffix("s")]
    found = tuple((f"k:{one}",) for one in dict.fromkeys(readings) if one)
    return (*found, tuple(f"k:{part}" for part in parts if part)) if len(parts) > 1 else found


def _has_capital(word: str) -> bool:
    return len(word) > 1 and word[0].isupper() and not (word.isupper() and len(word) > _SHOUTED)


def _is_common(word: str) -> bool:
    key = folded(word).replace("’", "'")
    return key in _COMMON or key in MONTHS or key in WEEKDAYS or key.partition("'")[0] in ("i",)


def _opens(text: str, at: int, before: str) -> bool:
    """Whether a capital is due at this place."""
    lead = text[:at].rstrip(" \u00a0")
    if not lead or lead[-1] in _OPENS:
        return not (lead.endswith(".") and before in _TITLES)
    return lead[-1] == TAKEN and "\n" in text[len(lead) : at]


def _headings(text: str) -> list[tuple[int, int]]:
    """Where the lines are in which every long word has a capital."""
    found, start = [], 0
    for line in text.splitlines(keepends=True):
        long = [word[0] for word in WORD.finditer(line) if len(word[0]) > 3]
        if len(long) >= _HEADING and all(word[0].isupper() for word in long):
            found.append((start, start + len(line)))
        start += len(line)
    return found


def _is_german(words: list[str]) -> bool:
    """Whether nouns have capitals here."""
    own = sum(folded(word) in _GERMAN for word in words)
    return own >= 2 and own * 8 >= len(words)
