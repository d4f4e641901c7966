"""Exports that were asked for: how far they are, their certificates, downloads, and throwing them away."""

from functools import partial

import streamlit as st

from workbench.models.exports.formats import GGUF
from workbench.ui import context, dialogs, job_progress
from workbench.ui.accounts import allowed
from workbench.ui.numbers import size, when
from workbench.ui.routes import download_route
from workbench.ui.text import code, plain
from workbench.ui.use.exports import certificate_view, pushing
from workbench.use.exports import exports
from workbench.use.exports.exports import Export

QUESTION = "delete-export"


def show(found: list[Export]) -> None:
    """Those of a model, the newest first."""
    if not found:
        return
    st.markdown("##### What was made")
    for export in found:
        with st.container(border=True, key=f"export-{export.job.id}"):
            _export(export)
    question, job_id = dialogs.asked()
    if question == QUESTION:
        for export in found:
            if export.job.id == job_id:
                _ask(export)


def _export(export: Export) -> None:
    what = f" ({plain(export.quantization)})" if export.quantization else ""
    st.markdown(
        f"**{plain(export.form.title)}**{what} :small[:gray[{plain(export.title)}, "
        f"{when(export.job.created_at)}]]"
    )
    if not export.job.is_over:
        job_progress.show(export.job)
        return
    if export.certificate is not None:
        certificate_view.show(export.certificate, key=f"how-{export.job.id}")
    elif export.job.reason:
        st.error(plain(export.job.reason), icon=":material/error:")
    if export.is_there:
        _files(export)
    elif export.job.status == "succeeded":
        st.info("It is not on the disk any more: make it again.", icon=":material/info:")
    with st.container(horizontal=True):
        if allowed.button("Delete", key=f"delete-{export.job.id}", icon=":material/delete:"):
            dialogs.ask(QUESTION, export.job.id)
            st.rerun()
    if export.is_there and export.form.goes_to_hub:
        pushing.panel(export)


def _files(export: Export) -> None:
    with st.container(horizontal=True):
        for file in export.files:
            bytes_of = file.stat().st_size
            st.link_button(
                f"{plain(file.name)} ({size(bytes_of)})",
                download_route.link(file, file.name),
                icon=":material/download:",
            )
    if export.form.name == GGUF and any(file.name == "Modelfile" for file in export.files):
        st.caption(
            "For Ollama: put the .gguf file and the Modelfile into one folder, then run "
            f"{code(f'ollama create {export.main_file.stem} -f Modelfile')} there. LM Studio takes the .gguf "
            "file alone."
        )


@st.dialog("Delete this export?", on_dismiss=dialogs.answered)
def _ask(export: Export) -> None:
    st.write(
        f"{plain(export.form.title)}, made {when(export.job.created_at)}, goes; "
        f"{size(export.size_bytes)} become free. The trained model stays, and it can be made again."
    )
    dialogs.decide(
        "delete-export", "Delete the export", "Keep it",
        partial(exports.delete, context.store(), export.job.id), likely=True,
    )  # fmt: skip
