"""What else a model learned, on the Evaluate page: the button, how far it is, and each part."""

import pandas as pd
import streamlit as st

from workbench.evaluation import habit_checks
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.habits import headlines, parts
from workbench.jobs.job import JobView
from workbench.training.run_view import RunView
from workbench.ui import context, errors, job_progress
from workbench.ui.accounts import allowed
from workbench.ui.evaluation.habits import answers, rows, writing
from workbench.ui.numbers import about, plural, when
from workbench.ui.text import plain

_SHOW = {
    parts.MEMORISED: rows.show,
    parts.FORGETTING: answers.show_forgotten,
    parts.PROVOCATIONS: answers.show_provoked,
    parts.ROBUSTNESS: writing.show,
}


def show(run: RunView, _info: EvaluationInfo, _answers: pd.DataFrame) -> None:
    """What was found last, or what would be asked; a check that runs, with the way to stop it."""
    with errors.shown():
        jobs = habit_checks.habit_jobs(context.store(), run.id)
        busy = next((job for job in jobs if not job.is_over), None)
        last = habit_checks.last_found(context.store(), run.id)
        if busy is not None:
            job_progress.show(busy)
        elif jobs and jobs[0].status != "succeeded":
            _show_end(jobs[0])
        if last is not None:
            _show_found(run, last)
        if busy is None:
            _show_start(run, again=last is not None)


def _show_end(job: JobView) -> None:
    if job.status == "failed":
        st.error(f"The check failed. {plain(job.reason)}", icon=":material/error:")
    else:
        st.info(plain(job.reason), icon=":material/cancel:")


def _show_start(run: RunView, *, again: bool) -> None:
    told = habit_checks.outlook(context.store(), run.id)
    asked = [parts.TITLES[part] for part in parts.fits(told.asked)]
    if not again:
        st.write(
            "An exam asks what the model was taught. Here it is asked other things, by itself: "
            + " ".join(asked)
        )
    learned = (
        " It has learned from every row, so the questions that are written otherwise are some that it "
        "knows."
        if told.by_turns
        else ""
    )
    st.caption(
        f"At most {plural(told.texts, 'text')} are asked: {about(told.seconds)} on this kind of "
        f"machine. If you cancel, nothing of it is kept.{learned}"
    )
    label = "Ask again" if again else "What else did it learn?"
    if allowed.button(label, key="habits-start", icon=":material/psychology:"):
        with errors.shown():
            habit_checks.start_habits(context.store(), run.id)
            st.rerun()


def _show_found(run: RunView, job: JobView) -> None:
    found = (job.result or {}).get("habits") or {}
    for part, sentence in headlines.headlines(found).items():
        st.markdown(f"**{parts.TITLES[part]}**")
        if (result := parts.done(job.result, part)) is None:
            st.caption(plain(sentence))
            continue
        st.markdown(f"{_ICONS[headlines.alarm(part, result)]} {plain(sentence)}")
        place = st.expander("Read it", key=f"habits-{part}", on_change="rerun")
        if place.open:
            with place:
                _SHOW[part](run, result)
    if job.finished_at is not None:
        st.caption(f"Asked {plain(when(job.finished_at))}.")


_ICONS = {
    True: ":orange[:material/warning:]",
    False: ":green[:material/check_circle:]",
    None: ":material/visibility:",
}
"""Beside a sentence that says the same: look here, nothing there, or judge for yourself."""
