"""What every page needs: the store, the current project, and a worker that is alive."""

import streamlit as st

from storage.database import Store
from storage.schema import open_store


@st.cache_resource
def store() -> Store:
    """The one store of this web process."""
    return open_store()


def project_id() -> int:
    """The current project's id, from the URL; without one, the home page opens instead."""
    value = st.query_params.get("project", "")
    if not value.isdigit():
        st.switch_page("pages/home/projects.py")
    return int(value)


def go(page: str, **query: object) -> None:
    """Open another page of the same project: `go("pages/train/train.py", run=3)`."""
    keep = {"project": st.query_params["project"]} if "project" in st.query_params else {}
    st.switch_page(page, query_params={**keep, **{k: str(v) for k, v in query.items()}})


def keep_project_in_url() -> None:
    """Put the session's project back into the URL when a menu link dropped it."""
    if "project" in st.query_params:
        st.session_state["project"] = st.query_params["project"]
    elif "project" in st.session_state:
        st.query_params["project"] = st.session_state["project"]


def ensure_worker() -> None:
    """Start the worker if none runs."""
