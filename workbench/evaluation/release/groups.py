"""How parts of the exam fare with a new version: categories, and the groups of the table's columns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.core.metrics import Metric, metric_of
from workbench.core.tasks import task_named
from workbench.core.units import AMOUNT
from workbench.evaluation.release.paired import BROKEN, MENDED
from workbench.evaluation.scoring.lost_rows import level, loss_by_chance, mean_loss_by_chance
from workbench.evaluation.scoring.slices.grouping import Group
from workbench.evaluation.verdict import TURN

FEWEST = 10
"""Questions below which a group is too small for a number to mean anything."""


@dataclass(frozen=True)
class GroupDifference:
    """A group of the questions, answered by two versions."""

    column: str
    """What they were grouped by."""
    name: str
    rows: int
    new: float
    old: float
    """The mean score of its rows."""
    gain: float
    """Points (of 100) that the new version is better; negative if worse. Of numbers, by how much of a
    hundred of the old version's mean error it is nearer."""
    mended: int
    broken: int
    chance: float
    """How likely chance alone makes it lose as much."""
    is_certain: bool = False
    """Whether it lost more than chance would make it, all groups allowed for."""

    @property
    def is_small(self) -> bool:
        """Whether it has too few questions to be judged by."""
        return self.rows < FEWEST

    def is_worse_by(self, points: float) -> bool:
        """Whether it lost more than so many points, and not by chance."""
        return not self.is_small and self.gain < -points and self.is_certain


def categories(task: str, rows: pd.DataFrame) -> list[Group]:
    """The questions by the category that is right; none where a task has no categories."""
    if not task_named(task).answers_are_categories:
        return []
    values = rows["expected"].astype(str).to_numpy()
    return [Group("Category", name, np.flatnonzero(values == name)) for name in sorted(set(values))]


def by_group(task: str, rows: pd.DataFrame, found: Sequence[Group]) -> list[GroupDifference]:
    """What became of each group of the questions, the one that lost most first, small ones last.

    Args:
        rows: as `paired.paired` gives them.
        found: groups of these rows, by their places.

    Empty where rows have no score of their own.
    """
    if "new_score" not in rows:
        return []
    metric = metric_of(task)
    usual = float(rows["old_score"].mean())
    groups = [_difference(metric, part, rows.iloc[part.places], usual) for part in found]
    looked_at = [group for group in groups if not group.is_small]
    limit = level([_least(metric, group, TURN in rows) for group in looked_at])
    groups = [replace(group, is_certain=group.chance <= limit) for group in groups]
    return sorted(groups, key=lambda group: (group.is_small, group.gain, group.column, group.name))


def _difference(metric: Metric, part: Group, rows: pd.DataFrame, usual: float) -> GroupDifference:
    gains = metric.sign * (rows["new_score"] - rows["old_score"]).to_numpy(float)
    changes = rows["change"].value_counts()
    mended, broken = (int(changes.get(change, 0)) for change in (MENDED, BROKEN))
    if metric.is_share_right:
        chance, _ = loss_by_chance(broken, mended, by_turns=TURN in rows)
    else:
        chance = mean_loss_by_chance(gains)
    new, old = float(rows["new_score"].mean()), float(rows["old_score"].mean())
    return GroupDifference(
        column=part.column,
        name=part.value,
        rows=len(rows),
        new=new,
        old=old,
        gain=_points(metric, metric.gain(new, old), usual),
        mended=mended,
        broken=broken,
        chance=chance,
    )


def _least(metric: Metric, group: GroupDifference, by_turns: bool) -> float:
    if not metric.is_share_right:
        return 0.0
    return loss_by_chance(group.broken, group.mended, by_turns=by_turns)[1]


def _points(metric: Metric, gain: float, usual: float) -> float:
    """A difference of the metric in points of 100; of numbers, of the usual error."""
    if metric.unit is AMOUNT:
        return round(100 * gain / usual, 6) if usual else 0.0
    return round(100 * gain if metric.unit.top == 1.0 else gain, 6)
