"""Code to copy, for the program that is to ask."""

from dataclasses import replace

import streamlit as st

from workbench.ui.text import plain
from workbench.ui.use.api.keys import new_key
from workbench.use.snippets import NO_KEY, SNIPPETS, Target


def show(asked: Target) -> None:
    """A tab for each program; the key stands in it only while it is shown on the page."""
    st.markdown("##### Code to copy")
    made = new_key()
    if made is None:
        st.caption(f"Put your key where the code says {NO_KEY}.")
    else:
        asked = replace(asked, key=made[1])
    tabs = st.tabs([plain(snippet.title) for snippet in SNIPPETS])
    for tab, snippet in zip(tabs, SNIPPETS, strict=True):
        tab.code(snippet.program(asked), language=snippet.language)
        tab.markdown(plain(snippet.hint))
