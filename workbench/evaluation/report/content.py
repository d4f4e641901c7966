"""What a report is made of: words, numbers in words, and the lengths of bars; no form yet."""

import dataclasses
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bar:
    """One way to answer, in the chart."""

    title: str
    label: str
    """Its score, as it is written."""
    interval: str
    """The same for its 95 % interval; empty where there is none."""
    length: float
    """Share of the chart's width, 0 to 1; `low` and `high` are the interval's ends in it."""
    low: float | None
    high: float | None
    is_tuned: bool
    seconds: str = ""
    """What one answer takes; empty where nobody measured it."""


@dataclass(frozen=True)
class Chart:
    """The scores side by side."""

    title: str
    bars: tuple[Bar, ...]
    notes: tuple[str, ...]
    """Sentences on what the bars and their names mean."""


@dataclass(frozen=True)
class Table:
    """A small table; every cell is text."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Example:
    """A question of the exam with its answer."""

    verdict: str
    """A sign and a word: whether it is right, or how like the wanted answer."""
    is_good: bool
    question: str
    wanted: str
    answer: str


@dataclass(frozen=True)
class Section:
    """A part of the report under a heading."""

    title: str
    text: tuple[str, ...] = ()
    """Sentences, a paragraph each."""
    facts: tuple[tuple[str, str], ...] = ()
    """What a thing is called, and what it is."""
    table: Table | None = None
    points: tuple[str, ...] = ()
    """A list."""
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class Report:
    """All of it. The first page decides; the second one is for whoever asks on."""

    title: str
    subtitle: str
    level: str
    """good, unsure or bad: how the verdict is coloured; the words say the same."""
    verdict: str
    """The answer in a sentence."""
    evidence: tuple[str, ...]
    next_step: str
    chart: Chart
    first: tuple[Section, ...]
    second: tuple[Section, ...]
    footer: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return dataclasses.asdict(self)

    @property
    def sections(self) -> tuple[Section, ...]:
        """Those of both pages."""
        return self.first + self.second
