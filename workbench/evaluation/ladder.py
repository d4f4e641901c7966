"""The ladder: everyone who answered the same exam questions, from the simplest up, with what chance
does to each score and to each difference from the trained model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from workbench.core.metrics import METRICS, Metric, main_score, metric_of
from workbench.core.tasks.rungs import BASE, NAMES, PROBE, RUNGS, TUNED, rung_named
from workbench.evaluation.scoring.comparison import Comparison, compare
from workbench.evaluation.scoring.paired import holm
from workbench.evaluation.scoring.row_sums import score_interval

SECONDS = "seconds"
"""Among a rung's scores: what one answer took, measured."""
Interval = tuple[float, float]


@dataclass(frozen=True)
class Rung:
    """One way to answer, and how it did."""

    name: str
    """Its column among the answers; "run 12" for an older version."""
    title: str
    scores: Mapping[str, float]
    intervals: Mapping[str, Interval]
    """95 %, of the scores where one can be told."""
    seconds: float | None
    """Of one answer, as measured; None where nobody did."""
    rows: int
    """Questions that it answered."""
    is_simple: bool
    """Whether it needs no language model."""
    key: str = ""
    """What the command line calls it."""
    against: Comparison | None = None
    """The trained model against this one; None for the trained model itself."""

    def cost(self, price_per_hour: float, answers: int = 1000) -> float | None:
        """What so many answers cost on a machine of this price."""
        return None if self.seconds is None else self.seconds * answers * price_per_hour / 3600

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        told = {
            "title": self.title,
            "scores": dict(self.scores),
            "intervals": {name: list(ends) for name, ends in self.intervals.items()},
            "seconds": self.seconds,
            "rows": self.rows,
        }
        return told if self.against is None else {**told, "difference": self.against.as_dict()}


@dataclass(frozen=True)
class Ladder:
    """All who sat one exam."""

    metric: Metric
    """What they are judged by."""
    rungs: tuple[Rung, ...]
    """From the simplest to the trained model, older versions of it behind."""
    rows: int
    is_told: bool = False
    """Whether what stands as the trained model learned nothing, and is only told what to do."""

    @property
    def tuned(self) -> Rung | None:
        """The trained model."""
        return self.named(TUNED)

    @property
    def simpler(self) -> tuple[Rung, ...]:
        """Those below the trained model."""
        names = [rung.name for rung in RUNGS]
        return tuple(rung for rung in self.rungs if rung.name in names and rung.name != TUNED)

    @property
    def others(self) -> tuple[Rung, ...]:
        """All but the trained model."""
        return tuple(rung for rung in self.rungs if rung.name != TUNED)

    def named(self, name: str) -> Rung | None:
        """The rung of this name."""
        return next((rung for rung in self.rungs if rung.name == name), None)

    def score(self, rung: Rung) -> float:
        """The score that counts."""
        return rung.scores[self.metric.name]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON: key of a rung → its scores, intervals, seconds and rows."""
        return {rung.key: rung.as_dict() for rung in self.rungs}


@dataclass(frozen=True)
class OlderAnswers:
    """What an older version answered to some of the same questions."""

    name: str
    title: str
    answers: pd.DataFrame
    """The judged rows in common, with the older one's answers in a column of its name."""
    scores: Mapping[str, float]
    seconds: float | None = None


def ladder(
    task: str,
    scores: Mapping[str, Any],
    answers: pd.DataFrame,
    *,
    probe: bool = False,
    older: Sequence[OlderAnswers] = (),
    rows: int | None = None,
) -> Ladder:
    """Everyone who has the score that counts for the task.

    Args:
        scores: of an evaluation; rung → score name → value, seconds among them.
        answers: its judged rows, as `row_scores.score_rows` gives them.
        probe: whether what stands under `base` is a probe on frozen embeddings.
        older: earlier versions, on the rows in common.
        rows: questions that were asked, where their answers are gone.
    """
    metric, asked = metric_of(task), len(answers) if rows is None else rows
    found = [
        replace(_rung(rung.name, rung.title, own, answers), rows=asked)
        for rung in RUNGS
        if main_score(task, own := scores.get(rung.name) or {}) is not None
    ]
    found += [_rung(one.name, one.title, one.scores, one.answers, one.seconds) for one in older]
    found.sort(key=lambda rung: NAMES.index(rung.name) if rung.name in NAMES else len(NAMES))
    tables = {one.name: one.answers for one in older}
    tuned = next((rung for rung in found if rung.name == TUNED), None)
    if tuned is not None:
        found = _compared(metric, found, tuned, tables, answers)
    keyed = [replace(r, key=PROBE if probe and r.name == BASE else r.name) for r in found]
    return Ladder(metric, tuple(keyed), asked)


def _rung(
    name: str,
    title: str,
    scores: Mapping[str, Any],
    answers: pd.DataFrame,
    seconds: float | None = None,
) -> Rung:
    own = {key: float(value) for key, value in scores.items() if key != SECONDS}
    ends = {
        key: score_interval(METRICS[key], name, own[key], answers) for key in own if key in METRICS
    }
    return Rung(
        name,
        title,
        own,
        {key: value for key, value in ends.items() if value is not None},
        scores.get(SECONDS, seconds),
        len(answers),
        rung_named(name).is_simple,
    )


def _compared(
    metric: Metric,
    rungs: Sequence[Rung],
    tuned: Rung,
    older: Mapping[str, pd.DataFrame],
    answers: pd.DataFrame,
) -> list[Rung]:
    """Each with the trained model's lead over it; the p-values allow for their number."""
    leads: dict[str, Comparison] = {}
    for rung in rungs:
        if rung.name == TUNED:
            continue
        own = tuned.scores[metric.name] if rung.name not in older else None
        leads[rung.name] = compare(
            metric, older.get(rung.name, answers), rung.name, rung.scores[metric.name], own
        )
    told = {name: lead.p for name, lead in leads.items() if lead.p is not None}
    adjusted = dict(zip(told, holm(list(told.values())), strict=True))
    return [
        replace(r, against=replace(leads[r.name], adjusted_p=adjusted.get(r.name)))
        if r.name in leads
        else r
        for r in rungs
    ]
