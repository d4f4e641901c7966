"""Unknown categories: those in a file that a model has not learned, and which known one is meant."""

import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from workbench.core.words import plural
from workbench.data.checkup.similarity.spellings import spelling_key

CAPITALS, SPELLING, NEAR, NONE = "capitals", "spelling", "near", ""
_SAID = {
    CAPITALS: "differs only in capitals from",
    SPELLING: "differs only in spelling from",
    NEAR: "the nearest known one is",
}
_NAMED = 8


@dataclass(frozen=True)
class UnknownCategory:
    """A category of a file that the model cannot answer."""

    name: str
    rows: int
    nearest: str = ""
    """The known category that is most like it; empty if none is."""
    differs: str = NONE
    """How it differs from that one: in capitals, in spelling, or more (near)."""

    @property
    def is_same(self) -> bool:
        """Whether it is the known one, written in another way."""
        return self.differs in (CAPITALS, SPELLING)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def find_unknown(labels: Iterable[str | None], known: Collection[str]) -> list[UnknownCategory]:
    """The categories among `labels` that are not known, the most frequent first."""
    counts = Counter(label for label in labels if label and label not in known)
    spelled = {spelling_key(name): name for name in sorted(known, reverse=True)}
    return [_unknown(name, rows, spelled, sorted(known)) for name, rows in counts.most_common()]


def _unknown(
    name: str, rows: int, spelled: dict[str, str], known: Sequence[str]
) -> UnknownCategory:
    for other in known:
        if other.casefold() == name.casefold():
            return UnknownCategory(name, rows, other, CAPITALS)
    if same := spelled.get(spelling_key(name)):
        return UnknownCategory(name, rows, same, SPELLING)
    folded = {other.casefold(): other for other in known}
    near = difflib.get_close_matches(name.casefold(), folded, 1, 0.7)
    return (
        UnknownCategory(name, rows, folded[near[0]], NEAR) if near else UnknownCategory(name, rows)
    )


def sentence(found: Sequence[UnknownCategory]) -> str:
    """Which they are, in how many rows, and what that means for a score; "" where there is none."""
    if not found:
        return ""
    rows = sum(category.rows for category in found)
    more = len(found) - _NAMED
    named = "; ".join(map(_named, found[:_NAMED])) + (f"; and {more:,} more" if more > 0 else "")
    have, cannot = ("has", "it") if rows == 1 else ("have", "them")
    return (
        f"{plural(rows, 'row')} {have} a category that the model does not know, so it cannot get "
        f"{cannot} right: {named}."
    )


def _named(category: UnknownCategory) -> str:
    said = f"'{category.name}' in {plural(category.rows, 'row')}"
    if not category.nearest:
        return said
    return f"{said} ({_SAID[category.differs]} '{category.nearest}')"
