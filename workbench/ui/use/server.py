"""The model server on the page: started when it is needed, shown while it starts."""

import streamlit as st

from workbench.ui import context
from workbench.ui.accounts import allowed
from workbench.ui.text import plain
from workbench.use import server
from workbench.use.server import BROKEN, OFF, READY, STARTING, STOPPING

_JOB, _DECLINED = "server-job", "server-declined"
_LOOK_EVERY_S = 1.0


def address(preload: str, *, at_once: bool = True) -> str | None:
    """The server's address once it answers; until then the page shows what it is waiting for.

    Args:
        at_once: whether a server that is off is started without being asked for.
    """
    state = server.server_state(context.store(), st.session_state.get(_JOB))
    if state.phase == READY:
        st.session_state.pop(_DECLINED, None)
        return state.url
    wanted = at_once and not st.session_state.get(_DECLINED) and not allowed.why_not()
    if state.phase == OFF and wanted:
        _start(preload)
        state = server.server_state(context.store(), st.session_state[_JOB])
    if state.phase in (STARTING, STOPPING):
        st.fragment(_waiting, run_every=_LOOK_EVERY_S)()
    elif state.phase == BROKEN:
        st.error(plain(state.sentence), icon=":material/error:")
        _start_button("Try again", preload)
    elif state.phase == OFF:
        st.info(f"{plain(state.sentence)} Load it to get answers.", icon=":material/bedtime:")
        _start_button("Load the model", preload)
    return None


def begin(preload: str) -> None:
    """Start it, unless it runs: `address` then shows how far that is, with a button to cancel."""
    context.ensure_worker()
    _start(preload)


def was_declined() -> bool:
    """Whether the user has cancelled its start."""
    return bool(st.session_state.get(_DECLINED))


def is_ready() -> bool:
    """Whether a question would be answered at once."""
    return server.server_state(context.store()).phase == READY


def _start(preload: str) -> None:
    st.session_state.pop(_DECLINED, None)
    st.session_state[_JOB] = server.start_server(context.store(), preload)


def _start_button(label: str, preload: str) -> None:
    if allowed.button(label, key="start-server", icon=":material/play_arrow:"):
        _start(preload)
        st.rerun()


def _waiting() -> None:
    """Drawn again every second until the server answers or is known not to come."""
    state = server.server_state(context.store(), st.session_state.get(_JOB))
    if state.phase not in (STARTING, STOPPING):
        st.rerun(scope="app")
    with st.container(horizontal=True, vertical_alignment="center", key="server-waiting"):
        st.status(f"{plain(state.sentence)} This takes half a minute; then answers come at once.")
        if state.phase == STARTING and allowed.button("Cancel", key="cancel-server"):
            st.session_state[_DECLINED] = True
            server.stop_server(context.store())
            st.rerun(scope="app")
