"""Where estimates of numbers go wrong: by the size of the number, and how far the worst ones are off."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.core.metrics import MAE
from workbench.core.units import few_figures, figures
from workbench.core.words import percent
from workbench.data.examples.numbers import KEY
from workbench.evaluation.scoring.by_task.numbers import covered, numbers_in
from workbench.evaluation.scoring.by_task.numbers_told import HIGH, LOW, near_words

BANDS, SMALL = 5, 10
HEADERS = ("Your number", "Questions", "Off by on average", "Too high or low")
_DRAWN_IN = 0.25
"""Where small numbers come out too high and large ones too low by more than this share of their distance
from the middle, that is worth a word."""


@dataclass(frozen=True)
class Band:
    """Rows whose wanted numbers are about as large."""

    low: float
    high: float
    rows: int
    off: float
    """How far the answers are off on average."""
    bias: float
    """How much too high they are on average; below 0 too low."""

    @property
    def name(self) -> str:
        """As a page shows it: "1 to 2"."""
        ends = dict.fromkeys((few_figures(self.low), few_figures(self.high)))
        return " to ".join(ends)


def bands(answers: pd.DataFrame) -> list[Band]:
    """The rows by the size of the wanted number, about as many in each.

    Args:
        answers: the judged rows of an exam, as `evaluations.predictions` gives them.
    """
    wanted, given = _both(answers)
    if not len(wanted):
        return []
    parts = max(1, min(BANDS, len(wanted) // SMALL))
    edges = np.unique(np.quantile(wanted, np.arange(1, parts) / parts))
    places = np.searchsorted(edges, wanted, side="right")
    return [_band(wanted[places == own], given[places == own]) for own in np.unique(places)]


def rows(answers: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    """The bands as a report has them."""
    return tuple(
        (band.name, f"{band.rows:,}", figures(band.off), _way(band)) for band in bands(answers)
    )


def sentences(answers: pd.DataFrame) -> list[str]:
    """How far off answers are, how often the true number lies where the model says, and whether answers
    are drawn towards the middle."""
    off = answers[f"{MAE}_tuned"]
    near = near_words(numbers_in(answers["expected"]).tolist())
    half, tenth = (figures(float(off.quantile(q))) for q in (0.5, 0.9))
    told = [
        f"{percent(float(answers['right_tuned'].mean()))} of the answers are {near}. Half of them are off "
        f"by {half} or less, one in ten by more than {tenth}."
    ]
    if LOW in answers and answers[LOW].notna().all():
        inside = covered(
            numbers_in(answers["expected"]), answers[LOW].tolist(), answers[HIGH].tolist()
        )
        told.append(
            f"In {percent(float(inside.mean()))} of the questions your number lies between the two that it "
            "says beside its estimate; it is to be nine of ten."
        )
    found = bands(answers)
    if len(found) > 1 and _drawn_in(found):
        told.append(
            "Small numbers come out too high and large ones too low: it keeps to the middle, as models "
            "do that are not sure. More examples at both ends help."
        )
    return told


def limit(report: Mapping[str, Any]) -> str:
    """What the model's answers are not for, by a version's report."""
    known = report.get(KEY) or {}
    if "low" not in known:
        return "It answers within the range of the numbers that it has seen."
    low, high = (few_figures(float(known[name])) for name in ("low", "high"))
    return (
        f"It has seen numbers from {low} to {high} and answers with none beyond; an estimate is no "
        "measurement: where much depends on it, look at the range beside it."
    )


def _both(answers: pd.DataFrame) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    wanted, given = (numbers_in(answers[name]) for name in ("expected", "tuned"))
    known = ~np.isnan(wanted) & ~np.isnan(given)
    return wanted[known], given[known]


def _band(wanted: npt.NDArray[np.float64], given: npt.NDArray[np.float64]) -> Band:
    off = given - wanted
    low, high = float(wanted.min()), float(wanted.max())
    return Band(low, high, len(wanted), float(np.abs(off).mean()), float(off.mean()))


def _way(band: Band) -> str:
    if abs(band.bias) < band.off / 4:
        return "neither"
    return f"{'too high' if band.bias > 0 else 'too low'} by {few_figures(abs(band.bias))}"


def _drawn_in(found: list[Band]) -> bool:
    first, last = found[0], found[-1]
    apart = (last.low + last.high) / 2 - (first.low + first.high) / 2
    return first.bias > 0 > last.bias and first.bias - last.bias > _DRAWN_IN * apart
