"""How parts of the exam fare with a new version: by category, by length of the question."""

from dataclasses import dataclass

import pandas as pd

from workbench.core.metrics import Metric, metric_of
from workbench.core.tasks import task_named
from workbench.evaluation.release.paired import BROKEN, MENDED

FEWEST = 10
"""Questions below which a group is too small for a number to mean anything."""
_LENGTHS = ("short", "middle", "long")
_CUTS = 30
"""Fewer questions are not cut into lengths."""


@dataclass(frozen=True)
class GroupDifference:
    """A part of the questions, answered by two versions."""

    column: str
    """What the questions were grouped by."""
    name: str
    rows: int
    new: float
    old: float
    """The mean score of its rows."""
    gain: float
    """Points (of 100) that the new version is better; negative if worse."""
    mended: int
    broken: int
    by_one_row: bool
    """Whether one answer that is wrong now is all that it lost."""

    @property
    def is_small(self) -> bool:
        """Whether it has too few questions to be judged by."""
        return self.rows < FEWEST

    def is_worse_by(self, points: float) -> bool:
        """Whether it lost more than so many points; a single row makes no group worse."""
        return not self.is_small and self.gain < -points and not self.by_one_row


def groupings(task: str, rows: pd.DataFrame) -> dict[str, pd.Series]:
    """What the questions are grouped by → the group of each row, by the rows' index.

    Args:
        rows: as `paired.paired` gives them.
    """
    found: dict[str, pd.Series] = {}
    if task_named(task).answers_are_categories:
        found["Category"] = rows["expected"].astype(str)
    if len(rows) >= _CUTS:
        words = rows["input"].map(lambda text: len(str(text).split()))
        places = words.rank(method="average", pct=True)
        cut = pd.cut(places, [0, 1 / 3, 2 / 3, 1], labels=list(_LENGTHS)).astype(str)
        found["Length of the question"] = cut
    return found


def by_group(task: str, rows: pd.DataFrame) -> list[GroupDifference]:
    """Every group of the questions that both versions answered, the one that lost most first.

    Empty where rows have no score of their own.
    """
    if "new_score" not in rows:
        return []
    metric = metric_of(task)
    found = [
        _difference(metric, column, str(name), part)
        for column, labels in groupings(task, rows).items()
        for name, part in rows.groupby(labels, sort=True)
    ]
    return sorted(found, key=lambda group: (group.is_small, group.gain, group.column, group.name))


def _difference(metric: Metric, column: str, name: str, rows: pd.DataFrame) -> GroupDifference:
    new, old = float(rows["new_score"].mean()), float(rows["old_score"].mean())
    changes = rows["change"].value_counts()
    mended, broken = (int(changes.get(change, 0)) for change in (MENDED, BROKEN))
    return GroupDifference(
        column=column,
        name=name,
        rows=len(rows),
        new=new,
        old=old,
        gain=points(metric, metric.gain(new, old)),
        mended=mended,
        broken=broken,
        by_one_row=metric.is_share_right and broken - mended == 1,
    )


def points(metric: Metric, gain: float) -> float:
    """A difference of the metric in points of 100."""
    return round(100 * gain if metric.unit.top == 1.0 else gain, 6)
