"""Streamlit's app as one of several web processes behind one address.

With `WORKBENCH_WEB=several` nothing that a browser may ask a second time lies in one process's
memory, so a proxy may send each request to whichever process it likes. A page's own session does:
when its process ends, the browser opens a new one elsewhere and says again where it is (the URL)
and what was typed.
"""

import os
from functools import partial
from typing import cast

import streamlit as st
from streamlit import config
from streamlit.runtime import Runtime, RuntimeConfig
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.web.cache_storage_manager_config import create_default_cache_storage_manager
from streamlit.web.server.starlette.starlette_routes import (
    BASE_ROUTE_MEDIA,
    BASE_ROUTE_UPLOAD_FILE,
)

from workbench.ui.server.brought_files import BroughtFiles
from workbench.ui.server.given_files import GivenFiles

VARIABLE, SEVERAL = "WORKBENCH_WEB", "several"


def is_one_of_several() -> bool:
    """Whether other web processes answer behind the same address."""
    return os.environ.get(VARIABLE) == SEVERAL


def shared(app: st.App) -> st.App:
    """This app, its files in the home if it is one of several."""
    if is_one_of_several():
        # Streamlit has no other way to choose where an app's files are kept.
        app._create_runtime = partial(_shared_runtime, app)  # type: ignore[method-assign]
    return app


def _shared_runtime(app: st.App) -> Runtime:
    """As st.App makes it, but for the two places in which files are kept."""
    return _SharedRuntime(
        RuntimeConfig(
            script_path=str(app._resolve_script_path()),
            media_file_storage=GivenFiles(f"/{BASE_ROUTE_MEDIA}"),
            uploaded_file_manager=BroughtFiles(f"/{BASE_ROUTE_UPLOAD_FILE}"),
            cache_storage_manager=create_default_cache_storage_manager(),
            is_hello=False,
            session_storage=MemorySessionStorage(
                ttl_seconds=config.get_option("server.disconnectedSessionTTL")
            ),
            on_script_error=app._on_script_error,
        )
    )


class _SharedRuntime(Runtime):
    def is_active_session(self, session_id: str) -> bool:
        """Asked by the route of uploads alone, whose addresses name a ticket in the session's place."""
        return cast("BroughtFiles", self.uploaded_file_mgr).is_announced(session_id)
