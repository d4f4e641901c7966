"""A file of texts without categories: the model sorts some of them, and a person looks them over."""

import tempfile
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from workbench.core.words import plural
from workbench.data.columns import mapping
from workbench.data.columns.guessing import guess_roles
from workbench.data.files.reader import read_table
from workbench.data.readers import Table
from workbench.ui import errors
from workbench.ui.accounts import allowed
from workbench.ui.text import plain
from workbench.ui.use import labelling
from workbench.use.playground import Answerer

_KINDS = ["csv", "tsv", "txt", "xlsx", "jsonl", "json", "parquet"]
_LARGEST_MB = 32
_AT_ONCE = 20
"""Texts that are sorted with one click: as many as somebody likes to look through."""


def show(answerer: Answerer) -> None:
    """Bring a file, choose its column, and let the first texts of it be sorted."""
    title = f"{_verb(answerer)} texts of a file"
    box = st.expander(title, icon=":material/upload_file:", key="texts-file", on_change="rerun")
    if not box.open:
        return
    with box:
        upload = allowed.file_uploader(
            "File with texts",
            type=_KINDS,
            max_upload_size=_LARGEST_MB,
            key="texts-upload",
            help="A table with a text in each row; it needs no categories.",
        )
        if upload is None:
            return
        with errors.shown():
            choose(_table(upload.file_id, upload), answerer, upload.file_id)


def _verb(answerer: Answerer) -> str:
    return "Read" if answerer.estimates else "Sort"


@st.cache_data(max_entries=3, show_spinner="Reading your file …")
def _table(file_id: str, _upload: UploadedFile) -> Table:
    """The table in a file, read once.

    Raises:
        WorkbenchError: it cannot be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"texts{Path(_upload.name).suffix.lower()}"
        path.write_bytes(_upload.getbuffer())
        return read_table(path, _upload.name)


def choose(table: Table, answerer: Answerer, file_id: str) -> None:
    """The column with the texts, and how many of them are sorted next."""
    key = f"texts-begin-{file_id}"
    guess = guess_roles(table, str(answerer.task)).get("text", "")
    names = list(table.columns)
    column = st.selectbox(
        "Column with the texts",
        names,
        index=names.index(guess) if guess in names else 0,
        format_func=plain,
        key="texts-column",
    )
    texts = [text.strip() for text in mapping.texts(table, column) if text and text.strip()]
    begin = int(st.session_state.get(key, 0))
    part = texts[begin : begin + _AT_ONCE]
    if not part:
        st.caption(f"All {plural(len(texts), 'text')} of the file were given to the model.")
        return
    label = f"{_verb(answerer)} texts {begin + 1:,} to {begin + len(part):,} of {len(texts):,}"
    if allowed.button(label, key="texts-sort", icon=":material/label:"):
        labelling.put_off([" ".join(text.split()) for text in part])
        st.session_state[key] = begin + len(part)
        st.rerun()
