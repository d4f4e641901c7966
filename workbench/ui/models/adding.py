"""Adding base models on the Model page: from a folder or file, and from the hub."""

from pathlib import Path

import streamlit as st

from workbench.models import catalogue, downloads
from workbench.models.hub import GatedModel
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.models import offer, search

_GATED = "gated"
"""The model whose owner asks for a token."""


def show() -> None:
    """What is on offer, the search, and the forms to add another model by its place or name."""
    gated = st.session_state.get(_GATED)
    if gated and offer.ask_for_token(gated, look_at):
        st.session_state.pop(_GATED)
        st.rerun()
    if about := offer.pending():
        offer.show(about)
    search.show(look_at)
    left, right = st.columns(2, gap="large")
    with left:
        _from_folder()
    with right:
        _from_hub()


def look_at(hub_id: str) -> None:
    """Offer a model of the hub: what it is, how large, under which licence; nothing is fetched yet."""
    with errors.shown():
        try:
            add_hub(hub_id)
        except GatedModel:
            st.rerun()  # what it takes is asked for above, in place of an error here


def add_hub(hub_id: str) -> None:
    """Offer a model of the hub; when its owner asks for a token, remember for which model.

    One that is here, or on its way, needs no offer; nor does one whose licence was accepted before.

    Raises:
        WorkbenchError: it cannot be had.
    """
    try:
        with st.spinner("Asking the hub …"):
            if downloads.is_known(context.store(), hub_id):
                downloads.add_hub(context.store(), hub_id)
                offer.forget()
            else:
                offer.keep(downloads.look_up(hub_id))
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
        sent = allowed.form_submit_button(
            "Add from folder", needs=allowed.ADMINISTRATOR, key="folder-add"
        )
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
            help="You see its size and licence first. Nothing of yours is sent.",
        )
        sent = allowed.form_submit_button(
            "Look it up", needs=allowed.ADMINISTRATOR, key="hub-add", icon=":material/search:"
        )
    if sent and hub_id.strip():
        look_at(hub_id)
