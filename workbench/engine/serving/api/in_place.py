"""Rungs that need no model, answering in the place of one: learned once, and kept."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.core.tasks import asked_as
from workbench.engine.evaluation.simple_rungs import Answering, in_place
from workbench.engine.serving.requests import GenerationRequest
from workbench.models.served import ServedModel

KEPT = 4
"""They hold the examples in memory; the one asked longest ago goes first."""


class InPlace:
    """Those that were asked last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._learned: OrderedDict[tuple[str, Path | None], Answering] = OrderedDict()

    def texts(self, entry: ServedModel, questions: Sequence[str]) -> list[str]:
        """An answer to each question; the first one waits until the examples are learned.

        Raises:
            WorkbenchError: the examples are not on the disk any more.
        """
        key = (entry.id, entry.adapter)
        with self._lock:
            if key not in self._learned:
                found = in_place(entry.adapter, str(entry.task), entry.rung, lambda: None)
                self._learned[key] = found
            self._learned.move_to_end(key)
            while len(self._learned) > KEPT:
                self._learned.popitem(last=False)
            answering = self._learned[key]
        return answering(questions)


def question_of(entry: ServedModel, asked: GenerationRequest) -> str:
    """What is asked, in the words of the examples."""
    turns: list[dict[str, Any]] = [turn for turn in asked.messages if turn["role"] != "system"]
    if turns and asked_as(entry.task).rows_are_conversations:
        return asked_as(entry.task).question({"messages": turns})
    return str(turns[-1]["content"]) if turns else asked.prompt


def sorted_as(number: int, label: str) -> dict[str, Any]:
    """A text's category as /v1/classify tells it; how sure a rung is, it cannot say."""
    return {
        "index": number,
        "label": label,
        "probability": None,
        "labels": [{"label": label, "probability": None}],
        "none_of_these": None,
        "please_check": None,
    }
