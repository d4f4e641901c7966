"""The groups of exam rows that can be looked at by themselves, and the orders that rows stand in."""

import pandas as pd

from workbench.core.metrics import CHRF, INVENTED, MAE
from workbench.core.tasks import Task
from workbench.evaluation import refusals

ALL, WRONG, LOST, WON = "all", "wrong", "lost", "won"
REFUSED, MADE_UP, UNLIKE = "refused", "made up", "unlike"
FARTHEST_OFF = "off"
AS_THEY_ARE, LEAST_SURE, LEAST_ALIKE, FARTHEST = "table", "sure", "alike", "farthest"
PROBABILITY, HOW_NEAR = "probability", "how_near"
_SAME = 0.5
"""Points of chrF below which two answers count as equally good."""
_ORDERS = {
    FARTHEST_OFF: "farthest off first",
    AS_THEY_ARE: "as in your table",
    LEAST_SURE: "least sure first",
    LEAST_ALIKE: "least like your answer first",
    FARTHEST: "least like your data first",
}


def masks(task: Task, answers: pd.DataFrame) -> dict[str, pd.Series | None]:
    """Group → which rows belong to it; None for a group that is looked for when it is asked for."""
    everything = pd.Series(True, answers.index)
    if task.is_right is None:
        return {ALL: everything}
    if task.answers_are_free_text:
        return {ALL: everything, **_free_masks(answers), UNLIKE: None}
    right = answers["right_tuned"]
    found = {ALL: everything, WRONG: ~right}
    if "right_base" in answers:
        found |= {LOST: ~right & answers["right_base"], WON: right & ~answers["right_base"]}
    if refusals.COLUMN in answers:
        found[REFUSED] = answers[refusals.COLUMN].fillna(False).astype(bool)
    return {**found, UNLIKE: None}


def _free_masks(answers: pd.DataFrame) -> dict[str, pd.Series]:
    found = {}
    if f"{CHRF}_base" in answers:
        gain = answers[f"{CHRF}_tuned"] - answers[f"{CHRF}_base"]
        found = {LOST: gain < -_SAME, WON: gain > _SAME}
    if f"{INVENTED}_tuned" in answers:
        found[MADE_UP] = answers[f"{INVENTED}_tuned"].map(len) > 0
    return found


def names(task: Task) -> dict[str, str]:
    """What the groups are called."""
    if task.answers_are_free_text:
        return {
            ALL: "All",
            LOST: "Less like yours than before",
            WON: "More like yours than before",
            MADE_UP: "Not in your examples",
            UNLIKE: "Nothing similar in your data",
        }
    if task.answers_are_numbers:
        return {
            ALL: "All",
            WRONG: "Too far off",
            LOST: "Too far off now, near enough before training",
            WON: "Near enough now, too far off before training",
            UNLIKE: "Nothing similar in your data",
        }
    return {
        ALL: "All",
        WRONG: "Wrong",
        LOST: "Wrong now, right before training",
        WON: "Right now, wrong before training",
        REFUSED: "None of these",
        UNLIKE: "Nothing similar in your data",
    }


def orders(task: Task, answers: pd.DataFrame) -> dict[str, str]:
    """The orders in which rows can stand, with their names."""
    fits = {
        FARTHEST_OFF: task.answers_are_numbers and f"{MAE}_tuned" in answers,
        AS_THEY_ARE: True,
        LEAST_SURE: PROBABILITY in answers and answers[PROBABILITY].notna().any(),
        LEAST_ALIKE: task.answers_are_free_text and f"{CHRF}_tuned" in answers,
        FARTHEST: task.is_right is not None,
    }
    return {order: name for order, name in _ORDERS.items() if fits[order]}


def in_order(answers: pd.DataFrame, order: str) -> pd.DataFrame:
    """The rows in this order; rows that are equal in it stay as they are."""
    if order == FARTHEST_OFF:
        return answers.sort_values(f"{MAE}_tuned", kind="stable", ascending=False)
    by = {LEAST_SURE: PROBABILITY, LEAST_ALIKE: f"{CHRF}_tuned", FARTHEST: HOW_NEAR}.get(order)
    if by is None or by not in answers:
        return answers
    return answers.sort_values(by, kind="stable", na_position="last")
