"""One training on a page: live while it runs, its story when it is over."""

from typing import Any

import streamlit as st

from workbench.core.recipe import FIELDS, from_dict
from workbench.evaluation.sweeps.dropping import was_dropped
from workbench.jobs import queue
from workbench.jobs.job import JobView
from workbench.projects import projects
from workbench.system import drafts
from workbench.system.hardware import hardware
from workbench.training import fit_memory, runs, summary
from workbench.training.run_view import RunView
from workbench.ui import context, dialogs, errors, frame, status
from workbench.ui.accounts import allowed
from workbench.ui.numbers import about, duration, size, when
from workbench.ui.text import plain
from workbench.ui.training import again_view, chain_view, curves, doctor_view, energy_view
from workbench.ui.training.sweeps import sweep_link

POLL = "2s"
DRAW = "8s"
"""Charts are drawn less often: on a small machine they take a core's time from the training."""
TRAIN = frame.PAGES["Train"][0]


def show(run_id: int) -> None:
    """The page of one run."""
    with errors.alone("This training cannot be shown"):
        run = runs.get_run(context.store(), run_id)
    question = "How did the training go?" if run.job.is_over else "How is it learning?"
    if run.is_told:
        question = "Is an instruction enough?"
    frame.header("Train", question)
    _head(run)
    if run.job.is_over:
        _outcome(run)
        curves.show(run)
        if tried := doctor_view.show(run):
            _prefill(run, **tried)
            context.go(TRAIN)
        if (
            run.is_usable or was_dropped(run)
        ) and not run.is_told:  # else there is no model to compare with
            again_view.show(run)
        if run.is_usable and not run.is_told:
            again_view.show_seeds(run)
    else:
        st.fragment(_live, run_every=POLL)(run_id)
        st.fragment(curves.show_of, run_every=DRAW)(run_id)
        if dialogs.asked() == ("cancel", run_id):
            _ask_cancel(run)
    _details(run)


def _head(run: RunView) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(plain(run.name), anchor=False, width="content")
        if run.job.is_over:
            status.badge(run.status)
    does = "is told what to do, and learns nothing of" if run.is_told else "learns from"
    st.caption(
        f"{plain(run.base_model)} {does} {plain(run.dataset_name)}, version "
        f"{run.version_number} · {run.splits.get('train', 0):,} examples · begun "
        f"{when(run.created_at)}"
    )
    chain_view.show(run)
    sweep_link.show(run)


def _live(run_id: int) -> None:
    run = runs.get_run(context.store(), run_id)
    if run.job.is_over:
        st.rerun(scope="app")
    context.ensure_worker()  # should it have died, nobody else would notice while one only watches
    job = run.job
    with st.container(horizontal=True, vertical_alignment="center"):
        status.badge(run.status)
        st.markdown(f"**{plain(summary.phase(run))}**", width="content")
    progress = job.progress if job.is_active or job.status == "paused" else {}
    left = progress.get("seconds_left") if job.is_active else None
    line = summary.progress_line(progress)
    if left:
        line = f"{line} · {about(left)} left" if line else f"{about(left)} left"
    st.progress(summary.share_done(progress), text=plain(line) or "Nothing to count yet")
    _measured(progress)
    if job.warning:
        st.warning(plain(job.warning), icon=":material/hourglass_top:")
    if job.attempt > 1 and job.reason and job.status != "paused" and not job.is_ending:
        st.info(f"Attempt {job.attempt}: {plain(job.reason)}", icon=":material/replay:")
    _buttons(job, run.id)
    paused = "It waits for you; everything is kept, also when the computer is switched off."
    goes_on = "You may close this page: the training goes on, and everything is here again later."
    st.caption(paused if job.status == "paused" else goes_on)


def _measured(progress: dict[str, Any]) -> None:
    """What the first steps took, in place of what was estimated."""
    told = progress.get("measured") or {}
    if told.get("training_mb") and told.get("step_s"):
        st.caption(
            f":material/speed: Measured: {size(told['training_mb'] * 1e6)} of memory while it learns, "
            f"{about(told['step_s'])} for a step on the longest examples."
        )


def _buttons(job: JobView, run_id: int) -> None:
    """Pause or go on, and cancel, while there is something to ask for."""
    if job.is_ending:
        return
    with st.container(horizontal=True):
        if job.pause_requested_at is not None:
            if allowed.button("Go on", key="resume", type="primary", icon=":material/play_arrow:"):
                queue.resume_job(context.store(), job.id)
                st.rerun(scope="fragment")
        elif allowed.button("Pause", key="pause", icon=":material/pause:"):
            queue.pause_job(context.store(), job.id)
            st.rerun(scope="fragment")
        if allowed.button("Cancel the training", key="cancel", icon=":material/stop_circle:"):
            dialogs.ask("cancel", run_id)
            st.rerun(scope="app")


