"""The exam: base and tuned model on the same rows with the same prompt, and their scores.

The loss is measured on all rows; answers are given for those that are asked, since writing them is
slow. For categories a model that writes is not made to write: each category is scored as the answer
and the likeliest taken, for base and tuned model alike. That is faster, and it measures what a model
knows rather than whether it can spell: an untrained model that answers "This is about delivery." is
not counted as wrong for its manners.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.metrics import INVENTED
from workbench.core.tasks import task_named
from workbench.core.tasks.category_sets import categories_in
from workbench.core.tasks.rungs import BASELINE, NAMES, TUNED
from workbench.engine.rows import Row
from workbench.evaluation.scoring.by_task.pairs import MARGIN, PairLikelihoods
from workbench.evaluation.scoring.likelihoods import Likelihoods
from workbench.evaluation.scoring.text_scores import Scores, text_scores
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.number_range import Estimate
from workbench.jobs.process.parts import PREDICTIONS
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.stop import Stop

CUT, PARTS, SURE = "cut", "parts", "sure"
"""Of answers in fields: which of them the room cut, in how many parts a text was read, and how sure the
model was of each (JSON)."""
LOW, HIGH, ROUNDED, OUTSIDE = "low", "high", "rounded", "outside"
"""Of answers that are numbers: between which two the true one lies, the step of a score, and what the
model's own estimate was where that lay beyond all numbers that it has seen."""
SHOWN_STRANGERS = 5
READ = "read"
"""The column that says how much of a long question was read."""

Done = Callable[[int], None]
"""Told how many rows are answered."""


@dataclass(frozen=True)
class Answers:
    """What a model answered, row by row."""

    texts: list[str]
    probabilities: list[float] | None = None
    """Of the chosen category; None where there are none."""
    loss: float | None = None
    """Mean over the learned tokens, or over the rows whose category was learned; if measured."""
    none_of_these: list[bool] | None = None
    """Whether a text belongs to no category; None where the model cannot tell."""
    seconds: float | None = None
    """Of one answer; None where nobody measured it."""
    likelihoods: Likelihoods | None = None
    """Of all rows, where they are documents."""
    pairs: PairLikelihoods | None = None
    """Of both answers of each pair, where they are compared."""
    moved: Mapping[str, float] | None = None
    """How far the answers of pairs lie from what they were before, on average."""
    unknown: list[list[str]] | None = None
    """What each written answer named beside the categories that there are."""
    fields: Sequence[Any] | None = None
    """What is told of each answer in fields (`generative.fields`): cut ones, parts; None elsewhere."""
    estimates: Sequence[Estimate] | None = None
    """Of answers that are numbers: between which ones the true one lies; None elsewhere."""
    read: list[str] | None = None
    """How much of each text was read, in a few words; empty of one that was read at once."""


Examine = Callable[[Sequence[Row], Sequence[Row], Stop, Done], Answers]
"""Called with the rows to measure the loss on, and those of them to answer."""


@dataclass(frozen=True)
class System:
    """One of those that sit an exam: the model before or after training."""

    name: str
    """BASE, EXAMPLES or TUNED."""
    title: str
    examine: Examine
    labels: Sequence[str] = ()
    """The categories that it can answer."""


@dataclass
class Evaluation:
    """What was asked, what was expected and what each system answered."""

    rows: list[Row]
    questions: list[str]
    expected: list[str]
    answers: dict[str, list[str]] = field(default_factory=dict)
    """By system; empty for a document that nobody was asked to go on with."""
    probabilities: dict[str, list[float]] = field(default_factory=dict)
    """Of the chosen category, by system; categories only."""
    none_of_these: dict[str, list[bool]] = field(default_factory=dict)
    """By system, of those that can tell."""
    scores: dict[str, Scores] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    """Of an answer, by system; where it was measured."""
    invented: dict[str, list[list[str]]] = field(default_factory=dict)
    """What in each answer nobody told the model, by system; free texts only."""
    fields: dict[str, list[Any]] = field(default_factory=dict)
    """What is told of each answer in fields, by system; of that task only."""
    estimates: dict[str, list[Estimate]] = field(default_factory=dict)
    """What is told of each answer that is a number, by system; of that task only."""
    likeness: dict[str, list[float]] = field(default_factory=dict)
    """How near each answer lies to the wanted one in meaning, by system; free texts only."""
    likelihoods: dict[str, Likelihoods] = field(default_factory=dict)
    """How likely each text is, by system; documents only."""
    pairs: dict[str, PairLikelihoods] = field(default_factory=dict)
    """How likely both answers of each pair are, by system; pairs only."""
    read: list[str] = field(default_factory=list)
    """How much of each question was read, of those that are longer than is read at once."""


