"""An exam by turns, as it is kept: answers of several trainings, each to the rows it left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from workbench.core.metrics import INVENTED, main_score, metric_of
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import BASE, CHEAP, TUNED
from workbench.engine.evaluation.likeness import mark_likeness
from workbench.engine.evaluation.simple_rungs import simple_answers
from workbench.engine.evaluation.systems import (
    Answers,
    Evaluation,
    columns_told,
    take,
    write_evaluation,
)
from workbench.engine.rows import Row
from workbench.evaluation.scoring.intervals import by_turns_interval
from workbench.evaluation.scoring.row_scores import score_rows
from workbench.evaluation.scoring.row_sums import TURN, score_interval
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.stop import Stop


@dataclass(frozen=True)
class Turn:
    """A training without some rows, and what it answered to them."""

    asked: Sequence[Row]
    learned: Sequence[Row]
    base: Answers
    tuned: Answers
    invented: Mapping[str, Sequence[list[str]]] = field(default_factory=dict)
    """By system, what in each answer nobody had told the model of this turn; free texts only."""


@dataclass(frozen=True)
class ExamByTurns:
    """Every row that is asked is asked in one turn."""

    turns: Sequence[Turn]


def write_by_turns(
    exam: ExamByTurns, task: str, job: JobDir, report: Report, stop: Stop, scores: Result
) -> Result:
    """Keep the answers of all turns as those of one exam; its scores behind the others.

    Raises:
        Cancelled, Orphaned: the process is to leave.
    """
    report.phase("evaluating", "The simple ways to answer take the exam, turn by turn")
    meter = Meter(report, stop.check, sum(len(turn.asked) for turn in exam.turns))
    simple: list[dict[str, Answers]] = []
    for number, turn in enumerate(exam.turns):
        meter(number / len(exam.turns))
        questions = [task_named(task).question(row) for row in turn.asked]
        simple.append(simple_answers(task, turn.learned, questions))
    rows = [row for turn in exam.turns for row in turn.asked]
    about = task_named(task)
    found = Evaluation(
        rows, [about.question(row) for row in rows], [about.answer(row) or "" for row in rows]
    )
    take(found, BASE, task, _joined([turn.base for turn in exam.turns]))
    take(found, TUNED, task, _joined([turn.tuned for turn in exam.turns]))
    for name in (name for name in CHEAP if all(name in answers for answers in simple)):
        take(found, name, task, _joined([answers[name] for answers in simple]))
    for who in (BASE, TUNED):
        _take_invented(found, who, [turn.invented for turn in exam.turns])
    mark_likeness(found, task, stop)
    numbers = [number for number, turn in enumerate(exam.turns) for _ in turn.asked]
    written = write_evaluation(job.path, found, {TURN: numbers})
    told = summary(task, written["scores"][TUNED], found, numbers)
    return {**written, "scores": {**scores, "test": written["scores"], "by_turns": told}}


def summary(task: str, scores: Result, exam: Evaluation, turns: Sequence[int]) -> Result:
    """The score that counts, and how far it can be trusted.

    Args:
        turns: of each row, the turn in which it was asked.
    """
    metric, rows = metric_of(task), len(exam.rows)
    score = main_score(task, scores) or 0.0
    interval: tuple[float, float] | None = None
    if metric.is_share_right:
        interval = by_turns_interval(score * rows, rows)
    else:
        answers = pd.DataFrame(
            {name: list(column) for name, column in columns_told(exam).items()} | {TURN: turns}
        )
        interval = score_interval(metric, TUNED, score, score_rows(answers, task))
    low, high = interval or (score, score)
    return {"score": score, "interval": [low, high], "rows": rows, "turns": len({*turns})}


def _take_invented(
    exam: Evaluation, who: str, parts: Sequence[Mapping[str, Sequence[list[str]]]]
) -> None:
    """Put into the exam what each turn found that nobody had told its model."""
    found = [own for part in parts for own in part.get(who, ())]
    if found and len(found) == len(exam.rows):
        exam.invented[who] = found
        exam.scores[who][INVENTED] = sum(map(bool, found)) / len(found)


def _joined(parts: Sequence[Answers]) -> Answers:
    texts = [text for part in parts for text in part.texts]
    sure = [share for part in parts for share in part.probabilities or ()]
    none = [told for part in parts for told in part.none_of_these or ()]
    can_tell = all(part.none_of_these is not None for part in parts)
    return Answers(
        texts,
        sure or None,
        _mean([(part.loss, len(part.texts)) for part in parts]),
        none if can_tell else None,
        _mean([(part.seconds, len(part.texts)) for part in parts]),
        unknown=_all([part.unknown for part in parts]),
        fields=_all([part.fields for part in parts]),
        read=[told for part in parts for told in part.read or [""] * len(part.texts)],
    )


def _all(parts: Sequence[Sequence[Any] | None]) -> list[Any] | None:
    """What is told of each answer, one turn after the other; None if a turn tells nothing."""
    if any(part is None for part in parts):
        return None
    return [one for part in parts for one in part or ()]


def _mean(parts: Sequence[tuple[float | None, int]]) -> float | None:
    """Of numbers that stand for so many rows each; None if one is missing."""
    known = [(value, rows) for value, rows in parts if value is not None]
    if len(known) < len(parts):
        return None
    return sum(value * rows for value, rows in known) / max(1, sum(rows for _, rows in known))
