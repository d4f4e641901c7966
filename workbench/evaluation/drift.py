"""Drift: whether a newer file is like what a model learned from and was examined on, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from storage import evaluations as evaluation_rows
from storage import files
from storage.database import Store
from storage.tables import Job
from workbench.core import parquet
from workbench.core.errors import WorkbenchError
from workbench.core.metrics import metric_of
from workbench.core.tasks import task_named
from workbench.core.words import joined, percent, plural
from workbench.data.columns.mapping import columns_in
from workbench.data.mapped_file import MappedFile
from workbench.data.readers import Table
from workbench.data.versions import VersionInfo, get_version
from workbench.evaluation.evaluations import (
    EvaluationInfo,
    list_evaluations,
    predictions,
    version_of,
)
from workbench.evaluation.rows.learned_rows import LearnedRows
from workbench.evaluation.scoring.drift import (
    CONFIDENCE,
    LIKENESS,
    MIX,
    UNLIKE,
    Change,
    Side,
    Sign,
    category_changes,
    find_signs,
    score_change,
)
from workbench.evaluation.slices import apart, points, scores_of, worded
from workbench.evaluation.verdict import TURN
from workbench.jobs.job import JobView, spec_of, view_of
from workbench.jobs.process.specs import PredictSpec

NOTHING_LEARNED = (
    "The rows that the model learned from say nothing that a file could be compared with: choose another "
    "run."
)
_FEW = 30
_NAMED = 3


@dataclass(frozen=True)
class Drift:
    """What has changed between a model's exam and a newer file."""

    task: str
    file: str
    rows: int
    exam_rows: int
    """0 where the exam's answers are gone: then texts are compared with those learned from alone."""
    signs: tuple[Sign, ...]
    change: Change | None = None
    """Of the score; None where the file has no answers to compare with."""
    moved: tuple[Change, ...] = ()
    """The same of each category, the largest loss first."""

    @property
    def worse(self) -> bool:
        """Whether the score has fallen by more than chance."""
        return self.change is not None and self.change.certain and self.change.gain < 0

    @property
    def alarm(self) -> bool:
        """Whether something has changed that matters."""
        return self.worse or any(sign.alarm for sign in self.signs)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "file": self.file,
            "rows": self.rows,
            "exam_rows": self.exam_rows,
            "alarm": self.alarm,
            "sentence": sentence(self),
            "signs": {sign.name: _sign_dict(sign) for sign in self.signs},
            "score": _change_dict(self.change) if self.change else None,
            "categories": [{"category": one.category, **_change_dict(one)} for one in self.moved],
        }


def _sign_dict(sign: Sign) -> dict[str, Any]:
    names = ("exam", "file", "size", "p", "alarm", "category")
    found = {name: getattr(sign, name) for name in names}
    return found if sign.category else {k: v for k, v in found.items() if k != "category"}


def _change_dict(change: Change) -> dict[str, Any]:
    names = ("exam", "file", "difference", "low", "high", "rows", "certain")
    return {name: getattr(change, name) for name in names}


def exam_hash(store: Store, run_id: int) -> str:
    """The content of the exam that files are compared with; empty where there is none."""
    exam = next((one for one in list_evaluations(store, run_id) if one.is_exam), None)
    return exam.predictions_hash if exam else ""


def prediction_of(store: Store, run_id: int, digest: str) -> JobView | None:
    """The newest job in which a run answers the file with this sha256; None if it never did."""
    with store.read() as session:
        for job in evaluation_rows.jobs_of(session, run_id, PredictSpec.kind):
            spec = spec_of(job, PredictSpec)
            if spec and spec.adapter and spec.source.get("digest") == digest:
                return view_of(session, job)
    return None


