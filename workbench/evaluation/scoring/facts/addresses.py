"""Web and mail addresses, telephone and order numbers in a text."""

import re
from collections.abc import Iterator

from workbench.evaluation.scoring.facts.fact import Fact, apart
from workbench.evaluation.scoring.facts.words import UNITS

_ENDS = (
    "com|org|net|example|test|io|eu|uk|de|fr|es|it|nl|at|ch|be|pt|pl|se|no|dk|fi|ie|us|ca|au|nz|"
    "in|jp|cn|br|info|biz|shop|store|app|dev|co|ai|edu|gov"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WEB = re.compile(
    rf"""(?<![\w@.-]) (?: (?:https?://|www\.)[^\s<>"'()\[\]{{}}]+
      | (?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:{_ENDS})(?![\w-])(?:/[^\s<>"'()\[\]{{}}]*)?
      | (?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{{2,}}/[^\s<>"'()\[\]{{}}]*)""",
    re.VERBOSE,
)
_PHONE = re.compile(r"(?<![\w.,-])(?:\+|\(?0)\d?[\d\s()/.-]{5,18}\d(?![\w-])")
_CODE = re.compile(
    r"""(?<![\w-]) (?:
        (?:[A-Z]{2,6}\ (?=\d{4}) | [A-Za-z]{1,6}[-_/]?(?=\d{3}) | \#\s?(?=\d{2}))
        [A-Za-z0-9]*\d[A-Za-z0-9]*(?:[-_/][A-Za-z0-9]+)*
      | (?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{6,} ) (?!\w)""",
    re.VERBOSE,
)


def addresses_in(text: str) -> list[Fact]:
    """What leads somewhere: each with its domain, or the letters and digits that it is made of."""
    found = [*_mails(text), *_webs(text), *_phones(text), *_codes(text)]
    return list(apart(found))


def _mails(text: str) -> Iterator[Fact]:
    for match in _MAIL.finditer(text):
        mail = match[0].rstrip(".-").lower()
        yield Fact(match.start(), match.start() + len(mail), ((f"m:{mail}",),), _domains(mail))


def _webs(text: str) -> Iterator[Fact]:
    for match in _WEB.finditer(text):
        web = match[0].rstrip(".,;:!?*_-…")
        plain = re.sub(r"^(https?://)?(www\.)?", "", web.lower()).rstrip("/")
        parts = re.split(r"[/?#]", plain)
        told = [f"u:{'/'.join(parts[:end])}" for end in range(1, len(parts))]
        yield Fact(match.start(), match.start() + len(web), ((f"u:{plain}",),), tuple(told))


def _domains(mail: str) -> tuple[str, ...]:
    return (f"u:{mail.partition('@')[2]}",)


def _phones(text: str) -> Iterator[Fact]:
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if len(digits) >= 7:
            keys = (f"p:{digits.lstrip('0')}",), (f"p:{digits[-8:]}",)
            yield Fact(match.start(), match.end(), keys)


def _codes(text: str) -> Iterator[Fact]:
    """Order numbers and the like: the same with and without what stands before the digits."""
    for match in _CODE.finditer(text):
        whole = re.sub(r"[\W_]", "", match[0]).lower()
        rest = whole.lstrip("abcdefghijklmnopqrstuvwxyz")
        prefix = whole.removesuffix(rest)
        if prefix in UNITS:
            continue
        parts = (f"x:{prefix}", f"c:{rest}") if prefix else (f"c:{rest}",)
        told = (f"n:{rest}",) if rest.isdigit() else ()
        yield Fact(*match.span(), ((f"c:{whole}",), parts), told)
