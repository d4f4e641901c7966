"""The ladder as a small table in words, for pages and reports alike."""

from dataclasses import dataclass

from workbench.core.metrics import Metric
from workbench.evaluation.ladder import Ladder, Rung

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
    ends = rung.intervals.get(metric.name)
    cost = rung.cost(price, _ANSWERS) if price else None
    cells = {
        metric.label[:1].upper() + metric.label[1:]: metric.unit.exact(found.score(rung)),
        "95 % interval": "" if ends is None else _span(metric, *ends),
        "Gain by training": "" if lead is None else _signed(metric, lead.gain),
        "More than chance?": "" if lead is None else _CERTAIN[lead.is_certain],
        "Questions": f"{rung.rows:,}",
        "An answer takes": "" if rung.seconds is None else seconds_in_words(rung.seconds),
        f"{_ANSWERS:,} answers cost": ""
        if cost is None
        else f"{cost:.2f}"
        if cost >= 0.01
        else "< 0.01",
    }
    if lead is not None and lead.interval is not None:
        low, high = (_signed(metric, end) for end in lead.interval)
        cells["Gain by training"] += f" ({low} to {high})"
    return Line(rung.title, cells, rung.key == use)


_CERTAIN = {True: "yes", False: "no", None: "not known"}


def _span(metric: Metric, low: float, high: float) -> str:
    return f"{metric.unit.exact(low)} to {metric.unit.exact(high)}"


def _signed(metric: Metric, gain: float) -> str:
    """A difference, in points where the score has some: "+4.3", "−0.7"."""
    value = 100 * gain if metric.unit.axis_format == "%" else gain
    shown = metric.unit.difference(abs(value))
    sign = "" if not float(shown) else "+" if gain > 0 else "−"
    return f"{sign}{shown}"
