"""Rows that two versions have both answered, and what became better and worse between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from workbench.core.metrics import Metric, metric_of
from workbench.core.tasks import task_named
from workbench.core.tasks.number_answers import tolerance, value_of
from workbench.core.units import AMOUNT, OF_HUNDRED
from workbench.evaluation.scoring import intervals
from workbench.evaluation.scoring.row_scores import score_rows
from workbench.evaluation.scoring.text_scores import text_scores
from workbench.evaluation.verdict import TURN

MENDED, BROKEN = "mended", "broken"
CLEARLY = 5.0
"""Points of chrF by which an answer must be more or less like the wanted one to count as mended or
broken, where answers are neither right nor wrong."""
_SIGNIFICANT = 0.05
_KEY = ["input", "_nth"]


@dataclass(frozen=True)
class Difference:
    """How two versions do on the same rows."""

    rows: int
    new: float
    old: float
    """The score that counts for the task, on these rows."""
    gain: float
    """How much better the new one is; negative if worse."""
    low: float | None
    high: float | None
    """The 95 % interval of the gain; None where rows have no score of their own."""
    certain: bool | None
    """Whether it is more than chance; None if the answers do not tell."""
    mended: int
    broken: int

    @property
    def is_worse(self) -> bool:
        """Whether the new one is worse, and not by chance alone."""
        return self.gain < 0 and self.certain is not False


def paired(task: str, new: pd.DataFrame, old: pd.DataFrame) -> pd.DataFrame:
    """The questions that both have answered, each held against what the new one's exam wants.

    Args:
        new: the judged answers of a version, as `evaluations.predictions` gives them.
        old: those of another; a question that was asked several times counts as often as in both.

    Returns:
        Columns row_id (of the new one's exam), input, expected, old, new and change (mended,
        broken or nothing); `old_score` and `new_score` (0 or 1 for right answers, else chrF,
        0 to 100, or how far off a number is) where rows have a score; `turn` where both were asked in the same turns.
    """
    # An answer that was corrected meanwhile: the old version is judged by the new one's exam.
    left = new.assign(_nth=new.groupby("input").cumcount())
    right = old.assign(_nth=old.groupby("input").cumcount())
    both = left.merge(right, on=_KEY, suffixes=("", "_then"))
    columns = ["row_id", "input", "expected"]
    table = both[columns].copy()
    table["old"], table["new"] = both["tuned_then"], both["tuned"]
    column = _row_score(metric_of(task))
    if column in new and column in old:
        table["new_score"] = both[column].astype(float)
        table["old_score"] = _judged_anew(task, both, column)
    if TURN in new and TURN in old:
        table[TURN] = both[TURN]
    table["change"] = _changes(metric_of(task), table)
    return table


def difference(task: str, rows: pd.DataFrame) -> Difference | None:
    """How two versions do on rows that `paired` gives; None where rows have no score, or are none."""
    if rows.empty or "new_score" not in rows:
        return None
    metric = metric_of(task)
    gains = metric.sign * (rows["new_score"] - rows["old_score"]).to_numpy(float)
    low, high = intervals.mean_interval(gains)
    new, old = (_score(task, metric, rows, who) for who in ("new", "old"))
    mended, broken = int((rows["change"] == MENDED).sum()), int((rows["change"] == BROKEN).sum())
    if metric.is_share_right:
        test = intervals.mcnemar_by_turns if TURN in rows else intervals.mcnemar
        certain = test(mended, broken) < _SIGNIFICANT
    else:
        certain = low > 0 or high < 0
    gain = metric.gain(new, old)
    return Difference(len(rows), new, old, gain, low, high, bool(certain), mended, broken)


def changed(rows: pd.DataFrame, change: str) -> pd.DataFrame:
    """The mended or the broken ones, those that changed most first."""
    found = rows[rows["change"] == change]
    size = (found["new_score"] - found["old_score"]).abs()
    return found.assign(_size=size).sort_values(["_size", "row_id"], ascending=[False, True])[
        [column for column in rows.columns if column != "change"]
    ]


def _row_score(metric: Metric) -> str:
    return "right_tuned" if metric.is_share_right else f"{metric.name}_tuned"


def _judged_anew(task: str, both: pd.DataFrame, column: str) -> pd.Series:
    """The old answers' scores, where the wanted answer is another now by that one."""
    scores = both[f"{column}_then"].astype(float)
    other = both["expected"] != both["expected_then"]
    if other.any():
        asked = both.loc[other, ["row_id", "input", "expected"]]
        again = score_rows(asked.assign(tuned=both.loc[other, "tuned_then"]), task)
        scores[other] = again[column].astype(float)
    return scores


def _changes(metric: Metric, table: pd.DataFrame) -> pd.Series:
    found = pd.Series("", table.index, dtype=object)
    if "new_score" in table:
        least = clearly(metric, table["expected"].tolist())
        gains = metric.sign * (table["new_score"] - table["old_score"])
        found[gains > least] = MENDED
        found[gains < -least] = BROKEN
    return found


def clearly(metric: Metric, expected: Sequence[str]) -> float:
    """By how much an answer must be better or worse to count as mended or broken; of numbers half of
    what is near enough."""
    if metric.unit is AMOUNT:
        return tolerance([value_of(text) for text in expected]) / 2
    return CLEARLY if metric.unit is OF_HUNDRED else 0.0


def _score(task: str, metric: Metric, rows: pd.DataFrame, who: str) -> float:
    """As the exam has it: a share, or a score of all texts together."""
    if metric.is_share_right or metric.name not in task_named(task).scores:
        return float(rows[f"{who}_score"].mean())
    texts = rows[who].astype(str).tolist()
    return text_scores(task, rows["expected"].astype(str).tolist(), texts)[metric.name]
