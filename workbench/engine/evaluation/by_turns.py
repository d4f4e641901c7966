"""An exam by turns, as it is kept: answers of several trainings, each to the rows it left out."""

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.core.metrics import main_score
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import BASE, CHEAP, TUNED
from workbench.engine.evaluation.simple_rungs import simple_answers
from workbench.engine.evaluation.systems import Answers, Evaluation, take, write_evaluation
from workbench.engine.rows import Row
from workbench.evaluation.scoring.intervals import by_turns_interval
from workbench.evaluation.scoring.row_sums import TURN
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
    numbers = [number for number, turn in enumerate(exam.turns) for _ in turn.asked]
    written = write_evaluation(job.path, found, {TURN: numbers})
    told = summary(task, written["scores"][TUNED], len(rows), len(exam.turns))
    return {**written, "scores": {**scores, "test": written["scores"], "by_turns": told}}


def summary(task: str, scores: Result, rows: int, turns: int) -> Result:
    """The score that counts, and how far it can be trusted."""
    score = main_score(task, scores) or 0.0
    low, high = by_turns_interval(score * rows, rows)
    return {"score": score, "interval": [low, high], "rows": rows, "turns": turns}


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
        read=[told for part in parts for told in part.read or [""] * len(part.texts)],
    )


def _mean(parts: Sequence[tuple[float | None, int]]) -> float | None:
    """Of numbers that stand for so many rows each; None if one is missing."""
    known = [(value, rows) for value, rows in parts if value is not None]
    if len(known) < len(parts):
        return None
    return sum(value * rows for value, rows in known) / max(1, sum(rows for _, rows in known))
