"""What was chosen on the page: kept with the project, so that a refresh loses nothing."""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from workbench.data import datasets
from workbench.data.examples.plan import Source
from workbench.data.files import large
from workbench.data.readers import ReadOptions, options_from
from workbench.system import drafts
from workbench.ui import context

PAGE = "answer-file"
PREFIX = "answer-"
"""How the keys of the page's fields begin."""


@dataclass
class Draft:
    """A file that is to be answered."""

    source: Source | None = None
    read: ReadOptions = field(default_factory=ReadOptions)
    """Only what was corrected; the rest is found out."""
    columns: dict[str, str] = field(default_factory=dict)
    """Role → column, as far as chosen."""
    uploads: dict[str, str] = field(default_factory=dict)
    """The upload that is on its way."""


def load() -> Draft:
    """The project's draft."""
    values = drafts.get_draft(context.store(), context.project_id(), PAGE)
    source = values.get("source")
    return Draft(
        Source(**source) if source else None,
        options_from(values.get("read") or {}),
        dict(values.get("columns") or {}),
        dict(values.get("uploads") or {}),
    )


def save(draft: Draft) -> None:
    """Keep the draft."""
    values: dict[str, Any] = dataclasses.asdict(draft)
    drafts.save_draft(context.store(), context.project_id(), PAGE, values)


def start_over(source: Source | None) -> None:
    """Take another file, or none; what was made of the last one goes, and every field's memory."""
    before = load()
    save(Draft(source))
    large.forget(context.store(), context.project_id(), filter(None, (source,)))
    datasets.discard(context.store(), filter(None, (before.source,)))
    for key in [key for key in st.session_state if str(key).startswith(PREFIX)]:
        del st.session_state[key]
    st.session_state["answer_uploads"] = st.session_state.get("answer_uploads", 0) + 1
