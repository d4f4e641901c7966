"""Data: from a file of the user's to examples that a model can learn from."""

import streamlit as st

from workbench.core.errors import WorkbenchError
from workbench.data import datasets
from workbench.data.examples.plan import Source
from workbench.data.examples.prepare import Prepared
from workbench.data.files import large
from workbench.data.files.large import Order
from workbench.data.readers import Table
from workbench.projects import projects
from workbench.ui import context, frame
from workbench.ui.data import (
    account,
    asking,
    cached,
    choices,
    exam,
    large_file,
    library,
    look,
    reading,
    saving,
    source,
)
from workbench.ui.data import draft as drafts
from workbench.ui.data.draft import Draft
from workbench.ui.text import plain

frame.header(
    "Data",
    "Is your data ready?",
    "Bring a table of examples, say which column is what, and look at it as the model will.",
)
frame.data_tabs("Data")


def _make(draft: Draft, file: Source) -> None:
    """Everything between the file and the saved version."""
    table = reading.read(draft, file)
    if table is None:
        asking.choose_again(draft)
        return
    if not asking.is_answered(draft, file, table):
        look.raw(table)
        return
    summary = st.container()
    left, right = st.columns([2, 3], gap="large")
    with left:
        task = choices.task(draft, file)
        roles = choices.roles(draft, file, task, table)
        complete = exam.choose(draft, table)
        outside = st.container()
    with summary:
        prepared = _prepare(draft, file, roles, table) if complete and roles else None
    if prepared:
        with summary:
            look.sizes(prepared)
            look.findings(prepared)
            choices.reasoning(draft, prepared)
            account.show(prepared)
        with outside:
            choices.out_of_scope(draft, prepared)
    with right:
        model_id = projects.get_project(context.store(), context.project_id()).base_model_id
        look.tabs(table, prepared, model_id)
    if prepared:
        saving.panel(draft, file, prepared, table)


def _prepare(draft: Draft, file: Source, roles: dict[str, str], table: Table) -> Prepared | None:
    task = draft.task or cached.guess(file, draft.read).task
    try:
        plan = draft.plan(task, roles)
        name = saving.name_of(draft, file)
        parts = filter(None, (None if large.is_whole(table) else file, plan.test))
        if any(map(large.is_large, parts)):
            like = datasets.reading_alike(table.options)
            version_id = draft.saved_version_id
            return large_file.prepared(
                Order(context.project_id(), file, plan, name, like, version_id)
            )
        return cached.prepared(file, draft.read, plan, name, draft.saved_version_id)
    except WorkbenchError as error:
        st.error(plain(error), icon=":material/error:")
        return None


draft = drafts.load()
if draft.source is None:
    library.go_on()
    source.choose(draft)
else:
    _make(draft, draft.source)
drafts.save(draft)
library.show()
