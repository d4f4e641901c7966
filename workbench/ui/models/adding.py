"""Adding base models on the Model page: from a folder or file, and from the hub."""

from pathlib import Path

import streamlit as st

from workbench.models import catalogue
from workbench.models.hub import GatedModel
from workbench.models.online import token
from workbench.ui import context, errors

_GATED = "gated"
"""The model whose owner asks for a token."""


def show() -> None:
    """The forms to add another model."""
    left, right = st.columns(2, gap="large")
    with left:
        _from_folder()
    with right:
        _from_hub()


def add_hub(hub_id: str) -> None:
    """Add a model of the hub; when its owner asks for a token, remember for which model.

    Raises:
        WorkbenchError: it cannot be had.
    """
    try:
        with st.spinner("Asking the hub …"):
            catalogue.add_hub(context.store(), hub_id)
    except GatedModel:
        st.session_state[_GATED] = hub_id
        raise
    st.session_state.pop(_GATED, None)
    st.rerun()


def _from_folder() -> None:
    with st.form("folder-form", border=False):
        folder = st.text_input(
            "Folder or .gguf file on this computer",
            key="folder",
            placeholder="/home/you/models/SmolLM2-360M-Instruct",
            help="A folder holds config.json, the weights (.safetensors, or pytorch_model.bin) and "
            "the tokenizer. What is in another form than safetensors is converted once.",
        )
        sent = st.form_submit_button("Add from folder", key="folder-add")
    if sent and folder.strip():
        with errors.shown():
            catalogue.add_folder(context.store(), Path(folder.strip()))
            st.rerun()


def _from_hub() -> None:
    with st.form("hub-form", border=False):
        hub_id = st.text_input(
            "Name on the Hugging Face hub",
            key="hub",
            placeholder="HuggingFaceTB/SmolLM2-360M-Instruct",
            help="Only the model is downloaded; nothing of yours is sent.",
        )
        typed = ""
        if st.session_state.get(_GATED):
            typed = st.text_input("Access token", key="hub-token", type="password")
        sent = st.form_submit_button("Add from the hub", key="hub-add")
    if sent and hub_id.strip():
        with errors.shown():
            if typed.strip():
                token.keep(typed)
            add_hub(hub_id)
