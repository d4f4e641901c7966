"""Errors on a page: one sentence for the user, the trace in the log."""

import contextlib
import logging
from collections.abc import Iterator

import streamlit as st

from storage.errors import StorageError
from workbench.errors import WorkbenchError

_log = logging.getLogger(__name__)


@contextlib.contextmanager
def shown() -> Iterator[None]:
    """Show an error that the user can mend where it happened; bugs still surface as bugs."""
    try:
        yield
    except (WorkbenchError, StorageError) as error:
        _log.info("shown to the user", exc_info=True)
        st.error(str(error), icon=":material/error:")
