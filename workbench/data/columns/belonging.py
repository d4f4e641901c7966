"""Text columns that belong together: the two sentences of a pair, a title and its text."""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from workbench.data.columns.columns import (
    NO_CONTENT,
    Column,
    is_measured,
    name_score,
)
from workbench.data.readers.table import Table

_NUMBERED = re.compile(
    r"(?P<stem>.*[^\W\d_])(?:[\s_.-]*(?P<number>\d)|[\s_.-]+(?P<letter>[a-hA-H]))"
)
_CAPITAL = re.compile(r"(?P<stem>.*[a-z])(?P<letter>[A-H])")
_SPOKEN = re.compile(
    r"(?:(?P<at>first|second|left|right)[\s_.-]+)?(?P<stem>.+?)"
    r"(?:[\s_.-]+(?P<end>first|second|left|right|one|two))?"
)
_SERIES = ("12345678", "abcdefgh", "01234567")
_SPOKEN_SERIES = (("first", "second"), ("left", "right"), ("one", "two"))
_NOT_STEMS = frozenset(["column", "spalte", "field", "feld", "unnamed", "var", "x", "col"])
_OPTIONS = frozenset(
    ["option", "options", "choice", "choices", "opt", "alternative", "answer", "option_text"]
)
_PAIRS = (
    ("premise", "hypothesis"),
    ("claim", "evidence"),
    ("query", "document"),
    ("query", "passage"),
    ("context", "question"),
    ("passage", "question"),
    ("question", "sentence"),
    ("anchor", "candidate"),
    ("text", "text_pair"),
)
_JUDGED, _JUDGEMENTS = ("question", "answer"), 3
_TITLES = frozenset(
    ["title", "subject", "headline", "heading", "titel", "betreff", "asunto", "objet", "titulo"]
)
_BODIES = [
    "body",
    "text",
    "content",
    "description",
    "message",
    "email",
    "mail",
    "article",
    "review",
    "post",
    "selftext",
    "abstract",
    "details",
    "comment",
    "beschreibung",
    "nachricht",
    "inhalt",
    "cuerpo",
    "texto",
    "texte",
]
_RELATION = re.compile(
    r"^(is|has|are)[_ ]|duplicate|match|entail|paraphras|relat|judg|gold|stance|verdict|label|equal|"
    r"same|correct",
    re.IGNORECASE,
)
_NO_RELATION = re.compile(
    r"split|source|dataset|lang|genre|fold|author|user|country|year|month|version|domain|topic$",
    re.IGNORECASE,
)
_MOST_RELATIONS = 10
_LOOKED_AT = 300
_MOST_COPIES = 0.5


def together(table: Table, columns: Sequence[Column], taken: Collection[str]) -> list[str]:
    """The columns whose texts make one question, in their order; none if each stands for itself.

    Args:
        taken: columns that play another role.
    """
    texts = [column for column in columns if column.name not in taken and _is_text(column)]
    for find in (_numbered, _named_pair, _title_and_body):
        if (names := find(texts)) and not _are_copies(table, names):
            return names
    return []


def related(table: Table, columns: Sequence[Column]) -> tuple[list[str], Column] | None:
    """Columns that belong together, and the one that sorts them; None where there is neither."""
    names = together(table, columns, ()) or judged_answers(columns)
    found = relation([column for column in columns if column.name not in names]) if names else None
    if not found:
        return None
    plain = _last_word(names[0]) in _TITLES  # a title and its text may as well be learned from
    telling = _RELATION.search(found.name) or name_score(found.name, "label") or found.distinct == 2
    return None if plain and not telling else (names, found)


def judged_answers(columns: Sequence[Column]) -> list[str]:
    """A question and an answer to it, where a column says in a few values whether the two belong
    together; without one, the answer is what is to be learned."""
    names = {_plain(column.name): column.name for column in columns if _is_text(column)}
    pair = [names[part] for part in _JUDGED if part in names]
    found = relation([column for column in columns if column.name not in pair])
    told = found is not None and found.distinct <= _JUDGEMENTS and _RELATION.search(found.name)
    return pair if len(pair) == len(_JUDGED) and told else []