def evaluate_systems(
    systems: Iterable[System],
    task: str,
    rows: Sequence[Row],
    asked: Sequence[Row],
    report: Report,
    stop: Stop,
    count: int = 2,
    noun: str = "exam questions",
) -> Evaluation:
    """Ask every system, one after the other.

    Args:
        systems: each may be loaded only when it is its turn.
        asked: those of the rows that are answered.
        count: so many systems there are.
        noun: what is asked, in the log and the progress.

    Raises:
        Cancelled, Orphaned: the process is to leave.
        WorkbenchError: a row cannot be put in a model's words, or a model cannot be loaded.
    """
    about = task_named(task)
    told = rows if about.rows_are_documents else asked
    exam = Evaluation(
        list(told),
        [about.question(row) for row in told],
        [about.answer(row) or "" for row in told],
    )
    meter: Meter | None = None
    for number, system in enumerate(systems):
        if meter is None:
            known = [name for text in exam.expected for name in categories_in(text)]
            wanted = known if about.answers_are_sets else exam.expected
            _report_strangers(report, wanted, system.labels, noun)
            meter = Meter(report, stop.check, count * len(asked))
        report.phase("evaluating", f"{system.title} answers the {noun}")
        part = meter.part(number / count, (number + 1) / count)
        answers = system.examine(rows, asked, stop, part.counted(len(asked)))
        take(exam, system.name, task, answers)
        if len(told) > len(asked):
            exam.answers[system.name] = _beside(told, asked, answers.texts)
        report_unknown(report, system.title, answers)
    return exam


def _beside(rows: Sequence[Row], asked: Sequence[Row], texts: Sequence[str]) -> list[str]:
    """What was answered to each row; nothing to those that were not asked."""
    own = {id(row): text for row, text in zip(asked, texts, strict=True)}
    return [own.get(id(row), "") for row in rows]


def take(exam: Evaluation, name: str, task: str, answers: Answers) -> None:
    """Put what a system answered into the exam, with its scores."""
    exam.answers[name] = list(answers.texts)
    if answers.probabilities is not None:
        exam.probabilities[name] = answers.probabilities
    if answers.none_of_these is not None:
        exam.none_of_these[name] = answers.none_of_these
    if answers.fields is not None:
        exam.fields[name] = list(answers.fields)
    if answers.estimates is not None:
        exam.estimates[name] = list(answers.estimates)
    loss = {} if answers.loss is None else {"loss": answers.loss}
    exam.scores[name] = {**loss, **text_scores(task, exam.expected, answers.texts)}
    if answers.likelihoods is not None:
        exam.likelihoods[name] = answers.likelihoods
        exam.scores[name] |= answers.likelihoods.scores()
    if answers.pairs is not None:
        exam.pairs[name] = answers.pairs
        exam.scores[name] |= {MARGIN: answers.pairs.margin, **(answers.moved or {})}
    if answers.seconds is not None:
        exam.seconds[name] = answers.seconds
    if name == TUNED and answers.read is not None:
        exam.read = answers.read


def report_unknown(report: Report, title: str, answers: Answers) -> None:
    """Say what written answers named that is no category."""
    names = sorted({name for own in answers.unknown or () for name in own})
    if names:
        rows = sum(bool(own) for own in answers.unknown or ())
        shown = ", ".join(f"'{name[:60]}'" for name in names[:SHOWN_STRANGERS])
        report.log(
            f"{title} named what is no category in {rows} of {len(answers.texts)} answers ({shown}"
            f"{' …' if len(names) > SHOWN_STRANGERS else ''}): that is left out of them."
        )


