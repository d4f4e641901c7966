"""Text exactly as it was written."""

import json

import streamlit as st


def literal(text: str) -> None:
    """Text exactly as it is; JSON with its parts in colour."""
    if text.lstrip().startswith(("{", "[")):
        try:
            st.code(json.dumps(json.loads(text), indent=2, ensure_ascii=False), language="json")
            return
        except (ValueError, RecursionError):
            pass
    st.text(text)
