"""The ladder of an exam that was kept: with older versions, and with whoever else could be asked."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from storage.database import Store
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import EXAMPLES, PROMPT, TUNED, cheap_for, rung_named
from workbench.data.versions import get_version
from workbench.evaluation.comparing.older_answers import older_answers
from workbench.evaluation.comparing.prompted_answers import prompted_answers
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.ladder import Ladder, ladder
from workbench.evaluation.prompting import trials as prompt_trials
from workbench.models.families import family_named
from workbench.models.trained import LEANED_ON
from workbench.training import runs
from workbench.training.run_view import RunView


def ladder_of(store: Store, info: EvaluationInfo, answers: pd.DataFrame) -> Ladder:
    """Everyone who answered an exam's questions.

    Args:
        answers: its judged rows, as `evaluations.predictions` gives them; empty where they are gone.
    """
    run = runs.get_run(store, info.run_id)
    prompted = [] if run.is_told else prompted_answers(store, info, answers, run)
    found = ladder(
        info.task,
        info.scores,
        answers,
        probe=family_named(run.base_family).base_is_probe,
        older=[*prompted, *older_answers(store, info, answers, run)],
        rows=info.rows,
    )
    return as_told(found) if run.is_told else found


def as_told(found: Ladder) -> Ladder:
    """A ladder whose highest rung is a model that is only told what to do, called so."""
    title = rung_named(PROMPT).title
    rungs = (replace(one, title=title) if one.name == TUNED else one for one in found.rungs)
    return replace(found, rungs=tuple(rungs), is_told=True)


def compared_with(
    store: Store, run: RunView, others: Sequence[RunView]
) -> tuple[tuple[int, str], ...]:
    """What the ladder of a run's exams depends on beside the exam: numbers and names of older runs, and
    the job of the kept instruction; while they stay the same, so does the ladder.
    """
    older = [(one.id, one.name) for one in others if one.id < run.id]
    kept = prompt_trials.kept(store, get_version(store, run.version_id))
    return (*older, *([(kept.job.id, PROMPT)] if kept else []))


def more_rungs(store: Store, info: EvaluationInfo) -> tuple[str, ...]:
    """Who has not answered yet and could, if the exam were scored again.

    Nobody where that cannot be: of a file, which is gone, and of an exam by turns.
    """
    run = runs.get_run(store, info.run_id)
    task = task_named(info.task)
    if not info.is_exam or run.was_by_turns or task.rows_are_documents or not run.is_usable:
        return ()
    able = [*cheap_for(task)]
    if not task.compares and _can_be_shown_examples(run):
        able.append(EXAMPLES)
    return tuple(name for name in able if not info.scores.get(name))


def _can_be_shown_examples(run: RunView) -> bool:
    """Whether the untrained model can make use of an example, and was not shown one anyway."""
    family, task = family_named(run.base_family), task_named(run.task)
    if "lean_on_examples" in family.unused_settings or task.rows_are_conversations:
        return False
    return not (Path((run.result or {})["adapter"]) / LEANED_ON).is_file()
