"""What is told of an exam in which tools are called: scores, and each tool with its inputs."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from workbench.core.tasks.rungs import TUNED
from workbench.core.units import SHARE
from workbench.evaluation.scoring.by_task.calls import Calling, calling, each_tool, hold_calls
from workbench.evaluation.scoring.by_task.categories import Estimated
from workbench.evaluation.scoring.by_task.meanings import CALLS
from workbench.evaluation.scoring.score import Score, scored

_LESS_IS_BETTER = ("call_inputs_missing", "call_inputs_wrong", "call_inputs_too_much")


def holds_calls(answers: pd.DataFrame) -> bool:
    """Whether the exam's own answers call tools."""
    return "expected" in answers and hold_calls(answers["expected"].astype(str).tolist())


def calling_of(answers: pd.DataFrame, who: str = TUNED) -> Calling | None:
    """How one of those who took an exam calls tools; None where none are called, or nobody knows."""
    if who not in answers or not holds_calls(answers):
        return None
    return calling(*(answers[name].astype(str).tolist() for name in ("expected", who)))


def of_calls(answers: pd.DataFrame, who: str) -> list[Score]:
    """The scores of calls, the strictest first; none where the exam has none."""
    found = calling_of(answers, who)
    if found is None:
        return []
    return [
        scored(name, *_words(name, own), SHARE, name not in _LESS_IS_BETTER)
        for name, own in _estimates(found).items()
    ]


def calls_told(answers: pd.DataFrame, names: Iterable[str]) -> dict[str, Any]:
    """`calls`: rung → `sentences`, the shares of `Calling` (count, of, value, low, high) and `tools`, a
    line for each tool and each input; nothing where the exam calls none. For JSON."""
    told = {}
    for name in names:
        if found := calling_of(answers, name):
            texts = (answers[column].astype(str).tolist() for column in ("expected", name))
            told[name] = {
                "sentences": found.sentences(),
                **found.as_dict(),
                "tools": [own.as_dict() for own in each_tool(*texts)],
            }
    return {"calls": told} if told else {}


def _words(name: str, own: Estimated) -> tuple[str, Estimated, str]:
    label, meaning = CALLS[name]
    return label, own, meaning


def _estimates(found: Calling) -> dict[str, Estimated]:
    shares = {
        "calls_right": found.right,
        "calls_right_tool": found.right_tool,
        "calls_made": found.made,
        "calls_withheld": found.withheld,
        "calls_parse": found.parses,
    }
    told = {name: own.share for name, own in shares.items() if own}
    if own := found.inputs:
        told |= {
            "call_inputs_right": own.right,
            "call_inputs_missing": own.missing,
            "call_inputs_wrong": own.wrong,
            "call_inputs_too_much": own.too_much,
        }
    return told
