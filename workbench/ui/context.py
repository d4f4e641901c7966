"""What every page needs: the store, the current project, and a worker that is alive."""

import streamlit as st

from storage.database import Store, database_url
from storage.schema import open_store
from workbench.jobs import worker_process

HOME = "pages/home/projects.py"


def store() -> Store:
    """The one store of this web process."""
    return _open(database_url())


@st.cache_resource(show_spinner=False)
def _open(url: str) -> Store:
    return open_store(url)


def project_id() -> int:
    """The current project's id, from the URL; without one, the home page opens instead."""
    current = current_project_id()
    if current is None:
        st.switch_page(HOME)
    return current


def current_project_id() -> int | None:
    """The id in the URL, or None."""
    value = st.query_params.get("project", "")
    return int(value) if value.isdigit() else None


def go(page: str, **query: object) -> None:
    """Open another page of the same project: `go("pages/train/train.py", run=3)`."""
    st.switch_page(page, query_params=in_project(**query))


def in_project(**query: object) -> dict[str, str]:
    """The query of a link that stays in the current project."""
    keep = {"project": st.query_params["project"]} if "project" in st.query_params else {}
    return {**keep, **{name: str(value) for name, value in query.items()}}


def keep_project_in_url() -> None:
    """Put the session's project back into the URL when a link dropped it.

    Another project begins with a clean slate: what was typed for the last one is gone from the
    session (its drafts are saved with it).
    """
    if "project" not in st.query_params:
        if "project" in st.session_state:
            st.query_params["project"] = st.session_state["project"]
        return
    project = st.query_params["project"]
    if st.session_state.get("project", project) != project:
        st.session_state.clear()
    st.session_state["project"] = project


def leave_project() -> None:
    """Forget the current project; the home page belongs to none."""
    st.session_state.pop("project", None)
    if "project" in st.query_params:
        del st.query_params["project"]


def ensure_worker() -> None:
    """Start the worker if none runs; with WORKBENCH_WORKER=service it runs on its own."""
    worker_process.ensure_worker()
