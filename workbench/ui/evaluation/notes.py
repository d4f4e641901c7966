"""What is to be known of an exam beside its scores: its size, how it came about, what was refused."""

import pandas as pd
import streamlit as st

from workbench.core.recipe import FIELDS
from workbench.core.tasks import task_named
from workbench.data.unknown_categories import UnknownCategory
from workbench.evaluation import evaluations as evaluation
from workbench.evaluation import refusals, verdict
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.training.run_view import RunView
from workbench.ui import context
from workbench.ui.numbers import plural
from workbench.ui.text import plain
from workbench.ui.training import exam_view


def show_size(run: RunView, info: EvaluationInfo) -> None:
    """Say so when only a part of the exam was answered."""
    whole = int(run.splits.get(evaluation.EXAM, 0))
    if info.is_exam and (known := int((run.result or {}).get("learned_before") or 0)):
        whole -= known
        st.caption(
            f":material/school: {plural(known, 'exam question')} left out: the model that this one went "
            "on from had learned them."
        )
    if info.is_exam and info.rows < whole:
        setting = FIELDS["eval_max_rows"].metadata["label"]
        st.caption(
            f"The model answered {info.rows:,} of the exam's {plural(whole, 'question')}, drawn at "
            f"random (the setting '{plain(setting)}' of the training)."
        )


def show_turns(info: EvaluationInfo, answers: pd.DataFrame) -> None:
    """How an exam by turns came about."""
    if verdict.TURN in answers:
        turns = answers[verdict.TURN].nunique()
        st.caption(f":material/quiz: {plain(exam_view.by_turns(info.rows, turns))}")


def show_refusals(
    run: RunView, info: EvaluationInfo, answers: pd.DataFrame, unknown: list[UnknownCategory]
) -> None:
    """Of how many questions the model says that they fit none of its categories, and how rightly.

    A category that is only written in another way is one that it knows.
    """
    if not task_named(run.task).answers_are_categories:
        return
    unlearned = [own.name for own in unknown if not own.is_same]
    outside = evaluation.out_of_scope(context.store(), run.id)
    found = refusals.refusals(answers, unlearned, outside)
    if found is None:
        st.caption(refusals.CANNOT)
    else:
        st.caption(plain(refusals.sentences(found, info.questions)))
