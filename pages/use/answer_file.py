"""Use, a whole file: the user's own table comes back with the model's answers in new columns."""

import streamlit as st

from workbench.core.tasks import task_named
from workbench.evaluation.release import releases
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
        new_file(choose_model(trained))
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


def choose_model(trained: list[RunView]) -> RunView:
    """The model to ask: the one in the URL, else the live or the newest one."""
    by_run = {str(run.id): run for run in trained}
    live = str(_live_id() or "")
    names = list(by_run)
    wanted = next((n for n in (st.query_params.get("run"), live) if n in by_run), names[0])
    name = st.selectbox(
        "Model",
        names,
        index=names.index(wanted),
        format_func=lambda n: by_run[n].name + (" (live)" if n == live else ""),
        key=f"answer-model-{wanted}",
        width=320,
    )
    st.query_params["run"] = name
    return by_run[name]


def _live_id() -> int | None:
    found = releases.live(store, project_id)
    return found.run_id if found else None


def new_file(run: RunView) -> None:
    """From the file to its first answers."""
    draft = drafts.load()
    if draft.source is None:
        choice.upload(draft)
        return
    order = Order(project_id, run.id, draft.source, draft.read)
    table = choice.read(draft, order)
    if table is None:
        return
    columns = choice.columns(draft, task_named(run.task), order, table)
    if columns:
        first.show(Order(project_id, run.id, draft.source, draft.read, columns), table)


answer_file()
