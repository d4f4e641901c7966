"""Search for models on the hub by name, on the Model page."""

from collections.abc import Callable

import streamlit as st

from workbench.models.online.search import MOST, Found, search
from workbench.ui import errors
from workbench.ui.numbers import short_count, size
from workbench.ui.text import plain

_WORDS, _FOUND = "hub-search-words", "hub-search-found"


def show(choose: Callable[[str], None]) -> None:
    """The form, and what was found; `choose` gets the id of the model that the user picks."""
    with st.form("hub-search-form", border=False):
        left, right = st.columns([4, 1], vertical_alignment="bottom")
        words = left.text_input(
            "Search the Hugging Face hub",
            key="hub-search",
            placeholder="smollm instruct",
            help="By parts of the name. Nothing is sent but these words.",
        )
        asked = right.form_submit_button("Search", key="hub-search-go", icon=":material/search:")
    if asked:
        st.session_state.pop(_FOUND, None)
        with errors.shown(), st.spinner("Asking the hub …"):
            st.session_state[_FOUND] = search(words)
            st.session_state[_WORDS] = words
    found: list[Found] | None = st.session_state.get(_FOUND)
    if found is not None:
        _results(found, st.session_state.get(_WORDS, ""), choose)


def _results(found: list[Found], words: str, choose: Callable[[str], None]) -> None:
    if not found:
        st.info(
            f"The hub has no model with '{plain(words)}' in its name: try a shorter part of it.",
            icon=":material/search_off:",
        )
        return
    more = f" The first {MOST} are shown, the most downloaded first." if len(found) == MOST else ""
    st.caption(f"Found for '{plain(words)}': {len(found)}.{more}")
    # What can be added comes first; the hub's order is kept within.
    for model in sorted(found, key=lambda model: bool(model.refused)):
        _row(model, choose)


def _row(model: Found, choose: Callable[[str], None]) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{plain(model.hub_id)}**", width="content")
                if model.refused:
                    st.badge("Cannot be trained here", icon=":material/block:", color="gray")
            st.caption(" · ".join(_facts(model)))
            if model.refused:
                st.caption(plain(model.refused))
        if not model.refused and st.button(
            "Look at it", key=f"hub-look-{model.hub_id}", icon=":material/visibility:"
        ):
            choose(model.hub_id)


def _facts(model: Found) -> list[str]:
    told = [
        plain(model.does),
        f"{short_count(model.parameters)} parameters" if model.parameters else "",
        size(model.size_bytes) if model.size_bytes else "size not told",
        f"licence {plain(model.licence)}" if model.licence else "licence not told",
        f"{short_count(model.downloads)} downloads" if model.downloads is not None else "",
        "its owner wants to know who uses it" if model.is_gated else "",
    ]
    return [part for part in told if part]
