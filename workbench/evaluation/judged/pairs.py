"""Whose answers a judge may compare with a run's, and the pairs of them on the same exam questions."""

import io
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from storage import files
from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import NAMES, OLDER, TUNED, rung_named
from workbench.core.words import joined
from workbench.evaluation.comparing.older_answers import older_answers
from workbench.evaluation.evaluations import EvaluationInfo, exam_of, list_evaluations, predictions
from workbench.evaluation.judge.rubric import Pair
from workbench.training import runs

MOST_CHARACTERS = 24_000
"""Of the texts of one question: some 6,000 tokens, which most judges can read."""
_OLDER = re.compile(r"(?:run[ :-]?)(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Drawn:
    """The pairs of an exam that are to be judged."""

    pairs: tuple[Pair, ...]
    exam: EvaluationInfo
    title: str
    """What the other is called."""
    questions: int
    """Which both answered; of these:"""
    alike: int
    """to which both give the same answer,"""
    too_long: int
    """and whose texts are too long to be sent."""


def exam_to_judge(store: Store, run_id: int) -> EvaluationInfo:
    """The exam whose answers are judged.

    Raises:
        WorkbenchError: there is none, or its answers are no free texts.
    """
    run = runs.get_run(store, run_id)
    if not task_named(run.task).answers_are_free_text:
        raise WorkbenchError(
            f"A judge is for answers in free words, and '{run.name}' gives others: its exam already "
            "says which of them are right."
        )
    if (exam := exam_of(store, run_id)) is None:
        raise WorkbenchError(
            f"'{run.name}' has not taken its exam, so there is nothing to judge: score it first."
        )
    return exam


def others(store: Store, run_id: int) -> dict[str, str]:
    """With whom the run's answers can be compared: name → title, the simplest last.

    Raises:
        WorkbenchError: there is no exam to judge.
    """
    exam = exam_to_judge(store, run_id)
    answers = predictions(store, exam.id)
    rungs = [name for name in reversed(NAMES) if name != TUNED and _has(answers, name)]
    run = runs.get_run(store, run_id)
    older = {
        f"{OLDER}{one.id}": one.name
        for one in runs.list_runs(store, run.project_id)
        if one.id < run_id and one.is_usable and one.task == run.task
        if list_evaluations(store, one.id)
    }
    return {name: rung_named(name).title for name in rungs} | older


def other_named(store: Store, run_id: int, name: str) -> str:
    """The key in `others` that is meant: a rung, or a run as `run:3`.

    Raises:
        WorkbenchError: it has not answered this exam.
    """
    found = others(store, run_id)
    number = _OLDER.fullmatch(name.strip())
    key = f"{OLDER}{number[1]}" if number else name.strip().lower()
    if key not in found:
        there = joined([one.replace(OLDER, "run:") for one in found], "or") or "nobody else"
        raise WorkbenchError(f"'{name}' has not answered this exam; compare with {there}.")
    return key


def draw(store: Store, run_id: int, other: str, *, with_expected: bool, most: int) -> Drawn:
    """Some of the questions that both answered differently, the same ones every time.

    Args:
        other: a key of `others`.

    Raises:
        WorkbenchError: there is no exam, the other has not taken it, or both answer all alike.
    """
    exam = exam_to_judge(store, run_id)
    title = others(store, run_id).get(other, other)
    found = _pairs(store, exam, other)
    differ = [pair for pair in found if pair.mine.split() != pair.other.split()]
    fit = [pair for pair in differ if pair.characters <= MOST_CHARACTERS]
    if not fit:
        raise WorkbenchError(
            f"There is nothing to judge: of {len(found)} questions that both answered, "
            f"{len(found) - len(differ)} are answered alike and {len(differ)} are too long to be sent."
        )
    drawn = random.Random(run_id).sample(fit, min(most, len(fit)))
    if not with_expected:
        drawn = [replace(pair, expected="") for pair in drawn]
    return Drawn(
        tuple(drawn), exam, title, len(found), len(found) - len(differ), len(differ) - len(fit)
    )


def put(pairs: Sequence[Pair]) -> Path:
    """Keep pairs as an object; the same file for the same pairs.

    Raises:
        StorageError: the disk takes nothing.
    """
    text = json.dumps([pair.as_dict() for pair in pairs])
    return files.object_path(files.put(io.BytesIO(text.encode())))


def _pairs(store: Store, exam: EvaluationInfo, other: str) -> list[Pair]:
    answers = predictions(store, exam.id)
    if other.startswith(OLDER):
        run = runs.get_run(store, exam.run_id)
        older = older_answers(store, exam, answers, run)
        table = next((one.answers for one in older if one.name == other), None)
        if table is None:
            raise WorkbenchError(
                f"What {other} answered cannot be compared: it has not answered enough of the same "
                "questions without having learned from them, or there are three newer ones that have."
            )
        answers = table
    elif not _has(answers, other):
        raise WorkbenchError(f"What '{other}' answers to this exam was not kept: score it again.")
    answers = answers[answers[TUNED].notna() & answers[other].notna()]
    columns = (answers[name] for name in ("row_id", "input", TUNED, other, "expected"))
    return [
        Pair(int(row_id), str(question), str(mine), str(others), str(expected))
        for row_id, question, mine, others, expected in zip(*columns, strict=True)
    ]


def _has(answers: pd.DataFrame, name: str) -> bool:
    return name in answers and bool(answers[name].notna().any())
