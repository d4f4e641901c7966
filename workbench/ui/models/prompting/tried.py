"""What became of the instructions that were tried: their scores, their answers, and which is kept."""

import pandas as pd
import streamlit as st

from workbench.core.metrics import Metric, metric_of
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import PROMPT
from workbench.data.versions import VersionInfo
from workbench.evaluation.ladder import Ladder
from workbench.evaluation.prompting import outcome, trials
from workbench.evaluation.prompting.outcome import Outcome
from workbench.evaluation.prompting.trials import Trial
from workbench.evaluation.worth_table import seconds_in_words
from workbench.models.model_info import ModelInfo
from workbench.training.instructed import start_instructed
from workbench.ui import context, errors, frame
from workbench.ui.accounts import allowed
from workbench.ui.evaluation.ladder import worth_it
from workbench.ui.text import plain

_ICONS = {
    outcome.ENOUGH: ":material/check_circle:",
    outcome.BETTER: ":material/stairs:",
    outcome.NO_BETTER: ":material/info:",
}


@st.cache_data(show_spinner=False, max_entries=32)
def _answers(digest: str, task: str, _trial: Trial) -> pd.DataFrame:
    """The judged answers of a trial, read once; their digest never changes."""
    return trials.answers(_trial, task)


@st.cache_data(show_spinner="Comparing …", max_entries=32)
def _ladder(digest: str, task: str, _trial: Trial) -> Ladder:
    """The trial above those who need no model: intervals take thousands of drawings."""
    return outcome.ladder_of(_trial, _answers(digest, task, _trial), task)


@st.cache_data(show_spinner="Comparing …", max_entries=8)
def _outcome(digest: str, task: str, _trial: Trial) -> Outcome:
    return outcome.judged(_trial, _answers(digest, task, _trial), task)


def show(version: VersionInfo, model: ModelInfo, found: list[Trial]) -> None:
    """The trials with a model, the best one marked, and the verdict on the one that was kept."""
    practised = [one for one in found if one.is_scored and not one.is_exam]
    if practised:
        _show_practice(version, model, practised)
    kept = trials.kept(context.store(), version)
    if kept is not None:
        _show_kept(version, kept)


def _show_practice(version: VersionInfo, model: ModelInfo, found: list[Trial]) -> None:
    metric = metric_of(version.task)
    best = _best(found, metric)
    st.markdown("##### Tried so far")
    for one in found[:8]:
        _line(version, model, one, metric, is_best=one is best and len(found) > 1)
    st.caption(
        f"On {found[0].rows:,} practice questions a score is rough: a difference of a few points may be "
        "chance. The exam tells more."
    )


def _best(found: list[Trial], metric: Metric) -> Trial:
    """Of equal ones the first that was tried."""
    return max(reversed(found), key=lambda one: metric.gain(_score(one, metric), 0.0))


def _line(
    version: VersionInfo, model: ModelInfo, one: Trial, metric: Metric, *, is_best: bool
) -> None:
    table = _answers(one.predictions_hash, version.task, one)
    rung = _ladder(one.predictions_hash, version.task, one).named(PROMPT)
    ends = None if rung is None else rung.intervals.get(metric.name)
    words = metric.unit.words
    between = f", {words(ends[0])} to {words(ends[1])} with 95 % certainty" if ends else ""
    takes = "" if one.seconds is None else f" · {seconds_in_words(one.seconds)} an answer"
    shown = "" if not one.shown else f" · nearest {one.shown} shown"
    with st.container(border=True, key=f"trial-{one.job.id}"):
        mark = "✓ best so far · " if is_best else ""
        st.markdown(
            f"{mark}**{plain(words(_score(one, metric)))}** :small[:gray[{plain(metric.meaning)}"
            f"{plain(between)}{plain(shown)}{plain(takes)}]]"
        )
        st.write(plain(one.instruction))
        with st.container(horizontal=True, vertical_alignment="center"):
            _keep(version, model, one)
            _peep(version, one, table)


def _keep(version: VersionInfo, model: ModelInfo, one: Trial) -> None:
    if allowed.button(
        "Keep it: sit the exam", key=f"keep-{one.job.id}", icon=":material/school:",
        help="The same questions as a trained model's exam. From then on a training is held against it.",
    ):  # fmt: skip
        with errors.shown():
            trials.start_trial(
                context.store(),
                version.id,
                model.id,
                one.instruction,
                shown=one.shown,
                is_exam=True,
            )
            context.ensure_worker()
            st.rerun()


def _peep(version: VersionInfo, one: Trial, table: pd.DataFrame) -> None:
    with st.popover("Answers", icon=":material/visibility:", key=f"answers-{one.job.id}"):
        _show_answers(version, table)


def _show_answers(version: VersionInfo, table: pd.DataFrame) -> None:
    """The first ones, those that are wrong before the others."""
    task = task_named(version.task)
    right = f"right_{PROMPT}"
    ordered = table.sort_values(right, kind="stable") if right in table else table
    shown = pd.DataFrame(
        {
            task.question_title: ordered["input"],
            task.answer_title: ordered["expected"],
            "Its answer": ordered[PROMPT],
        }
    )
    if right in ordered:
        shown["Right?"] = ["✓" if one else "✗" for one in ordered[right]]
    st.dataframe(shown, hide_index=True, width=760)


def _show_kept(version: VersionInfo, kept: Trial) -> None:
    told = (kept.predictions_hash, version.task, kept)
    found = _outcome(*told)
    st.markdown("##### Kept: the one to beat")
    shown = "" if not kept.shown else f" :small[:gray[nearest {kept.shown} shown]]"
    st.markdown(f"**{plain(kept.instruction)}**{shown}")
    st.info(plain(found.sentence), icon=_ICONS[found.level])
    st.write(plain(found.next_step))
    _use(kept)
    worth_it.show_bars(_ladder(*told), "")
    with st.expander("Its answers in the exam", icon=":material/visibility:"):
        _show_answers(version, _answers(*told))


def _use(kept: Trial) -> None:
    """The kept instruction as a model of its own, without any training."""
    if allowed.button(
        "Use it as it is", key=f"use-{kept.job.id}", icon=":material/check:",
        help="Makes a model of it that can be asked in the playground, by file and by programs, and go "
        "live. Nothing is learned; it sits the exam once, which takes about as long as it just took.",
    ):  # fmt: skip
        with errors.shown():
            run = start_instructed(context.store(), kept.job.id)
            context.ensure_worker()
            context.go(frame.PAGES["Train"][0], run=run.run_id)


def _score(one: Trial, metric: Metric) -> float:
    return one.scores[PROMPT][metric.name]
