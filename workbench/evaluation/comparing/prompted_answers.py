"""What an untrained model answered to an exam's questions, told the instruction that was kept."""

import logging

import pandas as pd

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.core.metrics import main_score
from workbench.core.tasks.rungs import PROMPT, TUNED, rung_named
from workbench.data.versions import get_version
from workbench.evaluation.comparing.older_answers import FEWEST_ROWS, numbered
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.ladder import OlderAnswers
from workbench.evaluation.prompting import trials
from workbench.evaluation.scoring.row_sums import TURN
from workbench.evaluation.scoring.text_scores import text_scores
from workbench.training.run_view import RunView

logger = logging.getLogger(__name__)

_KEY = ["input", "expected", "time"]


def prompted_answers(
    store: Store, info: EvaluationInfo, answers: pd.DataFrame, run: RunView
) -> list[OlderAnswers]:
    """The kept instruction's answers, on the questions in common; none where there is none.

    Only on the same version of the data: what stands before a question there may be asked in the
    exam of another.

    Args:
        answers: the judged rows of the exam.
        run: the run that the exam belongs to.
    """
    if TUNED not in answers or answers.empty or not info.is_exam or TURN in answers:
        return []
    try:
        trial = trials.kept(store, get_version(store, run.version_id))
        theirs = None if trial is None else trials.answers(trial, info.task)
    except WorkbenchError:
        logger.warning("The kept instruction cannot be compared with run %s", run.id, exc_info=True)
        return []
    if trial is None or theirs is None:
        return []
    own = [PROMPT, *(name for name in theirs if str(name).endswith(f"_{PROMPT}"))]
    table = numbered(answers).merge(numbered(theirs)[[*_KEY, *own]], on=_KEY, how="inner")
    scores = text_scores(info.task, table["expected"].tolist(), table[PROMPT].tolist())
    if len(table) < FEWEST_ROWS or main_score(info.task, scores) is None:
        return []
    title = rung_named(PROMPT).title
    if trial.model != run.base_model:
        title = f"{title} ({trial.model})"
    return [OlderAnswers(PROMPT, title, table, scores, trial.seconds)]
