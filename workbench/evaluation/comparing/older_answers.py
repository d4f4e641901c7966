"""What older models of a project answered to the same questions, as far as it can be compared."""

import logging

import pandas as pd

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.core.metrics import main_score
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import OLDER, PARENT, TITLES, TUNED
from workbench.data.versions import get_version, read_examples
from workbench.evaluation.evaluations import EvaluationInfo, list_evaluations, predictions
from workbench.evaluation.ladder import SECONDS, OlderAnswers
from workbench.evaluation.scoring.row_sums import TURN
from workbench.evaluation.scoring.text_scores import text_scores
from workbench.training import runs
from workbench.training.run_view import RunView

logger = logging.getLogger(__name__)

MOST = 3
"""Older models that are compared; the newest of them."""
FEWEST_ROWS = 20
"""With fewer questions in common, nothing is compared."""
_KEY = ["input", "expected", "time"]


def older_answers(
    store: Store, info: EvaluationInfo, answers: pd.DataFrame, run: RunView
) -> list[OlderAnswers]:
    """The newest older models that answered the same questions, on the rows in common.

    Rows that an older model has learned from are left out, and so are models whose exam came about
    in another way (apart, by turns), since one of them may have seen what the other was asked.

    Args:
        answers: the judged rows of the exam.
        run: the run that the exam belongs to.
    """
    if TUNED not in answers or answers.empty:
        return []
    found: list[OlderAnswers] = []
    parent = run.chain[-1].run_id if run.chain and PARENT in answers else None
    taken = [*TITLES.values()]
    for other in runs.list_runs(store, run.project_id):
        if len(found) == MOST:
            break
        if other.id == parent or (other.is_told and other.version_id == run.version_id):
            continue  # it sits the exam itself, as a rung of its own
        if other.id < run.id and other.is_usable and other.task == run.task:
            title = other.name if other.name not in taken else f"{other.name} ({OLDER}{other.id})"
            found += _of(store, info, answers, run, other, title)
            taken.append(title)
    return found


def _of(
    store: Store,
    info: EvaluationInfo,
    answers: pd.DataFrame,
    run: RunView,
    other: RunView,
    title: str,
) -> list[OlderAnswers]:
    exams = (one for one in list_evaluations(store, other.id) if one.split == info.split)
    exam = next(exams, None)
    if exam is None:
        return []
    try:
        theirs = predictions(store, exam.id)
        learned = _learned(store, other) if other.version_id != run.version_id else set()
    except WorkbenchError:
        logger.warning("Run %s cannot be compared with run %s", run.id, other.id, exc_info=True)
        return []
    if TUNED not in theirs or (TURN in theirs) != (TURN in answers):
        return []
    name = f"{OLDER}{other.id}"
    table = _in_common(answers, theirs, name, set() if TURN in answers else learned)
    scores = text_scores(info.task, table["expected"].tolist(), table[name].tolist())
    if len(table) < FEWEST_ROWS or main_score(info.task, scores) is None:
        return []
    seconds = (exam.scores.get(TUNED) or {}).get(SECONDS)
    return [OlderAnswers(name, title, table, scores, seconds)]


def _in_common(
    answers: pd.DataFrame, theirs: pd.DataFrame, name: str, learned: set[str]
) -> pd.DataFrame:
    """The rows of an exam that another model was asked, too, with its answers."""
    named = {TUNED: name, f"right_{TUNED}": f"right_{name}"}
    own = numbered(answers)
    other = numbered(theirs)[[*_KEY, *(one for one in named if one in theirs)]]
    table = own.merge(other.rename(columns=named), on=_KEY, how="inner")
    return table[~table["input"].isin(learned)].reset_index(drop=True)


def numbered(answers: pd.DataFrame) -> pd.DataFrame:
    """Rows that are alike are told apart by their number."""
    return answers.assign(time=answers.groupby(["input", "expected"]).cumcount())


def _learned(store: Store, run: RunView) -> set[str]:
    """The questions that a run's model has learned from, or was chosen by."""
    task = task_named(run.task)
    version = get_version(store, run.version_id)
    splits = ["train", "validation", *(["test"] if run.was_by_turns else [])]
    table = read_examples(version, filters=[("split", "in", splits)])
    return {task.question(row) for batch in table.to_batches() for row in batch.to_pylist()}
