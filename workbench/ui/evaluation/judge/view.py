"""Let a model judge, on the Evaluate page: what it said, whether that counts, and the way to ask it."""

import pandas as pd
import streamlit as st

from workbench.evaluation import evaluations
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.judge.address import host_of
from workbench.evaluation.judged import judgements
from workbench.evaluation.judged.judgement import Judgement
from workbench.jobs.job import JobView
from workbench.training.run_view import RunView
from workbench.ui import context, errors, job_progress
from workbench.ui.evaluation.judge import asking, rating, said
from workbench.ui.numbers import plural, when
from workbench.ui.text import plain, plain_lines


def show(run: RunView, _info: EvaluationInfo, _answers: pd.DataFrame) -> None:
    """What was judged last, or how far it is; then the way to another judging."""
    with errors.shown():
        exam = evaluations.exam_of(context.store(), run.id)
        jobs = judgements.judge_jobs(context.store(), run.id)
        busy = next((job for job in jobs if not job.is_over), None)
        found = judgements.judgements(context.store(), run.id)
        if busy is not None:
            job_progress.show(busy)
        elif jobs and jobs[0].status != "succeeded":
            _show_end(jobs[0])
        newest = {one.spec.other: one.job.id for one in reversed(found)}
        for one in found:
            _show(one, exam, to_rate=newest[one.spec.other] == one.job.id, first=one is found[0])
        if busy is None:
            asking.show(run, first=not found)


def _show_end(job: JobView) -> None:
    if job.status == "failed":
        st.error(f"The judging failed. {plain(job.reason)}", icon=":material/error:")
    else:
        st.info(plain(job.reason), icon=":material/cancel:")


def _show(found: Judgement, exam: EvaluationInfo | None, *, to_rate: bool, first: bool) -> None:
    with st.container(border=True, key=f"judgement-{found.job.id}"):
        ended = f" :small[{plain(when(found.job.finished_at))}]" if found.job.finished_at else ""
        st.markdown(
            f"**Against '{plain(found.title)}', judged by {plain(found.spec.model)}**{ended}"
        )
        if exam is None or found.spec.exam != exam.predictions_hash:
            st.caption("These are answers of an earlier exam.")
        _show_score(found)
        st.caption(plain(_what_came(found)))
        if to_rate and found.counts.judged:
            rating.show(found, opened=first)
        said.show_verdicts(found)
        said.show_unread(found)
        with st.expander("What the judge was told", key=f"judge-told-{found.job.id}"):
            asked = "once" if found.spec.repeat == 1 else f"{found.spec.repeat} times"
            st.caption(
                f"Asked at {plain(host_of(found.spec.url))}, each question {asked} in both orders."
            )
            st.markdown(plain_lines(found.spec.rubric))


def _show_score(found: Judgement) -> None:
    """The score; grey, with the reason, until it counts."""
    if found.does_count:
        st.markdown(f":material/gavel: {plain(found.said)}")
        st.caption(plain(found.agreement.sentence))
        return
    st.markdown(f":gray[:material/gavel: {plain(found.said)}]")
    st.markdown(f":orange-badge[Not yet to be counted] {plain(found.why_not)}")
    if raw := found.agreement.raw:
        st.caption(f"Agreement with people so far: {raw:.0%}".replace("%", " %"))


def _what_came(found: Judgement) -> str:
    counts = found.counts
    parts = [
        f"Better: {counts.wins}, no difference: {counts.ties}, worse: {counts.losses}, unclear: "
        f"{counts.unclear}."
    ]
    if counts.swayed:
        parts.append(
            f"{counts.swayed} of {plural(counts.pairs_read, 'verdict')} changed with the place of the "
            "answers and count as no difference."
        )
    if counts.unreadable or counts.refused:
        parts.append(
            f"Of {plural(counts.replies, 'reply', 'replies')} {counts.unreadable} could not be read as a "
            f"verdict and {counts.refused} were refused; nothing was guessed."
        )
    if found.spec.alike:
        parts.append(f"{plural(found.spec.alike, 'question')} both answer alike: not asked.")
    if found.spec.too_long:
        parts.append(f"{plural(found.spec.too_long, 'question')} too long to be sent: not asked.")
    return " ".join(parts)
