"""Where a text tells a secret: what stands behind "the password is", and keys known by their form."""

import re
from collections.abc import Iterator

_CALLED = (
    r"pass ?(?:word|code|phrase|key)s?|pwd|pin|puk|tan|secrets?|(?:api|access|licen[cs]e|private) ?(?:key|token)"
    r"|token|credentials?|code ?(?:words?|names?)|(?:\w+ )?code|combination|vault \w+|safe word"
    r"|(?:recovery|seed) (?:phrase|words)|secret \w+|passwort|kennwort|passphrase|zugangscode|geheimzahl"
    r"|losung|schlüssel|mot de passe|clef?|code d.accès|contraseña|clave|parola"
)
_IS = r"(?:\b(?:is|are|was|reads|ist|heißt|heisst|lautet|est|es|è)\b:?|[:=])"
_TOLD = re.compile(
    rf"\b(?:{_CALLED})\b[^.!?\n]{{0,60}}?{_IS}\s*"
    r"(?:(?P<open>[\"'“„‘«`])(?P<quoted>[^\n\"”“»`]{4,60}?)[\"'”“’»`](?!\w)"
    r"|[(\[]*(?P<value>[^\s\"“”„«»`'‘]\S{3,79}))",
    re.I,
)
_PHRASE = re.compile(
    r"\b(?:pass ?(?:word|phrase)s?|(?:recovery|seed) (?:phrase|words)|secret (?:words?|phrase)|passwort"
    rf"|kennwort|mot de passe|contraseña)\b[^.!?\n]{{0,60}}?{_IS}\s*"
    r"(?P<value>[^\W\d_]{3,15}(?:[ -][^\W\d_]{3,15}){2,7})(?=[.!\n]|$)",
    re.I,
)
"""Several words, up to the end of the sentence."""
_NUMBERED = re.compile(r"\b(?:PIN|PUK|TAN|CVV|CVC)\b(?: code)?[ #:]{1,2}(?P<value>\d{3,8})\b")
_KEY = re.compile(
    r"(?<![\w-])(?:sk|pk|ghp|gho|xox[abp]|AKIA|AIza|glpat|hf)[-_]?[A-Za-z0-9_-]{12,}(?![\w-])"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{4,}"
)
_SIGNS = re.compile(
    r"(?<!\S)(?=\S*[a-z])(?=\S*[A-Z])(?=\S*\d)(?=\S*[#$%^&*!~+=])[^\s/@]{7,40}(?!\S)"
)
"""A password by its looks: small and large letters, digits and signs in one word."""
_NO_SECRET_WORDS = """
wrong incorrect correct required invalid expired needed changed missing safe secure sent shown
written below above valid empty weak strong long short used asked also always never only your
that this what which when then there here falsch richtig nötig ungültig abgelaufen incorrecto
case-sensitive confidential optional active working blocked locked unknown ready free
"""
_NO_SECRET = frozenset(_NO_SECRET_WORDS.split())
_SENTENCE_WORDS = """
the a an and or of to in on at by for from with without not no is are was be been has have can will
must should it its you your we our they their this that when if as so too very than then please try again since because now today
der die das und oder von zu im am bei für mit nicht kein ist sind war le la les et de du des un une
pour avec sans el los las y o en por para con sin
"""
_SENTENCE = frozenset(_SENTENCE_WORDS.split())
_LEAST = 4


def told(text: str) -> Iterator[tuple[int, int]]:
    """Where the secrets of a text begin and end; the surest first, and they may overlap."""
    for match in _KEY.finditer(text):
        yield match.span()
    for match in _PHRASE.finditer(text):
        if not _SENTENCE.intersection(re.split("[ -]", match["value"].casefold())):
            yield match.span("value")
    for match in _SIGNS.finditer(text):
        yield match.start(), match.start() + len(match[0].rstrip(".,;:"))
    for match in _NUMBERED.finditer(text):
        yield match.span("value")
    at = 0
    while found := _TOLD.search(text, at):
        name = "quoted" if found["quoted"] else "value"
        said, start = found[name].rstrip(".,;:!?)]}'’‘"), found.start(name)
        if len(said) >= _LEAST and (name == "quoted" or _is_secret(said, text, found)):
            yield start, start + len(said)
        at = found.start() + 1


def _is_secret(said: str, text: str, match: re.Match[str]) -> bool:
    """Whether it looks like one: no ordinary word within a sentence that goes on."""
    if said.casefold() in _NO_SECRET:
        return False
    if not said.isalpha() or (not said.islower() and not said.istitle()):
        return True
    return match["value"] != said or not text[match.end("value") :].strip()