@st.dialog("Cancel this training?", on_dismiss=dialogs.answered)
def _ask_cancel(run: RunView) -> None:
    if run.job.attempt == 0:
        st.write("It has not started yet; nothing is lost.")
    else:
        st.write("It stops after saving. The best state so far is kept and can be used.")
    dialogs.decide(
        "cancel", "Cancel it", "Let it learn",
        lambda: runs.cancel_run(context.store(), run.id), icon=":material/stop_circle:",
    )  # fmt: skip


def _outcome(run: RunView) -> None:
    sentence = plain(summary.ending(run))
    if run.status == "succeeded":
        st.success(sentence, icon=":material/check_circle:")
    elif run.status == "failed":
        st.error(sentence, icon=":material/error:")
    else:
        st.info(sentence, icon=":material/stop_circle:")
    step = runs.last_step_kept(run)
    if fit_memory.ran_out(run):
        _less_memory(run)
    elif step is not None and allowed.button(
        f"Go on from step {step:,}", key="continue", type="primary", icon=":material/play_arrow:"
    ):
        with errors.shown():
            context.go(TRAIN, run=runs.continue_run(context.store(), run.id).run_id)
    with st.container(horizontal=True):
        if run.is_usable:
            if st.button("See how good it is", key="evaluate", type="primary"):
                context.go(frame.PAGES["Evaluate"][0], run=run.id)
            if st.button("Try it out", key="use"):
                context.go(frame.PAGES["Use"][0], run=run.id)
        again = (
            "Train with your examples"
            if run.is_told
            else "Train again with other settings"
            if run.is_usable
            else "Change settings and try again"
        )
        calm = run.is_usable or fit_memory.ran_out(run) or step is not None
        if st.button(again, key="again", type="secondary" if calm else "primary"):
            _prefill(run)
            context.go(TRAIN)
        able = run.is_usable and not run.is_told
        if able and st.button("Train it further", key="further", icon=":material/link:"):
            _further(run)


def _further(run: RunView) -> None:
    """Let the next training start from this one's model."""
    draft = {"version_id": run.version_id, "start_run_id": run.id}
    drafts.save_draft(context.store(), run.project_id, "train", draft)
    projects.choose_model(context.store(), run.project_id, run.base_model_id)
    context.go(TRAIN)


def _less_memory(run: RunView) -> None:
    """Offer settings that will fit."""
    fitted = fit_memory.fitting_recipe(context.store(), hardware(), run)
    if fitted is None:
        st.write(
            "Even the smallest settings need more memory than there is: choose a smaller model."
        )
        return
    st.write(
        f"These settings will fit: {plain(fit_memory.changes(from_dict(run.recipe), fitted))}."
    )
    if st.button("Use these settings", key="fit", type="primary", icon=":material/memory:"):
        _prefill(run, fitted.as_dict())
        context.go(TRAIN)


def _prefill(run: RunView, settings: dict[str, Any] | None = None, **more: Any) -> None:
    """Put the run's settings, or others, into the Train page's draft."""
    draft: dict[str, Any] = {
        **more,
        "version_id": run.version_id,
        "preset": "own",
        "settings": settings or run.recipe,
    }
    if run.chain:
        draft["start_run_id"] = run.chain[-1].run_id
    drafts.save_draft(context.store(), run.project_id, "train", draft)
    projects.choose_model(context.store(), run.project_id, run.base_model_id)


def _details(run: RunView) -> None:
    with st.expander("Numbers and settings", key="numbers"):
        _numbers(run)
        energy_view.show(run)
        rows: list[tuple[str, ...]] = [
            (FIELDS[name].metadata["label"], _said(value), name)
            for name, value in run.recipe.items()
            if name in FIELDS
        ]
        _table(rows, ("Setting", "Value", "Name in the field"))
    with st.expander("Log", expanded=run.status == "failed", key="log"):
        text = runs.log_tail(context.store(), run.id)
        st.code(text or "Nothing has been written yet.", language=None, wrap_lines=True, height=320)
        if not run.job.is_over and st.button("Read the log again", key="log-again"):
            st.rerun()


def _numbers(run: RunView) -> None:
    result = run.result or {}
    entries: list[tuple[str, str]] = []
    for label, key, shown in _RESULTS:
        if result.get(key) is not None:
            entries.append((label, shown(result[key])))
    if entries:
        with st.grid(4, min_column_width=160):
            for label, value in entries:
                st.metric(plain(label), plain(value))


_RESULTS: tuple[tuple[str, str, Any], ...] = (
    ("Time", "seconds", duration),
    ("Peak memory", "peak_memory_mb", lambda mb: size(mb * 1e6)),
    ("Steps", "steps", lambda n: f"{n:,}"),
    ("Kept state of step", "best_step", lambda n: f"{n:,}"),
    ("Examples per second", "examples_per_second", lambda n: f"{n:,.1f}"),
    ("Tokens per second", "tokens_per_second", lambda n: f"{n:,.0f}"),
)


def _said(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _table(rows: list[tuple[str, ...]], names: tuple[str, ...]) -> None:
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    st.dataframe(columns, hide_index=True, key="settings-table", height=360)
