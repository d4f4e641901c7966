"""Text exactly as it was written."""

import json

import streamlit as st

from workbench.ui import calls_view


def literal(text: str) -> None:
    """Text exactly as it is; JSON with its parts in colour, calls of tools as cards."""
    if calls_view.show(text):
        return
    if text.lstrip().startswith(("{", "[")):
        try:
            st.code(json.dumps(json.loads(text), indent=2, ensure_ascii=False), language="json")
            return
        except (ValueError, RecursionError):
            pass
    st.text(text)
