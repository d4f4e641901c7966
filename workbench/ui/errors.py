"""Errors on a page: one sentence for the user, the trace in the log."""

import contextlib
import logging
from collections.abc import Iterator

import streamlit as st

from storage.errors import StorageError
from workbench.core.errors import WorkbenchError
from workbench.jobs.operations import log
from workbench.ui.text import plain

_log = logging.getLogger(__name__)


@contextlib.contextmanager
def shown() -> Iterator[None]:
    """Show an error that the user can mend where it happened; bugs still surface as bugs."""
    try:
        yield
    except (WorkbenchError, StorageError) as error:
        _log.info("shown to the user", exc_info=True)
        st.error(plain(error), icon=":material/error:")


@contextlib.contextmanager
def alone(title: str) -> Iterator[None]:
    """Like `shown`, for what the whole page rests on: the sentence under `title`, then stop."""
    try:
        yield
    except (WorkbenchError, StorageError) as error:
        _log.warning("%s", error)
        st.title(title)
        st.error(plain(error), icon=":material/error:")
        st.stop()


def unexpected(error: Exception) -> bool:
    """Show what nobody has shown, a bug as a plain sentence; its trace is in the log.

    A page's last resort.
    """
    _log.error("A page failed", exc_info=error)
    if isinstance(error, WorkbenchError | StorageError):  # a damaged database meets any page
        st.error(plain(error), icon=":material/error:")
        return True
    st.error(
        "Something went wrong on this page, and it is our mistake, not yours. Nothing that was "
        "saved is lost: reload the page to go on. The details are in the log on the Settings page"
        f"{_number()}.",
        icon=":material/bug_report:",
    )
    return True


def _number() -> str:
    """By what whoever runs a deployment finds it in the log; of one's own computer there is none."""
    found = log.request_id() if log.is_json() else ""
    return f", under the number {found}" if found else ""
