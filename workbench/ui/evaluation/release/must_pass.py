"""What every version must get right before it goes live: the list, and the limit for groups."""

from collections.abc import Sequence

import streamlit as st

from workbench.core.tasks import task_named
from workbench.core.words import shortened
from workbench.data import versions
from workbench.evaluation import evaluations
from workbench.evaluation.release import asking, must_pass, releases
from workbench.evaluation.release.asking import Result
from workbench.evaluation.release.must_pass import RULES, rules_of
from workbench.evaluation.release.releases import ReleaseInfo
from workbench.training.run_view import RunView
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.text import plain

_WORDS = {True: "✓ right", False: "✗ wrong", None: "not asked yet"}


def show(run: RunView, runs: Sequence[RunView], live: ReleaseInfo | None) -> None:
    """The examples with what this version answers, and the ways to change them."""
    if not rules_of(run.task):
        st.write("How a document goes on is neither right nor wrong, so there is nothing to list.")
        return
    with errors.shown():
        found = asking.results(context.store(), run.id)
        _table(found)
        with st.container(horizontal=True):
            _ask(run, found)
            with st.popover("Add an example", icon=":material/add:"):
                _add(run)
            if found:
                with st.popover("Remove one", icon=":material/delete:"):
                    _remove(run, found)
        _limit(run)


def _table(found: Sequence[Result]) -> None:
    if not found:
        st.write(
            "Examples that every version has to get right before it goes live: those that would be "
            "embarrassing. Add the ones that you would try first."
        )
        return
    rows = [
        {
            "Result": _WORDS[result.passed],
            "Question": result.example.question,
            "The answer": RULES[result.example.rule],
            "Expected": result.example.expected,
            "This version's answer": result.answer if result.answer is not None else "–",
        }
        for result in found
    ]
    st.dataframe(
        rows,
        hide_index=True,
        height=min(38 + 35 * len(rows), 420),
        key="must-pass-table",
        alt="Table of the must-pass examples",
    )


def _ask(run: RunView, found: Sequence[Result]) -> None:
    waits = asking.open_job(context.store(), run.id) is not None
    missing = sum(result.passed is None for result in found)
    if missing and not waits:
        label = f"Ask this version ({missing:,})"
        if allowed.button(label, key="ask-examples", icon=":material/rule:"):
            asking.start(context.store(), run.id)
            st.rerun()


def _add(run: RunView) -> None:
    exam = next(
        (e for e in evaluations.list_evaluations(context.store(), run.id) if e.is_exam), None
    )
    typed, taken = "Type it", "Take a row of the exam"
    how = typed
    if exam is not None:
        how = st.segmented_control(
            "From where", [typed, taken], default=typed, required=True, key="must-how"
        )
    with st.form("must-add", border=False, clear_on_submit=True):
        question, row_id = "", 0
        if how == typed:
            question = st.text_area(plain(task_named(run.task).question_title), key="must-question")
        else:
            row_id = int(
                st.number_input("Row", min_value=0, step=1, key="must-row",
                                help="Its number in *Question by question*.")
            )  # fmt: skip
        rule = _rule(run)
        expected = _expected(run, how == typed)
        if allowed.form_submit_button("Add", key="must-add-it"):
            with errors.shown():
                if how == typed:
                    must_pass.add(context.store(), run.id, question, expected, rule)
                elif exam is not None:
                    must_pass.add_exam_row(context.store(), exam.id, row_id, expected, rule)
                st.rerun()


def _rule(run: RunView) -> str:
    rules = rules_of(run.task)
    if len(rules) == 1:
        return rules[0]
    return st.selectbox(
        "The answer …", rules, format_func=RULES.__getitem__, key="must-rule",
        help="Free texts are worded anew each time: name what must stand in them, or must not.",
    )  # fmt: skip


def _expected(run: RunView, typed: bool) -> str:
    hint = "" if typed else " (empty: the exam's own answer)"
    if task_named(run.task).answers_are_categories and typed:
        return st.selectbox("Category", _labels(run), key="must-expected-category") or ""
    return st.text_area(f"What is expected{hint}", key="must-expected", height=80)


def _labels(run: RunView) -> list[str]:
    return versions.get_version(context.store(), run.version_id).labels


def _remove(run: RunView, found: Sequence[Result]) -> None:
    titles = {one.example.id: shortened(one.example.question) for one in found}
    chosen = st.selectbox(
        "Example", list(titles), format_func=titles.__getitem__, key="must-remove"
    )
    if allowed.button("Remove it", key="must-remove-it", icon=":material/delete:"):
        with errors.shown():
            must_pass.remove(context.store(), run.project_id, chosen)
            st.rerun()


def _limit(run: RunView) -> None:
    now = releases.most_worse(context.store(), run.project_id)
    points = st.number_input(
        "Points that a group may lose",
        min_value=0.0,
        max_value=100.0,
        value=now,
        step=1.0,
        format="%.0f",
        key=f"most-worse-{run.project_id}",
        help="A category, or the short or long questions, of at least 10 questions: if one of them "
        "is worse than in the live version by more than this, the gate refuses.",
        width=220,
    )
    if points != now:
        with errors.shown():
            releases.set_most_worse(context.store(), run.project_id, points)
    st.caption(
        plain(
            f"The gate refuses a version in which a group lost more than {points:g} points, and more "
            "than chance would make it."
        )
    )
