"""A fact in a text: what can be looked up, and so be right or invented."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

Keys = tuple[str, ...]
ANY = ":*"
"""Ends a key that somebody must have been told outright; a fact that would do with it tells it not."""
TAKEN = "\ue000"
"""Stands, letter by letter, for what another scanner has found already; no text of people's has it."""


@dataclass(frozen=True)
class Fact:
    """An amount, a date, a name and the like, where it stands and what it says."""

    start: int
    end: int
    readings: tuple[Keys, ...]
    """It is known where all keys of one of them are: `1.000` may be one or a thousand."""
    told: Keys = ()
    """What else somebody knows who has read it."""
    weighs: bool = True
    """Whether it can be invented; else it only makes something known."""
    joins: bool = False
    """Whether it is one with another such fact directly behind it, as two words of a name."""

    @property
    def keys(self) -> frozenset[str]:
        """All that is known to who has read it."""
        read = {key for reading in self.readings for key in reading if not key.endswith(ANY)}
        return frozenset([*read, *self.told])


def without(text: str, facts: Iterable[Fact]) -> str:
    """The text, as long as it was, with these facts' places taken."""
    letters = list(text)
    for fact in facts:
        letters[fact.start : fact.end] = TAKEN * (fact.end - fact.start)
    return "".join(letters)


def apart(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Those that do not begin within an earlier one; of two that begin together the longer."""
    end = 0
    for fact in sorted(facts, key=lambda fact: (fact.start, -fact.end)):
        if fact.start >= end:
            yield fact
            end = fact.end
