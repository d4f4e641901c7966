"""How sure a trained model must be to answer alone: chosen by cost, kept with its run."""

import logging
import math
from dataclasses import dataclass

import pandas as pd

from storage import files, runs
from storage.database import Store
from workbench.core import parquet
from workbench.core.errors import WorkbenchError
from workbench.evaluation.evaluations import EvaluationInfo, list_evaluations, predictions
from workbench.evaluation.scoring.choosing import Choice, choose_on
from workbench.evaluation.scoring.deferral import Prices
from workbench.evaluation.scoring.row_scores import score_rows
from workbench.system import drafts
from workbench.training.trained_run import threshold_of, trained_run

logger = logging.getLogger(__name__)

USUAL = Prices(error=10.0, check=1.0)
_DRAFT = "prices"
_MOST = 1e9


@dataclass(frozen=True)
class Kept:
    """The limit of a model's sureness, and the prices that it was kept under."""

    value: float
    """An answer that is not surer is to be checked; 0 to 1."""
    prices: Prices


def choice_of(store: Store, info: EvaluationInfo, answers: pd.DataFrame) -> Choice | None:
    """How a limit is chosen and reported for an exam; None where the model does not tell how sure
    it is.

    Args:
        answers: the judged rows of the exam, as `evaluations.predictions` gives them.
    """
    exam = None if info.is_exam else _exam(store, info.run_id)
    return choose_on(answers, practice(store, info.run_id, info.task), exam)


def practice(store: Store, run_id: int, task: str) -> pd.DataFrame | None:
    """The judged answers to the practice questions; None where none were kept, or they are gone."""
    with store.read() as session:
        results = [job.result or {} for job in runs.jobs_of(session, run_id)]
    kept = [str(result["practice_hash"]) for result in results if result.get("practice_hash")]
    if not kept or not files.object_path(kept[-1]).is_file():
        return None
    try:
        table = parquet.read(files.object_path(kept[-1]), "The practice answers are damaged.")
    except WorkbenchError:
        logger.warning(
            "Run %s: no limit can be chosen on practice questions", run_id, exc_info=True
        )
        return None
    return score_rows(table.to_pandas(), task)


def _exam(store: Store, run_id: int) -> pd.DataFrame | None:
    info = next((one for one in list_evaluations(store, run_id) if one.is_exam), None)
    try:
        return None if info is None else predictions(store, info.id)
    except WorkbenchError:
        return None


def kept_threshold(store: Store, run_id: int) -> Kept | None:
    """The limit that was kept with a run; None where there is none.

    Raises:
        WorkbenchError: there is no trained model.
    """
    with store.read() as session:
        run = trained_run(session, run_id).run
        value, told = threshold_of(run), run.threshold or {}
    if value is None:
        return None
    return Kept(value, prices_from(told.get("error"), told.get("check")))


def keep_threshold(store: Store, run_id: int, value: float | None, prices: Prices) -> None:
    """Keep a limit with a run, or with None keep no limit any more.

    Raises:
        WorkbenchError: there is no trained model, or the limit is no share.
    """
    if value is not None and not 0 <= value <= 1:
        raise WorkbenchError(f"A limit is a share from 0 to 1, not {value}: give one such as 0.8.")
    told = {"value": value, "error": prices.error, "check": prices.check}
    with store.write() as session:
        trained_run(session, run_id).run.threshold = None if value is None else told


def prices_of(store: Store, project_id: int) -> Prices:
    """What an error and a manual check cost in a project; usual ones until somebody said so."""
    told = drafts.get_draft(store, project_id, _DRAFT)
    return prices_from(told.get("error"), told.get("check"))


def keep_prices(store: Store, project_id: int, prices: Prices) -> None:
    """Keep what an error and a manual check cost with the project."""
    drafts.save_draft(store, project_id, _DRAFT, {"error": prices.error, "check": prices.check})


def prices_from(error: object, check: object) -> Prices:
    """Prices from stored or typed numbers; what is no price becomes the usual one."""
    return Prices(_price(error, USUAL.error), _price(check, USUAL.check))


def _price(value: object, usual: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return usual
    return float(value) if math.isfinite(value) and 0 <= value <= _MOST else usual
