"""Answers judged row by row: which are right, and how like the wanted answer the others are."""

import json

import pandas as pd

WHO = ("baseline", "base", "tuned")
"""Whose answers there may be: the simple baseline, the model before and after training."""
TEXT_TASKS = ("completion", "chat")
"""Tasks whose answers are texts, so that more than one answer is a good one."""


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
    frame = answers.drop(columns=[w for w in WHO if w in answers and answers[w].isna().all()])
    for who in (w for w in WHO if w in frame):
        frame[who] = frame[who].fillna("")
        if task == "language-modelling":
            continue
        if f"right_{who}" not in frame:
            frame[f"right_{who}"] = _right(frame, who, task)
        if task in TEXT_TASKS and f"chrf_{who}" not in frame:
            frame[f"chrf_{who}"] = _chrf(frame, who)
    return frame


def _right(frame: pd.DataFrame, who: str, task: str) -> list[bool]:
    same = _same_fields if task == "extraction" else _same_text
    pairs = zip(frame["expected"].astype(str), frame[who].astype(str), strict=True)
    return [same(expected, answer) for expected, answer in pairs]


def _same_text(expected: str, answer: str) -> bool:
    """Equal but for blanks and line ends, as the trainer's scores count it."""
    return expected.split() == answer.split()


def _same_fields(expected: str, answer: str) -> bool:
    """Equal as JSON: neither blanks nor the order of the fields count."""
    if _same_text(expected, answer):
        return True
    try:
        return bool(json.loads(expected) == json.loads(answer))
    except ValueError:
        return False


def _chrf(frame: pd.DataFrame, who: str) -> list[float]:
    from sacrebleu.metrics.chrf import CHRF  # only text exams need it

    metric = CHRF()
    pairs = zip(frame["expected"].astype(str), frame[who].astype(str), strict=True)
    return [metric.sentence_score(answer, [expected]).score for expected, answer in pairs]
