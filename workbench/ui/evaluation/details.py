"""What lies behind the scores, a tab each; only the open one is made."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from workbench.core.tasks import Task, task_named
from workbench.core.tasks.rungs import TUNED
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.training.run_view import RunView
from workbench.ui.evaluation import (
    by_field,
    by_size,
    categories,
    drift_view,
    groups,
    mixups,
    set_categories,
)
from workbench.ui.evaluation.habits import view as habits
from workbench.ui.evaluation.judge import view as judge
from workbench.ui.evaluation.people import view as people
from workbench.ui.evaluation.rows import exam_rows
from workbench.ui.evaluation.sureness import how_sure
from workbench.ui.text import plain

Show = Callable[[RunView, EvaluationInfo, pd.DataFrame], None]
"""Called with the run, its evaluation and the judged answers."""


@dataclass(frozen=True)
class Tab:
    """One view of an exam's answers."""

    title: str
    show: Show
    fits: Callable[[Task], bool] = lambda task: True
    of_files: bool = False
    """Whether it is about files of the user's only, not about the exam."""


def _rows(run: RunView, info: EvaluationInfo, answers: pd.DataFrame) -> None:
    if task_named(run.task).rows_are_documents:  # of many texts only some are gone on with
        answers = answers[answers[TUNED] != ""]
    st.fragment(exam_rows.show)(info, answers)


def _categories(run: RunView, info: EvaluationInfo, answers: pd.DataFrame) -> None:
    categories.show(answers)


def _set_categories(run: RunView, info: EvaluationInfo, answers: pd.DataFrame) -> None:
    set_categories.show(answers)


def _mixups(run: RunView, info: EvaluationInfo, answers: pd.DataFrame) -> None:
    st.fragment(mixups.show_mixups)(answers)


def _how_sure(run: RunView, info: EvaluationInfo, answers: pd.DataFrame) -> None:
    st.fragment(how_sure.show)(run, info, answers)


def _fields(run: RunView, info: EvaluationInfo, answers: pd.DataFrame) -> None:
    by_field.show(answers)


def _numbers(run: RunView, info: EvaluationInfo, answers: pd.DataFrame) -> None:
    by_size.show(answers)


def _groups(run: RunView, info: EvaluationInfo, answers: pd.DataFrame) -> None:
    st.fragment(groups.show)(info, answers)


def _drift(run: RunView, info: EvaluationInfo, answers: pd.DataFrame) -> None:
    drift_view.show_evaluation(info)


def _has_rows(task: Task) -> bool:
    return not task.rows_are_documents


def _sorts(task: Task) -> bool:
    return task.answers_are_categories


TABS = (
    Tab("Question by question", _rows),
    Tab("By category", _categories, _sorts),
    Tab("By category", _set_categories, lambda task: task.answers_are_sets),
    Tab("Mix-ups", _mixups, _sorts),
    Tab("By field", _fields, lambda task: task.answers_are_json),
    Tab("By size", _numbers, lambda task: task.answers_are_numbers),
    Tab("How sure", _how_sure, lambda task: task.has_categories),
    Tab("By group", _groups, _has_rows),
    Tab("Against the exam", _drift, of_files=True),
    Tab("What else it learned", habits.show),
    Tab("Let people judge", people.show, lambda task: not task.compares),
    Tab("Let a model judge", judge.show, lambda task: task.answers_are_free_text),
)
"""In the order in which they stand on the page."""


def show(run: RunView, info: EvaluationInfo, answers: pd.DataFrame) -> None:
    """The tabs that fit the run's task."""
    task = task_named(run.task)
    documents = task.rows_are_documents
    title = "How does it go on with a text?" if documents else "Where does it go wrong?"
    st.subheader(title, anchor=False)
    tabs = [tab for tab in TABS if tab.fits(task) and not (tab.of_files and info.is_exam)]
    if len(tabs) == 1:
        tabs[0].show(run, info, answers)
        return
    places = st.tabs([plain(tab.title) for tab in tabs], key="exam-details", on_change="rerun")
    for tab, place in zip(tabs, places, strict=True):
        if place.open:
            with place:
                tab.show(run, info, answers)
