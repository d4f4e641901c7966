"""Answers judged row by row: which are right, and how like the wanted answer the others are."""

from collections.abc import Iterator

import pandas as pd

from workbench.core.metrics import CHRF
from workbench.core.tasks import task_named

WHO = ("baseline", "base", "tuned")
"""Whose answers there may be: the simple baseline, the model before and after training."""


def judge(answers: pd.DataFrame, task: str) -> pd.DataFrame:
    """The answers with a judgement of each.

    Args:
        answers: columns row_id, input, expected and those of `WHO` that were asked.

    Returns:
        The same rows; columns that are empty throughout are gone. For each of `WHO` that is there
        `right_<who>` (bool), and for tasks that write texts `chrf_<who>` (sentence-level chrF,
        0 to 100; Popović 2015, WMT, 392–395), unless the trainer has put them there. How a
        document goes on is neither right nor wrong, so there is nothing to add.
    """
    about = task_named(task)
    frame = answers.drop(columns=[w for w in WHO if w in answers and answers[w].isna().all()])
    for who in (w for w in WHO if w in frame):
        frame[who] = frame[who].fillna("")
        if about.is_right and f"right_{who}" not in frame:
            frame[f"right_{who}"] = [about.is_right(*pair) for pair in _pairs(frame, who)]
        if about.answers_are_free_text and f"{CHRF}_{who}" not in frame:
            frame[f"{CHRF}_{who}"] = _chrf(frame, who)
    return frame


def _pairs(frame: pd.DataFrame, who: str) -> Iterator[tuple[str, str]]:
    """What was wanted and what was answered, row by row."""
    return zip(frame["expected"].astype(str), frame[who].astype(str), strict=True)


def _chrf(frame: pd.DataFrame, who: str) -> list[float]:
    from sacrebleu.metrics.chrf import CHRF as Metric  # only text exams need it

    metric = Metric()
    return [metric.sentence_score(a, [expected]).score for expected, a in _pairs(frame, who)]
