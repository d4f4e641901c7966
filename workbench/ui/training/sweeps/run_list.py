"""The trainings so far, those of one sweep together."""

from collections.abc import Callable

import streamlit as st

from workbench.core.words import plural
from workbench.evaluation.sweeps import sweeps
from workbench.evaluation.sweeps.sweeps import Sweep
from workbench.training.run_view import RunView
from workbench.ui import context, frame, status
from workbench.ui.numbers import when
from workbench.ui.text import plain


def show(project_id: int, runs: list[RunView], row: Callable[[RunView], None]) -> None:
    """Each training in a row, the newest first; a sweep is one, with its tries in it."""
    found = sweeps.list_sweeps(context.store(), project_id)
    of = {trial.run.id: sweep for sweep in found for trial in sweep.trials if trial.run}
    for sweep in (one for one in found if not one.trials):
        _sweep(sweep, [], row)
    shown: set[int] = set()
    for run in runs:
        own = of.get(run.id)
        if own is None:
            row(run)
        elif own.id not in shown:
            shown.add(own.id)
            _sweep(own, [one for one in runs if of.get(one.id) is own], row)


def _sweep(sweep: Sweep, runs: list[RunView], row: Callable[[RunView], None]) -> None:
    best = sweep.best
    with st.container(border=True, key=f"sweep-{sweep.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(
                frame.PAGES["Train"][0],
                label=f"**Several settings ({sweep.id:d})**",
                icon=":material/tune:",
                query_params=context.in_project(sweep=sweep.id),
            )
            status.badge("cancelling" if sweep.job.is_ending else sweep.job.status)
            if best is not None and best.practice is not None:
                words = best.practice.metric.unit.brief(best.practice.score)
                st.markdown(
                    plain(f"best: try {best.number + 1}, {words} on practice questions"),
                    width="content",
                )
        tried = plural(len(sweep.trials), "try", "tries")
        st.caption(
            f"{plain(tried)} · {sweep.spec.minutes:g} minutes · {when(sweep.job.created_at)}"
        )
        if runs:
            with st.expander("Its tries", key=f"sweep-runs-{sweep.id}"):
                for run in runs:
                    row(run)
