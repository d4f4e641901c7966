"""The same question as hurried people write it: with typing errors, in capitals, after a greeting.

Each way of writing changes the form and not what is asked. What is drawn is drawn from a seed and the
text alone, so the same question is always changed alike.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from hashlib import blake2b

from workbench.core.writing import SPACELESS, words

TYPING_SHARE = 0.12
"""Of the letters' words, so many have a typing error; always one where there is a word."""
LEAST_LETTERS = 4
"""Shorter words keep their letters: one wrong letter makes another word of them."""
_WORD = re.compile(r"[^\W\d_]+")
_END = re.compile(r"[\s.!?…¿¡。！？]+$")
_MARKS = re.compile(r"(?<!\d)[.,;:!?¿¡…。、！？](?!\d)|(?<=\s)[-–—](?=\s)")
_ACCENT_WORDS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
"""The rows of a keyboard: a finger slips to the key beside."""
_GREETINGS = {
    "de": "Hallo, guten Tag! ",
    "fr": "Bonjour à tous, ",
    "es": "Hola, buenos días. ",
    "en": "Hi there, good morning! ",
}
_SMALL_WORDS = {
    "de": "der die das und ist ich nicht wie bitte mein ein eine für mit kann wo wann",
    "fr": "le la les est je vous pas une des mon ma pour avec comment où quand du",
    "es": "el los las es no una mi para con cómo dónde cuándo por favor qué del",
}
_TOLD_BY = {name: frozenset(text.split()) for name, text in _SMALL_WORDS.items()}

Change = Callable[[str, random.Random, Collection[str]], str]
"""Called with a text, what to draw from, and words in small letters that have to stay."""


@dataclass(frozen=True)
class Variant:
    """One way of writing a question otherwise."""

    name: str
    title: str
    """What it is called on a page."""
    change: Change


def varied(variant: Variant, text: str, seed: int, keep: Collection[str] = ()) -> str:
    """The text written this way; the same text where there is nothing to change.

    Args:
        keep: words that have to stay as they are, since the answer is made of them.
    """
    digest = blake2b(f"{seed}\n{variant.name}\n{text}".encode(), digest_size=8).digest()
    kept = {word.casefold() for word in keep}
    return variant.change(text, random.Random(int.from_bytes(digest, "little")), kept)


def words_to_keep(answer: str) -> frozenset[str]:
    """The words of an answer that a question must not lose, in small letters."""
    return frozenset(word.casefold() for word in words(answer))


def _mistyped(text: str, rng: random.Random, keep: Collection[str]) -> str:
    places = [
        match
        for match in _WORD.finditer(text)
        if len(match[0]) >= LEAST_LETTERS
        and match[0].casefold() not in keep
        and not SPACELESS.search(match[0])
    ]
    if not places:
        return text
    number = max(1, round(TYPING_SHARE * len(places)))
    for match in sorted(rng.sample(places, number), key=lambda one: -one.start()):
        text = text[: match.start()] + _slip(match[0], rng) + text[match.end() :]
    return text


def _slip(word: str, rng: random.Random) -> str:
    """The word with one error: two letters changed over, one missing, doubled, or its neighbour.

    The first letter stays, as it mostly does (Yannakoudakis and Fawthrop 1983, IPM 19:87–99).
    """
    slips = [_swapped, _missing, _doubled, _beside]
    rng.shuffle(slips)
    at = rng.randrange(1, len(word) - 1)
    return next((new for slip in slips if (new := slip(word, at)) != word), word)


def _swapped(word: str, at: int) -> str:
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _missing(word: str, at: int) -> str:
    return word[:at] + word[at + 1 :]


def _doubled(word: str, at: int) -> str:
    return word[: at + 1] + word[at:]


def _beside(word: str, at: int) -> str:
    row = next((row for row in _KEYS if word[at].lower() in row), "")
    if not row:
        return word
    place = row.index(word[at].lower())
    new = row[place + 1] if place + 1 < len(row) else row[place - 1]
    return word[:at] + (new.upper() if word[at].isupper() else new) + word[at + 1 :]


def _capitals(text: str, _rng: random.Random, _keep: Collection[str]) -> str:
    return text.upper()


def _small(text: str, _rng: random.Random, _keep: Collection[str]) -> str:
    return text.lower()


def _greeted(text: str, _rng: random.Random, _keep: Collection[str]) -> str:
    return f"{_GREETINGS[_language(text)]}{text}" if text.strip() else text


def _language(text: str) -> str:
    """Of those that there is a greeting for, the one with the most of its small words; else English."""
    said = [word.casefold() for word in words(text)]
    counts = {name: sum(word in told for word in said) for name, told in _TOLD_BY.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else "en"


def _unpunctuated(text: str, _rng: random.Random, _keep: Collection[str]) -> str:
    """Without commas, points and question marks; those within numbers stay."""
    lines = [_END.sub("", _MARKS.sub("", line)) for line in text.split("\n")]
    return re.sub(r" {2,}", " ", "\n".join(lines)).strip() or text


def _without_accents(text: str, _rng: random.Random, _keep: Collection[str]) -> str:
    return unaccented(text)


def unaccented(text: str) -> str:
    """The text in plain letters: "Grüße" becomes "Grusse"; other scripts stay as they are."""
    found = []
    for letter in unicodedata.normalize("NFC", text):
        plain = unicodedata.normalize("NFD", letter)[0]
        if plain != letter and plain.isascii():
            found.append(plain)
        elif (other := _ACCENT_WORDS.get(letter.lower())) is not None:
            found.append(other.capitalize() if letter.isupper() else other)
        else:
            found.append(letter)
    return "".join(found)


VARIANTS = (
    Variant("typing", "Typing errors", _mistyped),
    Variant("capitals", "ALL CAPITALS", _capitals),
    Variant("small", "all small letters", _small),
    Variant("greeting", "A greeting before it", _greeted),
    Variant("punctuation", "No punctuation", _unpunctuated),
    Variant("accents", "No accents or umlauts", _without_accents),
)
"""In the order in which they are shown."""
