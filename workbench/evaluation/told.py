"""What the command line and reports tell of an exam: one place, so that all of them say the same."""

import logging
from typing import Any

import pandas as pd

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import BASE, BASELINE, NAMES, TUNED
from workbench.evaluation import slices
from workbench.evaluation.answer_costs import answer_costs
from workbench.evaluation.evaluations import EvaluationInfo, predictions
from workbench.evaluation.exam_ladder import ladder_of
from workbench.evaluation.judged.judgement import with_judge
from workbench.evaluation.judged.judgements import of_exam
from workbench.evaluation.scoring.all_scores import all_scores
from workbench.evaluation.scoring.by_task.calls_told import calls_told
from workbench.evaluation.scoring.by_task.categories_told import categories_told
from workbench.evaluation.scoring.by_task.fields_told import fields_told
from workbench.evaluation.verdict import verdict_on
from workbench.training import chain
from workbench.training.energy import Energy, prices_of
from workbench.training.runs import get_run

logger = logging.getLogger(__name__)

_ALWAYS = (BASELINE, BASE, TUNED)


def told(store: Store, info: EvaluationInfo) -> dict[str, Any]:
    """The scores of everyone who sat an exam, the ladder that they make, and the verdict.

    Returns:
        Rung → scores (empty for those of the first versions that nobody asked), `rows`, `ladder`
        (key of a rung → title, scores, intervals, seconds, rows, difference), `verdict` (level,
        sentence, evidence, next, use, more_questions), `slices` (see `slices.told`), `judge` (what
        a judge says, None where none was asked; a score only once it counts), `all_scores` (rung →
        every score that fits the task, with label, interval and meaning), `chain` (the trainings
        that the model went on from, the first one first) and `costs` (`training`, its electricity;
        kwh and money of a thousand `answers`, see `answer_costs`); of answers in fields also
        `fields` (see `fields_told`), of categories `categories` (see `categories_told`), where
        tools are called `calls` (see `calls_told`); plain values, for JSON.
    """
    answers = _answers(store, info)
    found, run = ladder_of(store, info, answers), get_run(store, info.run_id)
    judged, energy = of_exam(store, info), Energy.of(run.result)
    names = [name for name in NAMES if name in _ALWAYS or info.scores.get(name)]
    return {
        **{name: info.scores.get(name) or {} for name in names},
        "rows": info.rows,
        "ladder": found.as_dict(),
        "verdict": with_judge(verdict_on(found, info.questions), judged).as_dict(),
        "slices": slices.told(store, info.id),
        "judge": judged.as_dict() if judged else None,
        "all_scores": {
            name: [score.as_dict() for score in all_scores(info.task, answers, name, own)]
            for name in names
            if (own := info.scores.get(name))
        },
        "chain": chain.told(run.chain),
        "costs": {
            "training": (run.result or {}).get("energy"),
            **answer_costs(found, answers, energy, prices_of(store, run.project_id)).as_dict(),
        },
        **_fields(info, answers, names),
        **_categories(info, answers, names),
        **calls_told(answers, names),
    }


def _categories(info: EvaluationInfo, answers: pd.DataFrame, names: list[str]) -> dict[str, Any]:
    task = task_named(info.task)
    return {"categories": categories_told(task, answers, names)} if task.has_categories else {}


def _fields(info: EvaluationInfo, answers: pd.DataFrame, names: list[str]) -> dict[str, Any]:
    if not task_named(info.task).answers_are_json:
        return {}
    return {"fields": fields_told(answers, names)}


def _answers(store: Store, info: EvaluationInfo) -> pd.DataFrame:
    """The judged rows; none where they are gone, since the scores are still worth telling."""
    try:
        return predictions(store, info.id)
    except WorkbenchError:
        logger.warning("Evaluation %s is told without its answers", info.id, exc_info=True)
        return pd.DataFrame()
