"""Columns of a better and a worse answer, by their names; and of answers judged one by one."""

import re
from collections.abc import Mapping, Sequence

from workbench.core import feedback
from workbench.core.chats.pairs import CHOSEN, PROMPT, REJECTED
from workbench.data.columns.columns import Column, is_measured, name_rank, name_score
from workbench.data.columns.talks import feedback_of

_BETTER = frozenset({"chosen", "preferred", "better", "best", "winner", "winning", "good"})
_WORSE = frozenset(
    {"rejected", "dispreferred", "unpreferred", "worse", "worst", "loser", "losing", "bad"}
)
_PARTS = re.compile(r"[^a-z0-9]+")
_FILLED = 0.2
_SYSTEM = "system"


def reason(columns: Sequence[Column]) -> str:
    """Why these are pairs of answers, to stand behind "because …"; empty if they are none."""
    better, worse = _both(columns)
    if not better or not worse or PROMPT not in roles(columns):
        return ""
    return f"'{better.name}' and '{worse.name}' hold a better and a worse answer"


def roles(columns: Sequence[Column], given: Mapping[str, str] | None = None) -> dict[str, str]:
    """A column for each role that one can be found for.

    Whole conversations hold their question: it is taken from the better one where no other column
    has it. Where answers stand one a row, each with a verdict, both roles have the same column.

    Args:
        given: roles that are known.
    """
    given = given or {}
    better, worse = _both(columns)
    found = {CHOSEN: better.name, REJECTED: worse.name} if better and worse else {}
    found = {**found, **given}
    if CHOSEN not in found and REJECTED not in found:
        found |= _judged(columns)
    if PROMPT not in found and (asked := _question(columns, found)):
        found[PROMPT] = asked
    if named := next((c.name for c in columns if name_score(c.name, _SYSTEM) == 1), ""):
        found.setdefault(_SYSTEM, named)
    order = (PROMPT, CHOSEN, REJECTED, _SYSTEM, feedback.ROLE)
    return {role: found[role] for role in order if role in found}


def _both(columns: Sequence[Column]) -> tuple[Column | None, Column | None]:
    """The two columns of the same other words: chosen and rejected, good answer and bad answer."""
    said = [c for c in columns if _says_something(c)]
    worse = [c for c in said if _is_worse(c.name)]
    better = [c for c in said if _words(c.name) & _BETTER and not _is_worse(c.name)]
    pairs = [(_unlike(one, other), one, other) for one in better for other in worse]
    _, one, other = min(pairs, key=lambda pair: pair[0], default=(0, None, None))
    return one, other


def _unlike(one: Column, other: Column) -> int:
    """How many words stand beside those that say which is better, in one name and not in both."""
    plain = [_words(c.name) - _BETTER - _WORSE - {"non", "not"} for c in (one, other)]
    return len(plain[0] ^ plain[1]) * 10 + len(plain[0] | plain[1])


def _words(name: str) -> set[str]:
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.rsplit(".", 1)[-1])
    return {word for word in _PARTS.split(split.lower()) if word}


def _is_worse(name: str) -> bool:
    words = _words(name)
    return bool(words & _WORSE) or bool(words & {"non", "not"} and words & _BETTER)


def _says_something(column: Column) -> bool:
    if column.filled <= _FILLED or (is_measured(column) and not column.conversations):
        return False
    return column.distinct > 1 or column.mean_chars > 1


def _judged(columns: Sequence[Column]) -> dict[str, str]:
    """Answers one a row, with a column that says which are good (KTO)."""
    verdict = feedback_of(list(columns), {})
    ranked = [
        (name_rank(c.name, "response"), c.name)
        for c in columns
        if c.name not in verdict.values() and _says_something(c)
    ]
    rank, answer = max(ranked, default=(0.0, ""))
    if not verdict or not rank:
        return {}
    return {CHOSEN: answer, REJECTED: answer, **verdict}


def _question(columns: Sequence[Column], found: Mapping[str, str]) -> str:
    others = [c for c in columns if c.name not in found.values() and _says_something(c)]
    ranked = [(_rank(c), c.name) for c in others]
    rank, name = max(ranked, default=(0.0, ""))
    if rank:
        return name
    better = next((c for c in columns if c.name == found.get(CHOSEN)), None)
    whole = better is not None and (_is_talk(better) or better.finished > 0.8)
    if better and whole and found.get(REJECTED) != better.name:
        return better.name
    texts = [c.name for c in others if c.mean_chars > 10 and c.distinct_share > 0.1]
    return texts[0] if len(texts) == 1 else ""


def _is_talk(column: Column) -> bool:
    return column.conversations > 0.8 and column.answers_only < 0.2


def _rank(column: Column) -> float:
    """How much a column is called like a question."""
    named = name_rank(column.name, PROMPT) or name_rank(column.name, "messages")
    return named if column.filled > 0.9 else 0.0
