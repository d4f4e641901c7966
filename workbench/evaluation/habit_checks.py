"""What else a model learned: the job that asks it, what it will take, and what it found."""

from dataclasses import dataclass

from storage import evaluations as rows
from storage import files
from storage.database import Store
from storage.runs import RunRow
from storage.tables import OPEN, SUCCEEDED
from workbench.core.recipe import TURNS
from workbench.evaluation.habits import parts
from workbench.evaluation.habits.general_set import QUESTIONS
from workbench.evaluation.habits.memorised import MOST_OTHERS
from workbench.evaluation.habits.parts import Asked
from workbench.evaluation.habits.provocations import PROVOCATIONS
from workbench.evaluation.habits.variants import VARIANTS
from workbench.jobs import job as jobs
from workbench.jobs import queue
from workbench.jobs.job import JobView
from workbench.jobs.process.specs import HabitsSpec
from workbench.models.families import family_named
from workbench.training.trained_run import told_of, trained_run

_START_S = 8.0
_TEXT_S = {"writes": 0.9, "reads": 0.02}
"""A guess of the seconds for each text, of a model of `_PARAMETERS` weights; what the run's last check
took counts more."""
_PARAMETERS = 135e6


@dataclass(frozen=True)
class Outlook:
    """What a check will ask, and about how long that takes."""

    asked: Asked
    texts: int
    """At most so many answers are written, or texts sorted."""
    seconds: float
    by_turns: bool
    """Whether the model has learned from all its rows, its exam questions included."""


def outlook(store: Store, run_id: int) -> Outlook:
    """What a check of a trained run will ask.

    Raises:
        WorkbenchError: there is no trained model.
    """
    with store.read() as session:
        row = trained_run(session, run_id)
    asked = _asked(row)
    texts = _texts(asked, int(row.version.splits.get("train", 0)))
    weights = float((row.base_model.facts or {}).get("parameters") or _PARAMETERS)
    each = _TEXT_S["writes" if asked.writes else "reads"] * max(0.2, weights / _PARAMETERS)
    by_turns = (row.run.result or {}).get("exam") == TURNS
    last = last_found(store, run_id)
    took = (last.result or {}).get("seconds") if last else None
    return Outlook(asked, texts, float(took or _START_S + texts * each), by_turns)


def start_habits(store: Store, run_id: int) -> int:
    """Queue the check of a trained model; the job's id. One that waits or runs is not started twice.

    Raises:
        WorkbenchError: there is no trained model.
    """
    with store.read() as session:
        row = trained_run(session, run_id)
    data = files.object_path(row.version.content_hash)
    spec = HabitsSpec(**told_of(row), data=data)
    with store.write() as session:
        for job in rows.jobs_of(session, run_id, HabitsSpec.kind):
            if job.status in OPEN:
                return job.id
        return queue.enqueue(
            session,
            f"Check of what else {row.run.name} learned",
            spec,
            project_id=row.run.project_id,
            run_id=run_id,
        )


def habit_jobs(store: Store, run_id: int) -> list[JobView]:
    """The checks of a run, newest first, whatever became of them."""
    with store.read() as session:
        found = rows.jobs_of(session, run_id, HabitsSpec.kind)
        return [jobs.view_of(session, job) for job in found]


def last_found(store: Store, run_id: int) -> JobView | None:
    """The newest check of a run that came to its end."""
    return next((job for job in habit_jobs(store, run_id) if job.status == SUCCEEDED), None)


def _asked(row: RunRow) -> Asked:
    return Asked(row.version.task, family_named(row.base_model.kind).writes_text)


def _texts(asked: Asked, learned: int) -> int:
    fits = parts.fits(asked)
    ways = len(VARIANTS) + 1
    # How many rows have something sensitive in them is not known before: half of them, as a guess.
    counts = {
        parts.MEMORISED: 3 * min(learned, MOST_OTHERS + min(200, learned // 2)),
        parts.FORGETTING: 2 * len(QUESTIONS),
        parts.PROVOCATIONS: len(PROVOCATIONS),
        parts.ROBUSTNESS: ways * parts.most_questions(asked),
    }
    return sum(counts[part] for part in fits)