def relation(columns: Sequence[Column]) -> Column | None:
    """The column that says how the texts of a pair are related, by a few values."""
    found = [column for column in columns if _may_relate(column)]
    return min(found, key=lambda c: (not _RELATION.search(c.name), c.distinct), default=None)


def _may_relate(column: Column) -> bool:
    """Whether a column holds a few values; of one that is called so, one will do."""
    named = bool(_RELATION.search(column.name) or name_score(column.name, "label"))
    return (
        (1 if named else 2) <= column.distinct <= _MOST_RELATIONS
        and column.filled > 0.5
        and column.mean_chars <= 60
        and column.dated <= 0.8
        and not NO_CONTENT.search(column.name)
        and not _NO_RELATION.search(column.name)
    )


def woven(names: Sequence[str]) -> str:
    """The template of columns that stand under each other, each behind its name."""
    return "\n".join(f"{name}: {{{name}}}" for name in names)


def _is_text(column: Column) -> bool:
    return (
        column.filled > 0.3
        and not is_measured(column)
        and column.mean_chars >= 5
        and column.distinct >= 3
        and column.distinct_share > 0.02
        and not column.objects
        and not column.conversations
        and not NO_CONTENT.search(column.name)
        and not re.search(r"[{}]", column.name)
    )


def _numbered(texts: Sequence[Column]) -> list[str]:
    """Columns of one name that are numbered; of options also the question before them."""
    groups: dict[str, dict[str, str]] = {}
    for column in texts:
        stem, place = _stem(column.name)
        if place and stem and stem not in _NOT_STEMS:
            groups.setdefault(stem, {})[place] = column.name
    for stem, places in groups.items():
        if not _is_series(places):
            continue
        if stem in _OPTIONS:
            asked = [c.name for c in texts if name_score(c.name, "prompt") == 1]
            return [*asked[:1], *places.values()] if asked and len(places) > 2 else []
        if not name_score(stem, "response"):
            return list(places.values())
    return []


def _stem(name: str) -> tuple[str, str]:
    """What a name is without its number, and the number: "question1" → "question", "1"."""
    plain = name.rsplit(".", 1)[-1].strip()
    if found := _NUMBERED.fullmatch(plain) or _CAPITAL.fullmatch(plain):
        place = found.groupdict().get("number") or found["letter"]
        return found["stem"].strip(" _-").lower(), place.lower()
    spoken = _SPOKEN.fullmatch(plain.lower())
    return (spoken["stem"], spoken["at"] or spoken["end"] or "") if spoken else (plain, "")


def _is_series(places: Collection[str]) -> bool:
    if len(places) < 2:
        return False
    spoken = any(set(places) == set(series) for series in _SPOKEN_SERIES)
    return spoken or any("".join(sorted(places)) == s[: len(places)] for s in _SERIES)


def _named_pair(texts: Sequence[Column]) -> list[str]:
    names = {_plain(column.name): column.name for column in texts}
    for pair in _PAIRS:
        if all(part in names for part in pair):
            return [names[part] for part in pair]
    return []


def _title_and_body(texts: Sequence[Column]) -> list[str]:
    by_name = {_last_word(column.name): column for column in reversed(texts)}
    title = next((c for c in texts if _last_word(c.name) in _TITLES), None)
    body = next((by_name[word] for word in _BODIES if word in by_name), None)
    if not title or not body or title.mean_chars >= body.mean_chars:
        return []
    return [title.name, body.name]


def _plain(name: str) -> str:
    return name.rsplit(".", 1)[-1].strip().lower()


def _last_word(name: str) -> str:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.rsplit(".", 1)[-1])
    return next(reversed(re.findall(r"[^\W_]+", apart.lower())), "")


def _are_copies(table: Table, names: Sequence[str]) -> bool:
    """Whether one column says again, in most rows, what stands in the next one."""
    step = max(1, len(table) // _LOOKED_AT)
    cells = [[_bare(text) for text in table.cells(name)[::step]] for name in names]
    for before, after in pairwise(cells):
        both = [(a, b) for a, b in zip(before, after, strict=True) if a and b]
        copies = sum(a in b or b in a for a, b in both)
        if copies > _MOST_COPIES * len(both):
            return True
    return False


def _bare(text: str | None) -> str:
    return "".join(filter(str.isalnum, (text or "").casefold()))
