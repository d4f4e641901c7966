"""Use, elsewhere: the trained model for other programs, checked before it is handed out."""

import streamlit as st

from workbench.evaluation.release import releases
from workbench.training import runs
from workbench.training.run_view import RunView
from workbench.ui import context, errors, frame, job_progress
from workbench.ui.accounts import allowed
from workbench.ui.text import plain
from workbench.ui.use.exports import cards, certificate_view, fields_note, made
from workbench.use.exports import exports

store = context.store()
project_id = context.project_id()


def take_elsewhere() -> None:
    frame.header(
        "Use",
        "Take your model elsewhere",
        "Choose what you want to do with it. Before anything is handed out, the program that it is for reads it "
        "back, and its answers are compared with the exam's.",
    )
    frame.use_tabs("Export")
    trained = [run for run in runs.list_runs(store, project_id) if run.is_usable]
    if not trained:
        nothing_trained()
        return
    run = choose_model(trained)
    with errors.shown():
        st.info(plain(exports.licence_of(store, run.id)), icon=":material/gavel:")
        fields_note.show(run)
        cards.show(run.id)
    with errors.shown():
        made.show(exports.list_exports(store, project_id, run.id))
    with errors.shown():
        every_way(run.id)


def nothing_trained() -> None:
    """Teach what belongs here, and how to get there."""
    st.info(
        "Here a trained model becomes a file for Ollama, Python or another program, or one file to hand over. "
        "There is no trained model in this project so far.",
        icon=":material/output:",
    )
    if st.button("Go to Train", key="go-train", type="primary"):
        context.go(frame.PAGES["Train"][0])


def choose_model(trained: list[RunView]) -> RunView:
    """Which model: the one in the URL, else the live or the newest one."""
    by_id = {str(run.id): run for run in trained}
    live = str(found.run_id) if (found := releases.live(store, project_id)) else ""
    wanted = st.query_params.get("run") or live
    names = list(by_id)
    name = st.selectbox(
        "Model",
        names,
        index=names.index(wanted) if wanted in by_id else 0,
        format_func=lambda n: by_id[n].name + (" (live)" if n == live else ""),
        key=f"export-model-{wanted}",
        width=320,
    )
    st.query_params["run"] = name
    return by_id[name]


def every_way(run_id: int) -> None:
    """Whether the model answers alike in all ways of this program, without an export."""
    st.markdown("##### Does it answer alike everywhere here?")
    job = exports.newest_check(store, run_id)
    if job is not None and not job.is_over:
        job_progress.show(job)
        return
    found = exports.newest_certificate(store, run_id)
    if found is not None:
        certificate_view.show(found, key="how-here")
    elif job is not None and job.reason:
        st.error(plain(job.reason), icon=":material/error:")
    if allowed.button("Check all ways to ask it", key="certify", icon=":material/verified:"):
        exports.certify(store, run_id)
        context.ensure_worker()
        st.rerun()


take_elsewhere()
