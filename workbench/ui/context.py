"""What every page needs: the store, who is signed in, the current project, a worker that is alive."""

import threading
import time
from dataclasses import replace

import streamlit as st
from starlette.requests import Request

from storage.acting import NOBODY, PAGE, ROUTE, Acting
from storage.database import Store, database_url
from storage.operations import request as asked
from storage.schema import open_store
from workbench.jobs import worker_process
from workbench.system.accounts import sign_ins
from workbench.system.accounts.sign_ins import Standing
from workbench.ui.accounts import cookie

HOME = "pages/home/projects.py"
_FRESH_S = 1.0
_MOST = 10_000
_stores: dict[str, Store] = {}
_opening = threading.Lock()
_standings: dict[tuple[str, str], tuple[float, Standing]] = {}
"""Database and secret of a cookie → when it was looked up, and what it was worth."""
_for_next_run: set[tuple[str, str]] = set()
"""Of which the door has just looked up what they are worth, for a run that is about to begin."""


def store() -> Store:
    """The store as whoever is signed in has it; the workbench's own where nobody has an account."""
    here = installation()
    return here.known("store of the page", lambda: here.acting_as(acting()))


def installation() -> Store:
    """The one store of this web process, which acts for nobody: who somebody is, is asked of it."""
    url = database_url()
    if url not in _stores:
        with _opening:
            if url not in _stores:
                _stores[url] = open_store(url)
    return _stores[url]


def acting() -> Acting | None:
    """For whom the page asks; None where nobody has an account."""
    return _acting(standing(), PAGE, cookie.address_of_page())


def store_of(request: Request) -> Store:
    """The store as whoever sends this request has it; to be called in a thread."""
    found = sign_ins.standing(installation(), cookie.of_request(request))
    address = request.client.host if request.client else ""
    return installation().acting_as(_acting(found, ROUTE, address))


def standing(*, anew: bool = False) -> Standing:
    """Who is signed in by the present page's cookie.

    A page asks very often, so for a second the answer is kept, and the door (`accounts/door.py`)
    renews it with whatever comes from the browser. `anew` looks it up, unless the door has done so
    for this very run.
    """
    key = (database_url(), cookie.of_page())
    by_door = key in _for_next_run
    _for_next_run.discard(key)
    looked, found = _standings.get(key, (0.0, None))
    if (anew and not by_door) or found is None or time.monotonic() - looked > _FRESH_S:
        found = sign_ins.standing(installation(), key[1])
        _keep(key, found)
    return found


def remember(secret: str, found: Standing) -> None:
    """Keep what was just looked up for the run of a page that begins now."""
    key = (database_url(), secret)
    _keep(key, found)
    _for_next_run.add(key)


def _keep(key: tuple[str, str], found: Standing) -> None:
    if len(_standings) > _MOST:
        _standings.clear()
        _for_next_run.clear()
    _standings[key] = (time.monotonic(), found)


def _acting(found: Standing, via: str, address: str) -> Acting | None:
    if found.acting is None:
        return NOBODY if found.accounts_on else None
    asked.by_person(found.acting.person_id)
    return replace(found.acting, via=via, address=address, request_id=asked.current().id)


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