def has_answers(version: VersionInfo, table: Table, columns: Mapping[str, str]) -> bool:
    """Whether a file says what is right, in the columns that its answers should have.

    Args:
        columns: role → column, where the file calls it otherwise.
    """
    task = task_named(version.task)
    source = {**version.mapping["roles"], **columns}.get(task.answer_role, "")
    have = {column.casefold(): column for column in table.columns}
    parts = [have.get(part.casefold()) for part in columns_in(source, table.columns)]
    return not task.answer_role or all(part and table.filled(part) for part in parts)


def of_evaluation(store: Store, info: EvaluationInfo, learned: LearnedRows) -> Drift:
    """The drift of a file with answers, which was scored.

    Raises:
        WorkbenchError: its answers are not on the disk any more.
    """
    return compare(store, info.run_id, info.split, predictions(store, info.id), learned)


def of_prediction(store: Store, job_id: int, learned: LearnedRows) -> Drift:
    """The drift of a file without answers, which the model has answered.

    Raises:
        WorkbenchError: the answers are not there.
    """
    with store.read() as session:
        job = session.get(Job, job_id)
    digest = (job.result or {}).get("predictions_hash") if job else None
    if job is None or job.run_id is None or not digest:
        raise WorkbenchError("The file has no answers yet: let the model answer it first.")
    gone = "The answers are not on the disk any more: ask the file again."
    rows = parquet.read(files.object_path(digest), gone).to_pandas()
    task = task_named(job.spec["task"])
    inputs = [task.question(row) for row in rows.to_dict("records")]
    answered = rows.rename(columns={"output": "tuned"}).assign(input=inputs)
    kept = [name for name in ("input", "tuned", "probability") if name in answered]
    return compare(store, job.run_id, job.spec["source"]["name"], answered[kept], learned)


def of_texts(store: Store, run_id: int, file: MappedFile, learned: LearnedRows) -> Drift:
    """The drift of a file by its texts alone.

    Raises:
        WorkbenchError: the file's rows are not on the disk any more.
    """
    gone = f"The rows of {file.name} are not on the disk any more: choose the file again."
    task = task_named(get_version(store, version_of(store, run_id)).task)
    rows = parquet.read(file.data, gone).to_pylist()
    texts = pd.DataFrame({"input": [task.question(row) for row in rows]})
    return compare(store, run_id, file.name, texts, learned)


def compare(
    store: Store, run_id: int, name: str, file: pd.DataFrame, learned: LearnedRows
) -> Drift:
    """Compare a file's rows with the newest exam of a run.

    Args:
        name: what the user calls the file.
        file: `input`, and as far as known `tuned`, `probability` and what judges them.
    """
    task = get_version(store, version_of(store, run_id)).task
    exam = _exam(store, run_id)
    if exam is None:
        signs = find_signs(
            Side(learned.texts.among_themselves()), _side(file, task, learned), learned.limit
        )
        return Drift(task, name, len(file), 0, tuple(signs))
    by = "expected" if "expected" in file else "tuned"
    sides = [_side(rows, task, learned, by) for rows in (exam, file)]
    signs = find_signs(sides[0], sides[1], learned.limit)
    change, moved = _scores(task, exam, file)
    return Drift(task, name, len(file), len(exam), tuple(signs), change, tuple(moved))


def _exam(store: Store, run_id: int) -> pd.DataFrame | None:
    """The judged rows of a run's newest exam; None where it took none, or they are gone."""
    info = next((one for one in list_evaluations(store, run_id) if one.is_exam), None)
    try:
        found = predictions(store, info.id) if info else pd.DataFrame()
    except WorkbenchError:
        return None
    return found if len(found) else None


def _side(rows: pd.DataFrame, task: str, learned: LearnedRows, by: str = "tuned") -> Side:
    """What is known of some rows; their mix is that of the column `by`."""
    sure = rows["probability"].to_numpy(float) if "probability" in rows else None
    if sure is not None and np.isnan(sure).any():
        sure = sure[~np.isnan(sure)] if not np.isnan(sure).all() else None
    sorts = task_named(task).answers_are_categories and by in rows
    return Side(learned.nearest(rows), sure, rows[by].astype(str).tolist() if sorts else None)


