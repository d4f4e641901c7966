"""Something simpler in the place of a trained model: its answers, and who may take that place."""

from dataclasses import dataclass

import pandas as pd

from storage.database import Store
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import TUNED, in_place_for, rung_named
from workbench.evaluation import evaluations, exam_ladder
from workbench.evaluation.ladder import Ladder
from workbench.training.run_view import RunView


@dataclass(frozen=True)
class Candidate:
    """Who could answer."""

    rung: str
    """Empty for the trained model itself."""
    title: str
    score: float | None


def with_rung(answers: pd.DataFrame, rung: str) -> pd.DataFrame:
    """Judged answers in which a rung's stand in the place of the trained model's.

    Args:
        rung: empty leaves them as they are.
    """
    if not rung or rung not in answers:
        return answers
    own = {column: _in_place(column, rung) for column in answers if _in_place(column, rung)}
    table = answers.drop(columns=[name for name in own.values() if name in answers])
    return table.rename(columns=own)


def _in_place(column: object, rung: str) -> str:
    """`right_nearest` → `right_tuned`; empty for the columns of others."""
    name = str(column)
    if name == rung:
        return TUNED
    return f"{name.removesuffix(rung)}{TUNED}" if name.endswith(f"_{rung}") else ""


def candidates(store: Store, run: RunView) -> list[Candidate]:
    """The trained model, and what is simpler, took the same exam and can do its work without it."""
    found = ladder_of(store, run)
    if found is None:
        return [Candidate("", rung_named(TUNED).title, None)]
    able = in_place_for(task_named(run.task))
    return [
        Candidate("" if rung.name == TUNED else rung.name, rung.title, found.score(rung))
        for rung in reversed(found.rungs)
        if rung.name == TUNED or rung.name in able
    ]


def ladder_of(store: Store, run: RunView) -> Ladder | None:
    """Everybody who took the run's exam; None where there was none."""
    exam = next((e for e in evaluations.list_evaluations(store, run.id) if e.is_exam), None)
    if exam is None:
        return None
    return exam_ladder.ladder_of(store, exam, evaluations.predictions(store, exam.id))


def told(store: Store, run: RunView, rung: str) -> tuple[bool, str]:
    """Whether a rung may take the place of a run's model, and why.

    It may unless the trained model is better by more than chance.

    Raises:
        WorkbenchError: the answers of the exam are gone.
    """
    ladder = ladder_of(store, run)
    one = ladder.named(rung) if ladder else None
    if ladder is None or one is None or one.against is None:
        return False, f"'{rung_named(rung).title}' has not taken the exam of '{run.name}'."
    words, lead = ladder.metric.unit.words, one.against
    tuned = ladder.score(ladder.tuned) if ladder.tuned else 0.0
    start = (
        f"{rung_named(rung).title}: {words(ladder.score(one))}; {rung_named(TUNED).itself}: "
        f"{words(tuned)}."
    )
    if lead.gain > 0 and lead.is_certain is not False:
        return False, f"{start} The trained model is better by more than chance would make it."
    return True, f"{start} That the trained model is better is not shown."
