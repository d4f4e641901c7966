"""Where a model is weaker than elsewhere: its exam, group by group of the user's own columns."""

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.core.metrics import Metric, metric_of
from workbench.core.units import AMOUNT
from workbench.core.words import joined, plural
from workbench.data.checkup.checks.languages import language_names
from workbench.data.versions import get_version
from workbench.evaluation.evaluations import (
    EvaluationInfo,
    get_evaluation,
    predictions,
    version_of,
)
from workbench.evaluation.rows.exam_columns import exam_columns
from workbench.evaluation.scoring.slices.grouping import (
    SMALL,
    Group,
    PassedOver,
    groups_of,
    length_groups,
)
from workbench.evaluation.scoring.slices.slices import Numbers, Slice, find_slices
from workbench.evaluation.verdict import TURN

logger = logging.getLogger(__name__)
OWN = ("Length", "Language")
"""What groups by the question itself are called."""
NOT_SURE = "not sure"
_NAMED = 3


@dataclass(frozen=True)
class Groups:
    """The groups that an exam's rows can be put into."""

    groups: tuple[Group, ...]
    passed_over: tuple[PassedOver, ...] = ()
    without: int = 0
    """Rows that are not in the user's table."""
    note: str = ""
    """Why there are no columns of the user's, in a sentence."""

    @property
    def columns(self) -> list[str]:
        """The columns that make groups, in their order."""
        return list(dict.fromkeys(group.column for group in self.groups))

    def of(self, column: str) -> list[Group]:
        """The groups of one column."""
        return [group for group in self.groups if group.column == column]


@dataclass(frozen=True)
class SliceReport:
    """The scores of all groups."""

    task: str
    overall: float
    """The mean of all rows."""
    slices: tuple[Slice, ...]
    """The worst first, see `scoring.slices`."""
    groups: Groups
    questions: str
    """What one row is called."""

    @property
    def metric(self) -> Metric:
        """The score that the task is judged by."""
        return metric_of(self.task)

    @property
    def weak(self) -> list[Slice]:
        """Those that are worse than elsewhere, and not by chance."""
        return [one for one in self.slices if one.is_weak]


def groups_in(store: Store, info: EvaluationInfo, answers: pd.DataFrame) -> Groups:
    """The groups of an exam's rows, by the other columns of their table and by their length.

    Args:
        answers: the judged rows, as `evaluations.predictions` gives them.
    """
    made: list[list[Group] | PassedOver] = []
    note, without = "", 0
    try:
        table = exam_columns(store, info, answers["row_id"].tolist())
    except WorkbenchError as error:
        note, table = str(error), pd.DataFrame()
    if len(table.columns):
        places = np.flatnonzero(answers["row_id"].isin(table.index))
        without = len(answers) - len(places)
        here = table.loc[answers["row_id"].iloc[places]]
        made = [groups_of(str(name), list(here[name]), places) for name in here]
    made += _by_texts(list(answers["input"].astype(str)), set(map(str, table)))
    groups = [group for found in made if isinstance(found, list) for group in found]
    return Groups(
        tuple(groups), tuple(one for one in made if isinstance(one, PassedOver)), without, note
    )


def _by_texts(texts: list[str], taken: set[str]) -> Iterator[list[Group] | PassedOver]:
    """Groups by what the questions themselves say: how long they are and, of several, in which language.

    Args:
        taken: the columns of the table.
    """
    length, language = (name if name not in taken else f"{name} of the question" for name in OWN)
    yield length_groups(length, texts)
    spoken = Counter(names := language_names(texts))
    if sum(rows >= SMALL for name, rows in spoken.items() if name) > 1:
        yield groups_of(language, [name or NOT_SURE for name in names])


def scores_of(answers: pd.DataFrame, task: str, system: str = "tuned") -> Numbers | None:
    """One number a row for what a task is judged by; None where the exam keeps none."""
    metric = metric_of(task)
    column = f"right_{system}" if metric.is_share_right else f"{metric.name}_{system}"
    return answers[column].to_numpy(float) if column in answers and len(answers) else None


