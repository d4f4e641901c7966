"""The ladder as a small table in words, for pages and reports alike."""

from dataclasses import dataclass

from workbench.core.metrics import Metric
from workbench.core.units import Unit
from workbench.evaluation.ladder import Ladder, Rung
from workbench.evaluation.scoring.comparison import Comparison

_ANSWERS = 1000


@dataclass(frozen=True)
class Line:
    """One rung, in words."""

    title: str
    cells: dict[str, str]
    """Title of a column → what stands there; empty where there is nothing to say."""
    is_used: bool
    """Whether it is the one that the verdict recommends."""


def lines(found: Ladder, price_per_hour: float = 0.0, use: str = "") -> list[Line]:
    """One for each rung, in order.

    Args:
        price_per_hour: of this computer; 0 where nobody said.
        use: key of the rung that is recommended.
    """
    return [_line(found, rung, price_per_hour, use) for rung in found.rungs]


def seconds_in_words(seconds: float) -> str:
    """What one answer takes: "0.2 ms", "12 ms", "3.4 s"."""
    if seconds < 1:
        shown = 1000 * seconds
        return (
            f"{shown:.0f} ms" if shown >= 10 else f"{shown:.1f} ms" if shown >= 0.1 else "< 0.1 ms"
        )
    return f"{seconds:.1f} s"


def _line(found: Ladder, rung: Rung, price: float, use: str) -> Line:
    metric, lead = found.metric, rung.against
    cost = rung.cost(price, _ANSWERS) if price else None
    alike = len({one.rows for one in found.rungs}) == 1
    cells = {
        f"{metric.label[:1].upper()}{metric.label[1:]}": _score(found, rung),
        "Gain by training": "" if lead is None else _gain(metric, lead),
        "More than chance?": "" if lead is None else _CERTAIN[lead.is_certain],
        "Questions": "" if alike else f"{rung.rows:,}",
        "An answer takes": "" if rung.seconds is None else seconds_in_words(rung.seconds),
        f"{_ANSWERS:,} answers cost": "" if cost is None else _money(cost),
    }
    return Line(rung.title, cells, rung.key == use)


def _score(found: Ladder, rung: Rung) -> str:
    unit, ends = found.metric.unit, rung.intervals.get(found.metric.name)
    value = unit.exact(found.score(rung))
    return value if ends is None else f"{value} ({_bare(unit, ends[0])} to {_bare(unit, ends[1])})"


def _bare(unit: Unit, value: float) -> str:
    return unit.exact(value).removesuffix(" %")


def _gain(metric: Metric, lead: Comparison) -> str:
    gain = _signed(metric, lead.gain)
    if lead.interval is None:
        return gain
    low, high = (_signed(metric, end) for end in lead.interval)
    return f"{gain} ({low} to {high})"


def _money(cost: float) -> str:
    return f"{cost:.2f}" if cost >= 0.01 else "< 0.01"


_CERTAIN = {True: "yes", False: "no", None: "not known"}


def _signed(metric: Metric, gain: float) -> str:
    """A difference, in points where the score has some: "+4.3", "−0.7"."""
    value = 100 * gain if metric.unit.axis_format == "%" else gain
    shown = metric.unit.difference(abs(value))
    sign = "" if not float(shown) else "+" if gain > 0 else "−"
    return f"{sign}{shown}"
