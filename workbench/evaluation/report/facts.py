"""The facts of a report, from the very functions that the page calls."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from storage import projects
from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.core.metrics import Metric, metric_of
from workbench.core.tasks import Task, task_named
from workbench.data import texts, versions
from workbench.data.texts import Texts
from workbench.data.versions import VersionInfo
from workbench.evaluation import (
    evaluations,
    exam_ladder,
    habit_checks,
    refusals,
    slices,
    verdict,
)
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.judged.judgement import Judgement, with_judge
from workbench.evaluation.judged.judgements import of_exam
from workbench.evaluation.ladder import Ladder
from workbench.evaluation.people import blind_tests
from workbench.evaluation.people.blind_tests import BlindTestInfo
from workbench.evaluation.refusals import Refusals
from workbench.evaluation.release import releases
from workbench.evaluation.release.releases import ReleaseInfo
from workbench.evaluation.scoring.deferral import Deferral
from workbench.evaluation.slices import SliceReport
from workbench.evaluation.sureness import threshold
from workbench.evaluation.verdict import Verdict
from workbench.models import catalogue
from workbench.models.model_info import ModelInfo
from workbench.system.hardware import Hardware, hardware
from workbench.training import runs
from workbench.training.energy import Prices, prices_of
from workbench.training.run_view import RunView


@dataclass(frozen=True)
class Limit:
    """The limit that was kept with a run, and what it gives."""

    value: float
    told: Deferral


@dataclass(frozen=True)
class Facts:
    """What is known of a run, its data, its exam and its releases."""

    project: str
    run: RunView
    version: VersionInfo
    texts: Texts
    """Languages and lengths of what it learned from."""
    model: ModelInfo
    info: EvaluationInfo
    answers: pd.DataFrame
    """The judged rows of the exam."""
    verdict: Verdict
    ladder: Ladder
    """Everyone who answered the same questions."""
    refusals: Refusals | None
    slices: SliceReport | None
    """The scores of its groups; None where the exam keeps no single rows."""
    limit: Limit | None
    """How sure it must be to answer alone; None where no limit was kept with it."""
    machine: Hardware
    """This computer, on which it was trained unless the home was moved."""
    habits: dict[str, Any]
    """What the newest check of what else it learned found, by part; empty without one."""
    blind_tests: tuple[BlindTestInfo, ...]
    """In which people judged it, the newest first."""
    releases: tuple[ReleaseInfo, ...]
    """Of this run, the newest first."""
    judge: Judgement | None = None
    """What a judge says of the answers; None where none was asked."""
    prices: Prices = field(default_factory=Prices)
    """That the user said in the project."""

    @property
    def task(self) -> Task:
        """What it was taught."""
        return task_named(self.run.task)

    @property
    def metric(self) -> Metric:
        """What it is judged by."""
        return metric_of(self.run.task)

    @property
    def result(self) -> dict[str, Any]:
        """What the training left: seconds, memory, versions."""
        return self.run.result or {}

    @property
    def tuned(self) -> dict[str, Any]:
        """All scores of the trained model."""
        return self.info.scores.get("tuned") or {}


def gather(store: Store, run_id: int, evaluation_id: int | None = None) -> Facts:
    """All that a report of a run says.

    Args:
        evaluation_id: which of its exams; None for the newest on its own exam, else the newest.

    Raises:
        WorkbenchError: it has no trained model, has not taken an exam, or its answers are gone.
    """
    run = runs.get_run(store, run_id)
    info = _exam(store, run, evaluation_id)
    answers = evaluations.predictions(store, info.id)
    version = versions.get_version(store, run.version_id)
    ladder = exam_ladder.ladder_of(store, info, answers)
    unknown = evaluations.unknown_categories(store, run.id, answers)
    judged = of_exam(store, info)
    with store.read() as session:
        project = projects.get(session, run.project_id)
    return Facts(
        project=project.name if project else "",
        run=run,
        version=version,
        texts=_texts(version),
        model=catalogue.get_model(store, run.base_model_id),
        info=info,
        answers=answers,
        verdict=with_judge(verdict.verdict_on(ladder, info.questions), judged),
        ladder=ladder,
        refusals=refusals.refusals(answers, [own.name for own in unknown if not own.is_same]),
        slices=slices.report_of(store, info, answers),
        limit=_limit(store, info, answers),
        machine=hardware(),
        habits=_habits(store, run.id),
        blind_tests=tuple(blind_tests.list_blind_tests(store, run.id)),
        releases=tuple(
            one for one in releases.history(store, run.project_id) if one.run_id == run.id
        ),
        judge=judged,
        prices=prices_of(store, run.project_id),
    )


def _exam(store: Store, run: RunView, evaluation_id: int | None) -> EvaluationInfo:
    found = evaluations.list_evaluations(store, run.id)
    wanted = [info for info in found if info.id == evaluation_id or evaluation_id is None]
    if not wanted:
        raise WorkbenchError(
            f"'{run.name}' has not taken an exam, so there is nothing to report: score it first."
        )
    return next((info for info in wanted if info.is_exam), wanted[0])


def _limit(store: Store, info: EvaluationInfo, answers: pd.DataFrame) -> Limit | None:
    kept = threshold.kept_threshold(store, info.run_id)
    choice = threshold.choice_of(store, info, answers) if kept else None
    if kept is None or choice is None:
        return None
    return Limit(kept.value, choice.report(kept.value, kept.prices))


def _habits(store: Store, run_id: int) -> dict[str, Any]:
    job = habit_checks.last_found(store, run_id)
    return dict((job.result or {}).get("habits") or {}) if job else {}


def _texts(version: VersionInfo) -> Texts:
    try:
        return texts.texts_of(version)
    except WorkbenchError:  # the examples are gone; the rest can be told
        return texts.UNKNOWN