def report_of(store: Store, info: EvaluationInfo, answers: pd.DataFrame) -> SliceReport | None:
    """The scores of all groups of an exam; None where it keeps no score for single rows.

    Args:
        answers: the judged rows, as `evaluations.predictions` gives them.
    """
    scores = scores_of(answers, info.task)
    if scores is None:
        return None
    groups, metric = groups_in(store, info, answers), metric_of(info.task)
    found = find_slices(
        groups.groups,
        scores,
        is_share=metric.is_share_right,
        by_turns=TURN in answers,
        sign=metric.sign,
        top=metric.highest,
    )
    return SliceReport(info.task, float(scores.mean()), tuple(found), groups, info.questions)


def ground_of(store: Store, info: EvaluationInfo) -> str:
    """What the groups of an evaluation are told from: the same text as long as nothing changes."""
    version = get_version(store, version_of(store, info.run_id))
    return f"{info.predictions_hash} {version.path.name} {version.source_hash}"


def told(store: Store, evaluation_id: int) -> list[dict[str, Any]]:
    """The slices of an evaluation for the command line and reports, the worst first.

    Returns:
        column, value, rows, score, low, high, difference (to all other rows) and certain of each;
        nothing where the exam keeps no single rows, or they are not on the disk any more.
    """
    info = get_evaluation(store, evaluation_id)
    try:
        found = report_of(store, info, predictions(store, evaluation_id))
    except WorkbenchError as error:
        logger.warning("No slices of evaluation %s: %s", evaluation_id, error)
        return []
    names = ("column", "value", "rows", "score", "low", "high", "difference", "certain")
    return [{name: getattr(one, name) for name in names} for one in found.slices] if found else []


def sentence(found: SliceReport) -> str:
    """What the groups show, in words."""
    tested = [one for one in found.slices if one.p is not None]
    if found.weak:
        return " ".join(_weak(one, found) for one in found.weak[:_NAMED]) + _more(found)
    if not tested:
        return (
            "There is nothing to compare: no column of your table divides these "
            f"{found.questions}s into groups that are large enough to tell."
        )
    if len(tested) == 1:
        one = tested[0]
        return (
            f"No group stands out: where '{one.column}' is '{one.value}' it does as well as elsewhere, but "
            "for what chance alone could do; no other group is large enough to tell."
        )
    columns = plural(len({one.column for one in tested}), "column")
    return (
        f"No group stands out: the {len(tested)} groups of your table that are large enough to tell (by "
        f"{columns}) differ by no more than chance alone could do."
    )


def _weak(one: Slice, found: SliceReport) -> str:
    low, high = (points(found.metric, d) for d in (one.difference_high, one.difference_low))
    less = apart(found.metric, one.difference)
    return (
        f"Where '{one.column}' is '{one.value}', it is weaker: {worded(found.metric, one.score)} on "
        f"{plural(one.rows, found.questions)}, {less} than on all others ({low} to {high})."
    )


def worded(metric: Metric, score: float) -> str:
    """A score in a sentence: "93.7 % right", "41.6 of 100", "off by 0.52"."""
    if metric.unit is AMOUNT:
        return f"off by {metric.unit.words(score)}"
    return f"{metric.unit.words(score)} {'right' if metric.is_share else 'of 100'}"


def points(metric: Metric, difference: float) -> str:
    """How much worse a difference is: "12.5"; "-2.0" where it is better."""
    return metric.unit.difference(-difference * (100 if metric.is_share else 1))


def apart(metric: Metric, difference: float) -> str:
    """A difference in a sentence, before "than": "12.5 points less", "0.52 farther off"."""
    size = points(metric, difference if difference < 0 else -difference)
    if metric.unit is AMOUNT:
        return f"{size} {'farther off' if difference < 0 else 'nearer'}"
    return f"{size} points {'less' if difference < 0 else 'more'}"


def _more(found: SliceReport) -> str:
    rest = len(found.weak) - _NAMED
    return f" So it is in {plural(rest, 'further group')}, listed below." if rest > 0 else ""


def passed_over_sentence(groups: Groups) -> str:
    """Which columns make no groups, and why; empty if all do."""
    parts = [f"'{one.column}' ({one.reason})" for one in groups.passed_over]
    rows = (
        f"{plural(groups.without, 'row')} did not come from your table and {_stand(groups.without)} "
        "in none of its groups."
        if groups.without
        else ""
    )
    said = f"Not compared: {joined(parts)}." if parts else ""
    return " ".join(filter(None, (groups.note, said, rows)))


def _stand(rows: int) -> str:
    return "stands" if rows == 1 else "stand"
