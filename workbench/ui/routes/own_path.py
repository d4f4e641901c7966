"""The path under which the app is served, be it behind a proxy that serves others beside it."""

import streamlit as st


def base_path() -> str:
    """What stands before every path of the app: nothing, or "/workbench"."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""
