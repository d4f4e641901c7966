"""Scoring a model from the page: the button, and how far it is."""

from typing import Literal

import streamlit as st

from workbench.evaluation import evaluations as evaluation
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.jobs import queue
from workbench.jobs.job import JobView
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.numbers import about, plural
from workbench.ui.text import plain

_POLL_S = 2.0
_PHASES = {
    "preparing": "Loading the model",
    "embedding": "Reading the questions",
    "evaluating": "Answering the questions",
    "saving": "Saving the answers",
}


def show_progress(run_id: int) -> bool:
    """The scorings of the run that wait or work; when one ends, the page shows its result.

    Returns whether there is one.
    """
    if not _open_jobs(run_id):
        return False
    st.fragment(_watch, run_every=_POLL_S)(run_id)
    return True


def show_failure(run_id: int, evaluations: list[EvaluationInfo]) -> None:
    """Why the last scoring came to nothing, until there is a newer result."""
    found = [job for job in evaluation.evaluation_jobs(context.store(), run_id) if job.is_over]
    if not found or found[0].status == "succeeded" or found[0].finished_at is None:
        return
    last = found[0]
    if any(info.created_at > found[0].finished_at for info in evaluations):
        return
    if last.status == "failed":
        st.error(f"{plain(last.title)} failed. {plain(last.reason)}", icon=":material/error:")
    else:
        st.info(f"{plain(last.title)} was cancelled.", icon=":material/cancel:")


def score_button(label: str, run_id: int, *, primary: bool) -> None:
    """A button that scores the run on its own exam."""
    kind: Literal["primary", "secondary"] = "primary" if primary else "secondary"
    if allowed.button(label, key="score-exam", type=kind):
        with errors.shown():
            evaluation.start_evaluation(context.store(), run_id)
            st.rerun()


def _open_jobs(run_id: int) -> list[JobView]:
    found = evaluation.evaluation_jobs(context.store(), run_id)
    return [job for job in reversed(found) if not job.is_over]


def _watch(run_id: int) -> None:
    open_jobs = _open_jobs(run_id)
    seen = st.session_state.setdefault("exam-jobs", [])
    now = [job.id for job in open_jobs]
    if not now or set(seen) - set(now):
        st.session_state["exam-jobs"] = now
        st.rerun()
    st.session_state["exam-jobs"] = now
    for job in open_jobs:
        show_job(job)


def show_job(job: JobView) -> None:
    """How far a job is that asks a model, and the ways to pause and to end it."""
    with st.container(border=True, key=f"exam-job-{job.id}"):
        st.markdown(f"**{plain(job.title)}**")
        st.progress(_share(job), text=_what(job))
        if job.warning:
            st.warning(plain(job.warning), icon=":material/warning:")
        label = "Cancelling …" if job.is_ending else "Cancel"
        with st.container(horizontal=True):
            if job.pause_requested_at is not None:
                if allowed.button("Go on", key=f"resume-{job.id}", disabled=job.is_ending):
                    queue.resume_job(context.store(), job.id)
                    st.rerun()
            elif allowed.button("Pause", key=f"pause-{job.id}", disabled=job.is_ending):
                queue.pause_job(context.store(), job.id)
                st.rerun()
            if allowed.button(label, key=f"cancel-{job.id}", disabled=job.is_ending):
                queue.cancel_job(context.store(), job.id)
                st.rerun()


def _share(job: JobView) -> float:
    step, total = job.progress.get("step"), job.progress.get("total_steps")
    return min(1.0, float(step) / float(total)) if step and total else 0.0


def _what(job: JobView) -> str:
    if job.status == "paused":
        return "Paused; it goes on when you say so."
    if job.status == "queued":
        ahead = f" behind {plural(job.ahead, 'job')}" if job.ahead else ""
        return f"Waits for its turn{ahead}."
    step, total = job.progress.get("step"), job.progress.get("total_steps")
    phase = str(job.progress.get("phase") or "preparing")
    parts = [_PHASES.get(phase, "Working")]
    if step and total:
        parts.append(f"{step:,} of {total:,}")
    if job.progress.get("seconds_left"):
        parts.append(f"{about(float(job.progress['seconds_left']))} left")
    return ", ".join(parts)
