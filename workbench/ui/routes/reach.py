"""How far a link into the app reaches: this computer, unless a proxy is named before the start."""

import os

import streamlit as st

from workbench.core.hosts import named
from workbench.ui.routes.visitors import VARIABLE


def address_of(path: str) -> str:
    """The whole address of a path, as this browser reaches the app."""
    url = str(st.context.url or "")
    scheme, found, rest = url.partition("://")
    host = rest.split("/", 1)[0]
    return f"{scheme}://{host}{path}" if found and host else path


def reach() -> str:
    """Who can open such a link, in a sentence."""
    names = sorted(named(os.environ.get(VARIABLE, ""))[0])
    if names:
        return (
            f"It works where the workbench is reached as {', '.join(names)}, by the proxy before it: begin "
            "the link with that address. Let the proxy pass the path /judge alone to people who are only "
            "to judge."
        )
    return (
        "The workbench answers on this computer only, so the link works in browsers on this computer. "
        f"For colleagues, put a proxy before it and name it in {VARIABLE} (see the guide, 'Under another "
        "name'); let it pass only the path /judge to them."
    )
