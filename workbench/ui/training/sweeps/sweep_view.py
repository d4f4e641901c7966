"""One sweep on a page: live while it tries, what came out of it afterwards."""

import streamlit as st

from workbench.core.words import joined
from workbench.evaluation.sweeps import sweeps
from workbench.evaluation.sweeps.differing import Beside, beside, said
from workbench.evaluation.sweeps.sweeps import Sweep, Trial
from workbench.evaluation.sweeps.told import BY_PRACTICE, sentences, spent_s, state_words
from workbench.jobs import queue
from workbench.training import summary
from workbench.ui import context, dialogs, errors, frame, status
from workbench.ui.accounts import allowed
from workbench.ui.numbers import when
from workbench.ui.text import plain
from workbench.ui.training.sweeps import beside_view

POLL = "3s"
TRAIN = frame.PAGES["Train"][0]


def show(sweep_id: int) -> None:
    """The page of one sweep."""
    with errors.alone("This sweep cannot be shown"):
        sweep = sweeps.get_sweep(context.store(), sweep_id)
    frame.header("Train", "Which settings are best?")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Several settings, tried", anchor=False, width="content")
        if sweep.job.is_over:
            status.badge(sweep.job.status)
    st.caption(
        f"{plain(sweep.job.title)} · at most {sweep.spec.most} tries within {sweep.spec.minutes:g} "
        f"minutes · begun {when(sweep.job.created_at)}"
    )
    if sweep.job.is_over:
        _outcome(sweep)
        _tried(sweep)
    else:
        st.fragment(_live, run_every=POLL)(sweep_id)
        if dialogs.asked() == ("cancel-sweep", sweep_id):
            _ask_cancel(sweep)


def _live(sweep_id: int) -> None:
    sweep = sweeps.get_sweep(context.store(), sweep_id)
    if sweep.job.is_over:
        st.rerun(scope="app")
    context.ensure_worker()
    with st.container(horizontal=True, vertical_alignment="center"):
        status.badge("cancelling" if sweep.job.is_ending else sweep.job.status)
        st.markdown(f"**{plain(_now(sweep))}**", width="content")
    if len(sweep.running) > 1:
        st.caption(plain(" · ".join(_doing(trial) for trial in sweep.running)))
    minutes = spent_s(sweep) / 60
    share = max(minutes / sweep.spec.minutes, len(sweep.over) / sweep.spec.most)
    st.progress(
        min(1.0, share), text=plain(f"{minutes:.0f} of {sweep.spec.minutes:g} minutes used")
    )
    if sweep.job.attempt > 1 and sweep.job.reason:
        st.info(plain(sweep.job.reason), icon=":material/replay:")
    if not sweep.job.is_ending and allowed.button(
        "Stop trying", key="sweep-cancel", icon=":material/stop_circle:"
    ):
        dialogs.ask("cancel-sweep", sweep_id)
        st.rerun(scope="app")
    st.caption("You may close this page: it goes on trying, and everything is here again later.")
    st.caption(BY_PRACTICE)
    _tried(sweep)


def _now(sweep: Sweep) -> str:
    running = sweep.running
    if len(running) > 1:
        numbers = joined([str(trial.number + 1) for trial in running])
        return f"Tries {numbers} of at most {sweep.spec.most}, side by side"
    if running and (run := running[0].run) is not None:
        return f"Try {running[0].number + 1} of at most {sweep.spec.most}: {summary.phase(run)}"
    return "The best one sits the exam" if sweep.trials else "Starts in a moment"


def _doing(trial: Trial) -> str:
    return f"Try {trial.number + 1}: {summary.phase(trial.run)}" if trial.run is not None else ""


@st.dialog("Stop trying?", on_dismiss=dialogs.answered)
def _ask_cancel(sweep: Sweep) -> None:
    st.write("What was tried by then is kept, and the best of it can be used.")
    dialogs.decide(
        "cancel-sweep", "Stop it", "Let it go on",
        lambda: queue.cancel_job(context.store(), sweep.id), icon=":material/stop_circle:",
    )  # fmt: skip


def _outcome(sweep: Sweep) -> None:
    if sweep.job.status == "failed":
        st.error(plain(sweep.job.reason), icon=":material/error:")
    found = sentences(context.store(), sweep)
    if found:
        st.success(plain(found[0]), icon=":material/check_circle:")
    elif sweep.job.status != "failed":
        st.info("Nothing was tried to its end.", icon=":material/stop_circle:")
    for sentence in found[1:]:
        st.write(plain(sentence))
    st.caption(
        f"{plain(f'{spent_s(sweep) / 60:.0f} of {sweep.spec.minutes:g} minutes')} were used."
    )
    best = sweep.best
    with st.container(horizontal=True):
        if best is not None and best.run is not None and best.run.is_usable:
            if st.button("See how good the best is", key="evaluate", type="primary"):
                context.go(frame.PAGES["Evaluate"][0], run=best.run.id)
            if st.button("Try it out", key="use"):
                context.go(frame.PAGES["Use"][0], run=best.run.id)


def _tried(sweep: Sweep) -> None:
    """The tries beside each other, with a link to each."""
    by_run = {trial.run.id: trial for trial in sweep.trials if trial.run is not None}
    if not by_run:
        return
    rows = beside(context.store(), [trial.run for trial in by_run.values() if trial.run])
    best = sweep.best.number if sweep.best and sweep.best.practice else None

    def trial_of(row: Beside) -> Trial:
        return by_run[row.run.id]

    st.markdown("##### What was tried")
    beside_view.table(
        rows,
        {
            "Try": lambda row: f"{trial_of(row).number + 1}{' ★' * (trial_of(row).number == best)}",
            "State": lambda row: state_words(trial_of(row)),
        },
    )
    with st.container(horizontal=True):
        for number, trial in enumerate(by_run.values(), 1):
            if trial.run is not None:
                st.page_link(
                    TRAIN,
                    label=f"Try {number:d}",
                    icon=":material/show_chart:",
                    query_params=context.in_project(run=trial.run.id),
                )
    beside_view.curves(rows, lambda row: _named(trial_of(row)))


def _named(trial: Trial) -> str:
    settings = ", ".join(said(value) for value in trial.settings.values())
    return f"Try {trial.number + 1}: {settings}"
