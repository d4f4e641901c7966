"""HTML in texts: what an export left there, or what the texts are about."""

import re
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.checkup.checks.answers import answers_of
from workbench.data.checkup.checks.model_marks import without_marks
from workbench.data.checkup.fields import text_roles
from workbench.data.checkup.rows import Rows

_TAG_NAMES = (
    "a|abbr|b|big|blockquote|body|br|button|center|code|dd|div|dl|dt|em|font|footer|form|h[1-6]|head"
    "|header|hr|html|i|iframe|img|input|label|li|link|meta|nav|ol|option|p|pre|s|script|section"
    "|select|small|span|strike|strong|style|sub|sup|svg|table|tbody|td|textarea|tfoot|th|thead|title"
    "|tr|tt|u|ul|video"
)
_TAG = re.compile(
    rf"</?(?:{_TAG_NAMES})(?:\s[^<>]*)?/?>|<!--.{{0,2000}}?-->|<!doctype[^<>]*>", re.I | re.S
)
_HIDDEN_PARTS = re.compile(r"<(script|style)\b[^<>]*>.{0,5000}?</\1\s*>", re.I | re.S)
_BREAKS = re.compile(
    r"<br\s*/?>|</(?:p|div|li|tr|h[1-6]|ul|ol|table|blockquote|section|header|footer)\s*>", re.I
)
_BARE = re.compile(r"<([a-z]\w*)>", re.I)
_CLOSED = re.compile(r"</([a-z]\w*)", re.I)
_NEVER_CLOSED = frozenset(
    ["p", "br", "hr", "li", "tr", "td", "th", "dd", "dt", "img", "html", "body", "div", "span"]
)
_ABOUT = re.compile(
    r"```|(?<![\w./-])(?:x?html5?|css3?|xml|svg|markup|javascript|jquery|jsx|php|bootstrap|tailwind"
    r"|front-?end|landing ?page|web ?page)\b",
    re.I,
)
"""What texts about HTML say; in an address of a page it says nothing."""
_SHARE, _RULE = 0.3, 0.5
"""The share of rows with HTML that speak of it from which on it is the subject of all; and that of
answers with HTML from which on it is the rule."""
_HINT = r"<[/!A-Za-z]"
_CHUNK = 20_000


@dataclass(frozen=True)
class Use:
    """What HTML is there for."""

    about: frozenset[int] = frozenset()
    """Rows that speak of HTML, by index."""
    everywhere: bool = False
    """Whether it is the subject of all rows that have some."""
    in_answers: bool = False
    """Whether most answers that the model is to write have some."""

    def is_subject_of(self, row: int) -> bool:
        """Whether a row is about the HTML in it."""
        return self.everywhere or row in self.about


def use_of(rows: Rows) -> Use:
    """Why there is HTML in these rows."""
    tagged: set[int] = set()
    for role in text_roles(rows):
        tagged |= _find_tagged(rows.values[role])
    if not tagged:
        return Use()
    about = frozenset(
        row
        for row in tagged
        if any(_ABOUT.search(strip_tags(rows.values[role][row])) for role in text_roles(rows))
    )
    answers = _find_tagged(answers_of(rows)) if rows.task.answers_are_free_text else set()
    return Use(about, len(about) >= _SHARE * len(tagged), len(answers) >= _RULE * len(rows))


def has_tags(text: str) -> bool:
    """Whether a text has tags.

    A word in brackets that is never closed is none, such as <title>, nor is a model's `</s>`.
    """
    if "s>" in text:
        text = without_marks(text)
    closed = _NEVER_CLOSED.union(name.casefold() for name in _CLOSED.findall(text))
    return any(
        not (bare := _BARE.fullmatch(match[0])) or bare[1].casefold() in closed
        for match in _TAG.finditer(text)
    )


def strip_tags(text: str) -> str:
    """The text without its tags, and without what a browser does not show."""
    return _TAG.sub("", _BREAKS.sub("\n", _HIDDEN_PARTS.sub("", text)))


def _find_tagged(texts: list[str]) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(texts), _CHUNK):
        part = pa.array(texts[start : start + _CHUNK], pa.large_string())
        maybe = pc.indices_nonzero(pc.match_substring_regex(part, _HINT)).to_pylist()
        found |= {start + row for row in maybe if has_tags(texts[start + row])}
    return found
