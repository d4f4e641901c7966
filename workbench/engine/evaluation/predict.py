"""Prediction: a trained model answers every row of a file, or the first ones."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core import parquet
from workbench.core.metrics import INVENTED
from workbench.core.tasks import task_named
from workbench.core.words import count
from workbench.data.examples.questions import write_questions
from workbench.engine.evaluation.jobs import Engine
from workbench.engine.evaluation.known_facts import known_to
from workbench.engine.evaluation.simple_rungs import simple_answerer
from workbench.engine.evaluation.systems import (
    READ,
    Answers,
    columns_of,
    columns_of_estimates,
    outside_too,
    report_unknown,
)
from workbench.engine.rows import Row, row_batches
from workbench.evaluation.scoring.facts.known import Known
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.parts import PREDICTIONS, Parts, Span, answered, stopped
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import PredictSpec
from workbench.jobs.process.stop import Cancelled, Stop
from workbench.models.families import family_named
from workbench.models.trained import read_trained

WRITING_ROWS, SORTING_ROWS = 64, 1000
"""Rows of a part: about a minute's work, so that a kill costs no more; the same in every attempt,
since who is asked beside whom may change an answer's last digits."""
QUESTIONS = "questions.parquet"


def predict(engine: Engine, spec: PredictSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Answer every row of a file; what an earlier attempt has answered is not asked again.

    Raises:
        Cancelled, Orphaned: the process is to leave; a cancel once something is answered gives a
            result with that.
        WorkbenchError: a row or the model cannot be used.
    """
    report.phase("preparing", "Loading the model")
    data = _questions(spec, job, stop)
    rows = _rows_of(spec, data)
    family = family_named(spec.base.family)
    parts = Parts(job, rows, WRITING_ROWS if family.writes_text else SORTING_ROWS)
    if spec.share is not None:
        return _of_share(engine, spec, data, parts, rows, report, stop)
    if spec.former is not None and not parts.done:
        parts.take_over(spec.former)
    missing = parts.missing
    try:
        todo = _Todo(data, rows, missing)
        seconds = _answer(engine, spec, todo, parts, report, stop) if missing else None
    except Cancelled:
        if not parts.done:
            raise
        return stopped(job, parts.done, rows)
    timed = {} if seconds is None else {"row_seconds": seconds}
    return {**_made(job, parts, spec, data, rows), **timed}


def _of_share(
    engine: Engine,
    spec: PredictSpec,
    data: Path,
    parts: Parts,
    rows: int,
    report: Report,
    stop: Stop,
) -> Result:
    """Answer the parts of one share; how many rows the whole has is told, whatever ends it."""
    assert spec.share is not None
    mine = parts.missing_of(spec.share)
    todo = _Todo(data, _rows_in(mine), mine)
    try:
        seconds = _answer(engine, spec, todo, parts, report, stop) if mine else None
    except Cancelled:
        return {"status": "cancelled", "reason": "", "of": rows}
    return {"of": rows, "row_seconds": seconds}


@dataclass(frozen=True)
class _Todo:
    """What is to be answered."""

    data: Path
    rows: int
    """All, also those that an earlier attempt has answered."""
    missing: Sequence[Span]


def _rows_in(spans: Sequence[Span]) -> int:
    return sum(end - start for start, end in spans)


def _questions(spec: PredictSpec, job: JobDir, stop: Stop) -> Path:
    """The examples to answer; of a large table they are made now, once for all attempts."""
    if spec.asks is None:
        return spec.data
    target = job.path / QUESTIONS
    if not parquet.is_whole(target):
        name = spec.source.get("name", spec.data.name)
        write_questions(
            spec.data, name, task_named(spec.task), spec.asks, target, stop.check, spec.most
        )
    return target


def _rows_of(spec: PredictSpec, data: Path) -> int:
    parquet.check(data, parquet.damaged_examples(data))
    rows = int(pq.read_metadata(data).num_rows)
    return rows if spec.most is None else min(rows, spec.most)


def _answer(
    engine: Engine, spec: PredictSpec, todo: _Todo, parts: Parts, report: Report, stop: Stop
) -> float:
    """Answer what is missing; the seconds that a row took."""
    answer = simple_answerer(spec) if spec.rung else engine.answerer(spec)
    stop.check()
    rows, new = todo.rows, _rows_in(todo.missing)
    report.phase("evaluating", f"{family_named(spec.base.family).answering} {count(rows)} rows")
    meter = Meter(report, stop.check, rows, done=(rows - new) / rows)
    meter((rows - new) / rows)
    table = _AnswerTable(spec, todo.data)
    begun, done = time.monotonic(), rows - new
    for span, asked in _spans(todo.data, todo.missing):
        share = meter.part(done / rows, (done + len(asked)) / rows)
        answers = answer(asked, stop, share.counted(len(asked)))
        report_unknown(report, "The model", answers)
        parts.keep(span, table.of(asked, answers))
        done += len(asked)
    return round((time.monotonic() - begun) / max(1, new), 4)


def _spans(data: Path, missing: Sequence[Span]) -> Iterator[tuple[Span, list[Row]]]:
    """Each stretch of rows with its rows, of which no more are in memory than that and a batch."""
    rows: Iterator[Row] = (row for batch in row_batches(data) for row in batch)
    place = 0
    for start, end in missing:
        next(islice(rows, start - place, start - place), None)
        place = end
        yield (start, end), list(islice(rows, end - start))


class _AnswerTable:
    """Rows with their answers as they are kept: what was asked, then what was answered."""

    def __init__(self, spec: PredictSpec, data: Path) -> None:
        self._task = spec.task
        self._asked = pq.read_schema(data)
        self._outside = read_trained(spec.adapter).out_of_scope if spec.adapter else ""
        self._known = known_to(spec.adapter) if spec.adapter else None

    def of(self, rows: Sequence[Row], answers: Answers) -> pa.Table:
        """The table of some rows; its columns are the same for all of a file's."""
        columns: dict[str, Any] = {
            field.name: pa.array([row[field.name] for row in rows], field.type)
            for field in self._asked
        }
        columns["output"] = pa.array(answers.texts, pa.large_string())
        if answers.probabilities is not None:
            columns["probability"] = pa.array(answers.probabilities, pa.float64())
        if answers.fields is not None:
            columns |= columns_of(answers.fields)
        if answers.estimates is not None:
            columns |= columns_of_estimates(answers.estimates)
        none = outside_too(answers.none_of_these, answers.texts, self._outside)
        if none is not None:
            columns["none_of_these"] = pa.array(none, pa.bool_())
        if answers.read is not None:
            columns[READ] = pa.array(answers.read, pa.string())
        if self._known is not None:
            told = _invented(self._known, self._task, rows, answers.texts)
            columns[INVENTED] = pa.array(told, pa.large_string())
        return pa.table(columns)


def _invented(known: Known, task: str, rows: Sequence[Row], answers: Sequence[str]) -> list[str]:
    """What each answer says that nobody told the model, one behind the other."""
    asked = [(task_named(task).question(row), str(row.get("system") or "")) for row in rows]
    return [
        "; ".join(known.invented_texts(answer, *told))
        for answer, told in zip(answers, asked, strict=True)
    ]


def _made(job: JobDir, parts: Parts, spec: PredictSpec, data: Path, rows: int) -> Result:
    if parts.done:
        return answered(job, parts.done, rows)
    path = job.path / PREDICTIONS
    sorts = not family_named(spec.base.family).writes_text
    numbers = task_named(spec.task).answers_are_numbers
    sure: list[float] | None = [] if sorts and not numbers else None
    nothing = Answers([], sure, read=[], estimates=[] if numbers else None)
    pq.write_table(_AnswerTable(spec, data).of([], nothing), path)
    return {"rows": 0, "predictions": str(path), "of": rows}
