"""The rungs below every model: ways to answer that learn in seconds, or not at all."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from workbench.core.errors import WorkbenchError
from workbench.core.recipe import TURNS
from workbench.core.tasks import SPLITS, task_named
from workbench.core.tasks.rungs import BASELINE, CHEAP, FREQUENT, LEAD, MEDIAN, NEAREST, cheap_for
from workbench.engine.evaluation.baseline import learned_svm, learned_svms
from workbench.engine.evaluation.lead import learned_lead
from workbench.engine.evaluation.nearest_answers import learned_nearest, learned_typical
from workbench.engine.evaluation.simple_numbers import learned_median, learned_ridge
from workbench.engine.evaluation.systems import Answers, Done, Evaluation, take
from workbench.engine.rows import Row, row_batches
from workbench.jobs.process.specs import PredictSpec
from workbench.jobs.process.stop import Check, Stop
from workbench.models.trained import read_trained

MOST_TEXTS, MOST_CHARS = 100, 1000
"""Answers among which the one most like all others is looked for, and what is read of each."""
MOST_ROWS = 100_000
"""Examples that are learned from at most; of more, some of all."""

Answering = Callable[[Sequence[str]], list[str]]
"""Gives the answer to each question."""
Learn = Callable[[Sequence[str], Sequence[str]], Answering]
"""From questions and their answers."""


def simple_answers(
    task: str, learned: Sequence[Row], questions: Sequence[str], rungs: Sequence[str] = CHEAP
) -> dict[str, Answers]:
    """What each simple rung answers, with the seconds that an answer took.

    Args:
        learned: the rows to learn from, never those that are asked.
        rungs: who is to answer, as far as the task has right answers of that sort.
    """
    known = _known(task, learned)
    if not known or not questions:
        return {}
    asked, given = [one for one, _ in known], [one for _, one in known]
    found = {}
    for name in (name for name in cheap_for(task_named(task)) if name in rungs):
        answering = _learning(task, name)(asked, given)
        begun = time.perf_counter()
        texts = answering(questions)
        found[name] = Answers(texts, seconds=(time.perf_counter() - begun) / len(questions))
    return found


def add_simple(
    exam: Evaluation,
    task: str,
    learned_from: Path | None,
    check: Check,
    *,
    rungs: Sequence[str] = CHEAP,
    by_turns: bool = False,
) -> None:
    """Let the simple rungs sit an exam, too.

    Args:
        learned_from: the version the model was trained on; without it there is nothing to learn.
        by_turns: whether the model learned from all rows of that version.

    Raises:
        Cancelled, Orphaned: the process is to leave.
    """
    if learned_from is None or not learned_from.is_file() or not exam.rows:
        return
    learned = _some(learned_from, _splits(by_turns), check)
    for name, answers in simple_answers(task, learned, exam.questions, rungs).items():
        take(exam, name, task, answers)
    check()


def simple_answerer(spec: PredictSpec) -> Callable[[Sequence[Row], Stop, Done], Answers]:
    """Gives each row the answer of the rung that a prediction names, as it gave it in the exam.

    Raises:
        WorkbenchError: the examples to learn from are gone, or the task has no such rung.
    """
    _data_of(spec.adapter)
    learned: list[Answering] = []

    def answer(rows: Sequence[Row], stop: Stop, done: Done) -> Answers:
        if not learned:
            learned.append(in_place(spec.adapter, spec.task, spec.rung or "", stop.check))
        texts = learned[0]([task_named(spec.task).question(row) for row in rows]) if rows else []
        stop.check()
        done(len(rows))
        return Answers(texts)

    return answer


def in_place(adapter: Path | None, task: str, rung: str, check: Check) -> Answering:
    """The rung that answers in the place of a trained model, once it has learned what that did.

    Raises:
        WorkbenchError: the examples to learn from are gone, or the task has no such rung.
        Cancelled, Orphaned: the process is to leave.
    """
    data, splits = _data_of(adapter)
    return _learned(task, _some(data, splits, check), rung)


def _data_of(adapter: Path | None) -> tuple[Path, Sequence[str]]:
    """The examples that a model learned from, and which of them."""
    trained = read_trained(adapter) if adapter else None
    if trained is None or trained.data is None or not trained.data.is_file():
        raise WorkbenchError(
            "The examples that this model learned from are not on the disk any more, so nobody can "
            "answer in its place: ask the trained model."
        )
    return trained.data, _splits(trained.exam == TURNS)


def _learned(task: str, rows: Sequence[Row], rung: str) -> Answering:
    """The rung that a prediction names, once it has learned from these rows.

    Raises:
        WorkbenchError: there is nothing to learn from, or the task has no such rung.
    """
    known = _known(task, rows)
    if not known or rung not in cheap_for(task_named(task)):
        raise WorkbenchError(f"Nobody called '{rung}' can answer such questions: ask the model.")
    return _learning(task, rung)([one for one, _ in known], [one for _, one in known])


def _known(task: str, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Questions and answers of those rows that have an answer."""
    about = task_named(task)
    pairs = ((about.question(row), about.answer(row)) for row in rows)
    return [(question, answer) for question, answer in pairs if answer is not None]


def _splits(by_turns: bool) -> Sequence[str]:
    """What a model learned from, and whoever answers in its place may."""
    return SPLITS if by_turns else SPLITS[:1]


def _some(path: Path, splits: Sequence[str], check: Check) -> list[Row]:
    rows: list[Row] = []
    for split in splits:
        for batch in row_batches(path, split):
            check()
            rows += batch
    return rows[:: -(-len(rows) // MOST_ROWS) or 1]


def _most_frequent(questions: Sequence[str], answers: Sequence[str]) -> Answering:
    (answer, times), *_ = Counter(answers).most_common(1)
    chosen = answer if times > 1 else _most_alike(answers)
    return lambda asked: [chosen] * len(asked)


def _most_alike(answers: Sequence[str]) -> str:
    """The medoid of some of the answers by chrF."""
    some = answers[:: -(-len(answers) // MOST_TEXTS) or 1]
    return some[int(np.argmax(_likeness([text[:MOST_CHARS] for text in some])))]


def _likeness(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """Of each text, the sum of its chrF to all others."""
    from workbench.evaluation.scoring.chrf import chrf_counts, chrf_of

    return np.array([chrf_of(chrf_counts(texts, [text] * len(texts))).sum() for text in texts])


def _learning(task: str, rung: str) -> Learn:
    if rung == BASELINE and task_named(task).answers_are_sets:
        return learned_svms
    if rung == BASELINE and task_named(task).answers_are_numbers:
        return learned_ridge
    if rung == NEAREST and task_named(task).can_lean_on_examples:
        return learned_typical
    return _LEARN[rung]


_LEARN: dict[str, Learn] = {
    FREQUENT: _most_frequent,
    MEDIAN: learned_median,
    BASELINE: learned_svm,
    NEAREST: learned_nearest,
    LEAD: learned_lead,
}