def _scores(
    task: str, exam: pd.DataFrame, file: pd.DataFrame
) -> tuple[Change | None, list[Change]]:
    then, now = scores_of(exam, task), scores_of(file, task)
    if then is None or now is None:
        return None, []
    metric, by_turns = metric_of(task), TURN in exam
    change = score_change(
        then,
        now,
        is_share=metric.is_share_right,
        by_turns=by_turns,
        sign=metric.sign,
        top=metric.highest,
    )
    sorts = task_named(task).answers_are_categories
    return change, category_changes(exam, file, by_turns=by_turns) if sorts else []


def sentence(found: Drift) -> str:
    """What has changed, and whether to train again, in words."""
    parts = [_score_said(found), *_signs_said(found), _advice(found)]
    if found.rows < _FEW:
        parts.insert(0, f"With only {plural(found.rows, 'row')} this is no more than a hint.")
    return " ".join(part for part in parts if part)


def _score_said(found: Drift) -> str:
    if found.change is None:
        return ""
    metric, change = metric_of(found.task), found.change
    then, now = worded(metric, change.exam), worded(metric, change.file)
    if not change.certain:
        return f"On {found.file} it is as good as in its exam, give or take: {now} against {then}."
    worse = change.gain < 0
    ends = (change.high, change.low) if change.difference < 0 else (-change.low, -change.high)
    low, high = (points(metric, end) for end in ends)
    said = (
        f"On {found.file} it is {'worse' if worse else 'better'} than in its exam: {now} against {then}, "
        f"{apart(metric, change.gain)} ({low} to {high})."
    )
    lost = [one for one in found.moved if one.certain and one.difference < 0][:_NAMED]
    if lost:
        names = joined([f"'{one.category}'" for one in lost])
        said += f" Most of that is {names}."
    return said


def _signs_said(found: Drift) -> list[str]:
    than = "in its exam" if found.exam_rows else "among the rows it learned from"
    said = _SAID if found.change is not None else _SAID | {MIX: _answers_said}
    return [said[sign.name](sign, than) for sign in found.signs if sign.alarm]


def _unlike_said(sign: Sign, than: str) -> str:
    return (
        f"{percent(sign.file)} of its texts have nothing similar in your data; {than} it was "
        f"{percent(sign.exam)}."
    )


def _likeness_said(sign: Sign, than: str) -> str:
    return (
        f"Its texts are less like those that were learned from: the middle one is {sign.file:.0%} like "
        f"its nearest row, {than} {sign.exam:.0%}."
    )


def _confidence_said(sign: Sign, than: str) -> str:
    return (
        f"The model is less sure: {percent(sign.file)} in the middle, {than} {percent(sign.exam)}."
    )


def _mix_said(sign: Sign, than: str) -> str:
    return (
        f"It is asked for other things: '{sign.category}' makes up {percent(sign.file)} of it, {than} "
        f"{percent(sign.exam)}."
    )


def _answers_said(sign: Sign, than: str) -> str:
    """The mix where nobody knows what is right."""
    return (
        f"It answers other things than before: '{sign.category}' is its answer to {percent(sign.file)}, "
        f"{than} to {percent(sign.exam)}."
    )


_SAID = {
    UNLIKE: _unlike_said,
    LIKENESS: _likeness_said,
    CONFIDENCE: _confidence_said,
    MIX: _mix_said,
}


def _advice(found: Drift) -> str:
    moved = any(sign.alarm for sign in found.signs)
    if found.worse:
        return "It is time to train again: add rows of this file with their answers to your data."
    if moved and found.change is not None:
        return "The score has held, so there is no hurry to train again; test a newer file soon."
    if moved:
        return (
            "So its exam says less about this file. Give some of these texts their right answers and "
            "score them; if it is worse there, add them to your data and train again."
        )
    if found.change is None:
        return f"The texts of {found.file} are like those of its exam: no need to train again."
    return "Nothing else has changed either: no need to train again."
