"""Use, a whole file: the user's own table comes back with the model's answers in new columns."""

from dataclasses import replace

import streamlit as st

from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import rung_in_place
from workbench.evaluation.release import releases
from workbench.models.served import in_place_of
from workbench.training import runs
from workbench.training.run_view import RunView
from workbench.ui import context, errors, frame
from workbench.ui.use.answered import choice, first, results, watching
from workbench.ui.use.answered import draft as drafts
from workbench.use.answered.asking import Order

store = context.store()
project_id = context.project_id()


def answer_file() -> None:
    frame.header(
        "Use",
        "Let your model answer a whole file",
        "Bring a table: every row gets an answer, in a copy of your own file.",
    )
    frame.use_tabs("Answer")
    trained = [run for run in runs.list_runs(store, project_id) if run.is_usable]
    if not trained:
        nothing_trained()
        return
    with errors.shown():
        new_file(*choose_model(trained))
    with errors.shown():
        results.show()
    watching.show(trained, _live_id())


def nothing_trained() -> None:
    """Teach what belongs here, and how to get there."""
    st.info(
        "Here a trained model answers a whole spreadsheet at once, row by row, and you get your own "
        "file back with the answers. There is no trained model in this project so far.",
        icon=":material/table_view:",
    )
    if st.button("Go to Train", key="go-train", type="primary"):
        context.go(frame.PAGES["Train"][0])


def choose_model(trained: list[RunView]) -> tuple[RunView, str]:
    """The model to ask (the one in the URL, else the live or the newest one), and what answers in its
    place."""
    found = releases.live(store, project_id)
    by_run = {str(run.id): (run, "") for run in trained}
    live = str(found.run_id) if found else ""
    if found and found.rung and live in by_run:
        instead = (by_run[live][0], found.rung)
        live = in_place_of(live, found.rung)
        by_run = {live: instead, **by_run}
    names = list(by_run)
    wanted = next((n for n in (st.query_params.get("run"), live) if n in by_run), names[0])
    name = st.selectbox(
        "Model",
        names,
        index=names.index(wanted),
        format_func=lambda n: _title(*by_run[n]) + (" (live)" if n == live else ""),
        key=f"answer-model-{wanted}",
        width=320,
    )
    st.query_params["run"] = name
    return by_run[name]


def _live_id() -> int | None:
    found = releases.live(store, project_id)
    return found.run_id if found else None


def _title(run: RunView, rung: str) -> str:
    return rung_in_place(rung, run.name)


def new_file(run: RunView, rung: str) -> None:
    """From the file to its first answers."""
    draft = drafts.load()
    if draft.source is None:
        choice.upload(draft)
        return
    order = Order(project_id, run.id, draft.source, draft.read, rung=rung)
    table = choice.read(draft, order)
    if table is None:
        return
    columns = choice.columns(draft, task_named(run.task), order, table)
    if columns:
        first.show(replace(order, columns=columns), table)


answer_file()
