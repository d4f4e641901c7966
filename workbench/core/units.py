"""How the values of scores are written: as shares, points or amounts, with how many places."""

import dataclasses
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from workbench.core.words import percent


@dataclass(frozen=True)
class Unit:
    """How the values of a score are written."""

    brief: Callable[[float], str]
    """At a glance: "93.7 %", "42", "1.23"."""
    words: Callable[[float], str]
    """In a sentence that compares: "93.7 %", "41.6", "1.23"."""
    exact: Callable[[float], str]
    """In a table: "93.7 %", "41.6", "0.123"."""
    difference: Callable[[float], str]
    """How far two values are apart, as they stand in that sentence."""
    in_points: bool
    """Whether such a difference is one of points."""
    top: float | None
    """The largest value there can be, if there is one."""
    axis_format: str
    """How a chart's axis writes them, as d3-format has it."""
    margin: float
    """Models that differ by less are as good as each other in practice."""
    margin_is_relative: bool = False
    """Whether that is a share of the score that is worst."""
    bottom: float = 0.0
    """The smallest value there can be."""

    def margin_of(self, values: Iterable[float]) -> float:
        """The margin between scores of one exam."""
        worst = max((abs(value) for value in values), default=0.0)
        return max(_NOTHING, self.margin * worst) if self.margin_is_relative else self.margin


_NOTHING = 1e-12
_FIGURES = 3


def figures(value: float) -> str:
    """A number in the user's own units, with three figures that count: 12,346, 4.13, 0.0123."""
    if not math.isfinite(value) or value == 0:
        return "0" if value == 0 else "–"
    places = max(0, _FIGURES - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(places, 12)}f}"


def few_figures(value: float) -> str:
    """The same without zeros behind its last decimal: 10, 0.07."""
    text = figures(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _fine(value: float) -> str:
    return f"{value:.2f}" if value >= 1 else f"{value:.3f}"


_ONE_PLACE, _TWO_PLACES = "{:.1f}".format, "{:.2f}".format
SHARE = Unit(
    brief=percent,
    words=percent,
    exact=percent,
    difference=_ONE_PLACE,
    in_points=True,
    top=1.0,
    axis_format="%",
    margin=0.02,
)
"""A part of the whole, from 0 to 1."""
OF_HUNDRED = Unit(
    brief="{:.0f}".format,
    words=_ONE_PLACE,
    exact=_ONE_PLACE,
    difference=_ONE_PLACE,
    in_points=True,
    top=100.0,
    axis_format=",.4~g",
    margin=2.0,
)
NATS = Unit(
    brief=_TWO_PLACES,
    words=_TWO_PLACES,
    exact=_fine,
    difference=_TWO_PLACES,
    in_points=False,
    top=None,
    axis_format=",.4~g",
    margin=0.02,
)
"""Of a cross-entropy: there is no end to how wrong one can be."""
AMOUNT = Unit(
    brief=figures,
    words=figures,
    exact=figures,
    difference=few_figures,
    in_points=False,
    top=None,
    axis_format=",.4~g",
    margin=0.02,
    margin_is_relative=True,
)
"""As the user's own numbers: stars, euros, days."""
AGREEMENT = Unit(
    brief=_TWO_PLACES,
    words=_TWO_PLACES,
    exact=_TWO_PLACES,
    difference=_TWO_PLACES,
    in_points=False,
    top=1.0,
    axis_format=",.4~g",
    margin=0.02,
    bottom=-1.0,
)
"""From 1 (its order is yours) over 0 (it has nothing to do with yours) to -1 (it is the reverse)."""
EXPLAINED = dataclasses.replace(AGREEMENT, bottom=-math.inf)
"""At most 1; 0 is what always giving the mean explains, and there is no end to how bad it can be."""