def columns_of(told: Sequence[Any], suffix: str = "") -> dict[str, pa.Array]:
    """What is told of answers in fields, as columns that are kept beside them."""
    return {
        f"{CUT}{suffix}": pa.array([list(each.cut) for each in told], pa.list_(pa.string())),
        f"{PARTS}{suffix}": pa.array([each.parts for each in told], pa.int64()),
        f"{SURE}{suffix}": pa.array([_rounded(each.sure) for each in told], pa.string()),
    }


def columns_of_estimates(told: Sequence[Estimate]) -> dict[str, pa.Array]:
    """Between which numbers each true one lies, as columns that are kept beside the answers."""
    return {
        name: pa.array([getattr(own, name) for own in told], pa.float64())
        for name in (LOW, HIGH, ROUNDED, OUTSIDE)
    }


def _rounded(sure: Mapping[str, float]) -> str:
    return json.dumps({name: round(value, 4) for name, value in sure.items()}, ensure_ascii=False)


def outside_too(
    none: Sequence[bool] | None, texts: Sequence[str], outside: str
) -> list[bool] | None:
    """Which answers say that a text belongs to no category, those of that category included.

    Args:
        none: what the model can tell besides, text by text.
        outside: the category of texts that belong to none of the others; empty where there is none.
    """
    if not outside:
        return None if none is None else list(none)
    told = none if none is not None else [False] * len(texts)
    return [one or text == outside for one, text in zip(told, texts, strict=True)]


def mark_outside(exam: Evaluation, outside: str) -> None:
    """Count the trained model's answers of that category among those that belong to none."""
    if outside and TUNED in exam.answers:
        none = outside_too(exam.none_of_these.get(TUNED), exam.answers[TUNED], outside)
        exam.none_of_these[TUNED] = none or []


def write_evaluation(
    folder: Path, exam: Evaluation, others: Mapping[str, Sequence[Any]] | None = None
) -> Result:
    """Keep the exam's answers as predictions.parquet; the scores of all who sat it, and their times.

    Args:
        folder: the job's.
        others: further columns.
    """
    path = folder / PREDICTIONS
    pq.write_table(pa.table({**columns_told(exam), **(others or {})}), path)
    return {
        "scores": {BASELINE: None, **exam.scores},
        "answer_seconds": exam.seconds,
        "rows": len(exam.rows),
        "predictions": str(path),
    }


def _report_strangers(
    report: Report, expected: Sequence[str], labels: Sequence[str], noun: str
) -> None:
    """Say which categories nobody can answer, since no training row had them."""
    known = set(labels)
    strangers = sorted(set(expected) - known) if known else []
    if not strangers:
        return
    number = sum(label not in known for label in expected)
    named = ", ".join(f"'{label}'" for label in strangers[:SHOWN_STRANGERS])
    left = len(strangers) - SHOWN_STRANGERS
    more = f" and {left} more" if left > 0 else ""
    report.log(
        f"{number} {noun} count as wrong: their categories ({named}{more}) do not "
        "occur in the training examples. Add examples of them and train again."
    )


def columns_told(exam: Evaluation) -> dict[str, Any]:
    """What was asked and answered, as columns of a table."""
    columns: dict[str, Any] = {
        "row_id": [int(row["row_id"]) for row in exam.rows],
        "input": exam.questions,
        "expected": exam.expected,
        BASELINE: pa.nulls(len(exam.rows), pa.string()),
    }
    columns |= {
        name: pa.array(exam.answers[name], pa.string()) for name in NAMES if name in exam.answers
    }
    if exam.probabilities:
        columns["probability"] = exam.probabilities[TUNED]
    if TUNED in exam.none_of_these:
        columns["none_of_these"] = exam.none_of_these[TUNED]
    if any(exam.read):
        columns[READ] = exam.read
    for who, found in exam.invented.items():
        columns[f"{INVENTED}_{who}"] = pa.array(found, pa.list_(pa.string()))
    if TUNED in exam.estimates:
        columns |= columns_of_estimates(exam.estimates[TUNED])
    for who, of_fields in exam.fields.items():
        columns |= columns_of(of_fields, f"_{who}")
    columns |= {f"likeness_{who}": near for who, near in exam.likeness.items()}
    for who, measured in exam.likelihoods.items():
        columns |= measured.columns(who)
    for who, both in exam.pairs.items():
        columns |= both.columns(who)
    if exam.pairs:
        columns["other"] = [str(row["rejected"]) for row in exam.rows]
    return columns
