"""Personal data: what a model should not learn, and placeholders to put in its place."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from workbench.checkup.fields import rewritten, text_roles
from workbench.checkup.finding import Finding, Mark, harm_of
from workbench.checkup.names import names
from workbench.checkup.numbers import Span, addresses, cards, ibans, phones
from workbench.checkup.rows import Rows
from workbench.words import joined, plural, shortened

KIND = "personal"
_CHUNK = 20_000
_EMAIL = re.compile(r"(?<![\w.+-])[\w.%+'-]*\w@(?:[\w-]+\.)+[^\W\d_]{2,24}(?![\w@])")


def emails(text: str) -> Iterator[Span]:
    """E-mail addresses."""
    for match in _EMAIL.finditer(text):
        yield match.start(), match.end(), match[0].casefold()


_NAME_HINT = (
    r"\p{Lu}[\pL'’-]+ (?:\pL+ ){0,2}\p{Lu}"
    r"|(?i:\b(?:dear|hello|hi|hey|good \w+|hallo|lieber?|servus|guten|moin|bonjour|bonsoir|ch[eè]re?"
    r"|hola|buenos|estimad.|querid.|ciao|buongiorno|gentile|beste|geachte|ol[áa]|car[oa]|prezad."
    r"|hej|cze..|regards|wishes|sincerely|faithfully|truly|cheers|thanks|thank you|respectfully"
    r"|gr[uü]\S+|cordialement|salut\w*|saludos|groet\w*|cumprimentos|atenciosamente|pozdrawiam"
    r"|yours|name|called|from:|customer:|client:|contact:|sender:|signed|hei(?:ß|ss)e|m.appelle"
    r"|llamo|chiamo|chamo|nazywam|mrs?|ms|miss|mister|dr|prof\w*|herrn?|frau|se[ñn]or\w*|sra?"
    r"|monsieur|madame|mme|signora?|sig|pani?|meneer|mevrouw)[\s.,!:])"
)
_KINDS: tuple[tuple[str, str, Callable[[str], Iterator[Span]], str], ...] = (
    ("EMAIL", "e-mail address", emails, "@"),
    ("IBAN", "bank account (IBAN)", ibans, r"[A-Za-z]{2}\d{2} ?[A-Za-z0-9]{2,4}"),
    ("CARD", "card number", cards, r"\d(?:[ -]?\d){11}"),
    ("IP", "IP address", addresses, r"\d\.\d+\.\d+\.\d|[0-9A-Fa-f]*:[0-9A-Fa-f]*:"),
    ("PHONE", "phone number", phones, r"\d(?:[\s./()-]{0,2}\d){6}"),
    ("NAME", "name", names, _NAME_HINT),
)
"""Placeholder, what it is called, who finds it, and what every text with one of them has (for
RE2, which looks through a million texts in a second). What stands first takes precedence."""


@dataclass
class Masker:
    """Puts placeholders in place of personal data: the same one for the same thing, everywhere."""

    _numbers: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    found: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """What it is called → how often it was found."""

    def mask(self, text: str, kinds: Sequence[int], named: dict[str, None]) -> str:
        """The text without personal data of these kinds; what it had is added to `named`."""
        parts, done = [], 0
        for start, end, kind, key in _spans(text, kinds):
            placeholder, called, *_ = _KINDS[kind]
            known = self._numbers[placeholder]
            number = known.setdefault(key, len(known) + 1)
            parts += [text[done:start], f"[{placeholder}_{number}]"]
            done = end
            named[called] = None
            self.found[called] += 1
        return "".join([*parts, text[done:]])


def _spans(text: str, kinds: Sequence[int]) -> list[tuple[int, int, int, str]]:
    """Start, end, kind and key of what is found, in the text's order and without overlaps."""
    taken: list[tuple[int, int, int, str]] = []
    for kind in kinds:
        for start, end, key in _KINDS[kind][2](text):
            if all(end <= other[0] or start >= other[1] for other in taken):
                taken.append((start, end, kind, key))
    return sorted(taken)


def check(rows: Rows) -> Finding | None:
    """Rows with e-mail addresses, phone and account numbers, IP addresses or names in them."""
    masker, marks = Masker(), []
    roles = text_roles(rows)
    seen: set[int] = set()
    for number, role in enumerate(roles):
        texts = rows.values[role]
        for row, kinds in _hinted(texts):
            if row % 1000 == 0:
                rows.progress((number + row / len(rows)) / len(roles))
            named: dict[str, None] = {}
            after = rewritten(
                rows.task, role, texts[row], lambda text: masker.mask(text, kinds, named)
            )
            if named:
                note = joined(list(named))
                marks.append(Mark(rows.row_ids[row], 0, row not in seen, role, after, note=note))
                seen.add(row)
    if not marks:
        return None
    marks.sort(key=lambda mark: mark.row_id)
    counts = [plural(n, *_plurals(called)) for called, n in _by_number(masker.found)]
    first = marks[0]
    return Finding(
        KIND,
        f"{plural(len(seen), 'row')} with personal data",
        f"There {'is' if len(marks) == 1 else 'are'} {joined(counts)}. With placeholders row "
        f"{first.row_id} reads '{shortened(_around(first.after or ''), 90)}'; the same address or "
        "number has the same placeholder everywhere.",
        "A model can say word for word what it learned, to anyone who asks; placeholders keep "
        "what the texts are about.",
        harm_of(0.3, len(seen) / len(rows), 0.3),
        marks,
        remove=f"Take out {plural(len(seen), 'row')}",
        change=f"Put placeholders into {plural(len(seen), 'row')}",
    )


def _hinted(texts: Sequence[str]) -> Iterator[tuple[int, list[int]]]:
    """Rows that may hold something, and what."""
    for start in range(0, len(texts), _CHUNK):
        part = pa.array(texts[start : start + _CHUNK], pa.large_string())
        hints: dict[int, list[int]] = defaultdict(list)
        for kind, (*_, pattern) in enumerate(_KINDS):
            for row in pc.indices_nonzero(pc.match_substring_regex(part, pattern)).to_pylist():
                hints[start + row].append(kind)
        yield from sorted(hints.items())


def _by_number(found: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(found.items(), key=lambda item: -item[1])


def _plurals(called: str) -> tuple[str, str]:
    word, _, rest = called.partition(" (")
    rest = f" ({rest}" if rest else ""
    return called, f"{word}{'es' if word.endswith('s') else 's'}{rest}"


def _around(text: str) -> str:
    """The text from shortly before its first placeholder on."""
    match = re.search(r"\[[A-Z]+_\d+\]", text)
    start = max(0, (match.start() if match else 0) - 40)
    return text[start:] if start == 0 else f"… {text[start:].split(' ', 1)[-1]}"
