"""A run of a page: how long it took, and whose request it was, for the log and for Prometheus."""

import contextlib
import time
from collections.abc import Iterator

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException, StopException

from workbench.jobs.operations import log
from workbench.ui import frame
from workbench.ui.server import counts
from workbench.ui.server.watched import HEADER

OK, ERROR, LEFT = "ok", "error", "left"
"""It came to its end; it broke; it led to another page, ran anew, or stopped on purpose."""


@contextlib.contextmanager
def watched() -> Iterator[None]:
    """Around the run of a whole page."""
    began, outcome, page = time.perf_counter(), ERROR, _page()
    log.begin(_request_id())
    try:
        yield
        outcome = OK
    except (RerunException, StopException):
        outcome = LEFT
        raise
    finally:
        counts.ran(page, outcome, time.perf_counter() - began)


def _request_id() -> str:
    """Of the WebSocket by which this page was opened; empty where it is not known."""
    return str(st.context.headers.get(HEADER) or "")


def _page() -> str:
    """The page's own name; nothing that a user could have written into the URL."""
    path = str(st.context.url or "").partition("?")[0].rstrip("/").rpartition("/")[2]
    return next((title for title in frame.PAGES if title.lower() == path.lower()), "Home")
