"""Under which address and name programs ask a model, and whether it is awake."""

from collections.abc import Sequence

import streamlit as st

from workbench.models import live_names
from workbench.models.served import RUN, run_id_of
from workbench.ui import context, frame
from workbench.ui.accounts import allowed
from workbench.ui.text import code, plain
from workbench.ui.use import server
from workbench.use import server_port
from workbench.use.playground import Answerer
from workbench.use.snippets import Target

_UNKNOWN = "http://127.0.0.1:8800"
"""In code, before there ever was an address."""


def show(trained: Sequence[Answerer]) -> Target:
    """The name to choose, the address, and how to wake the server; what code is to ask."""
    st.markdown("##### Name and address")
    by_name = _names(trained)
    name = st.selectbox(
        "What programs ask",
        list(by_name),
        format_func=lambda one: _title(one, by_name[one]),
        key="api-model",
        help="The name that ends in :live always means the version that is live: when another goes "
        "live on the Evaluate page, programs get that one from their next request on.",
    )
    asked = by_name[name]
    if not name.endswith(live_names.SUFFIX):
        _say_live()
    left, right = st.columns(2)
    url = _url()
    with left:
        st.caption("Address (base URL)")
        st.code(f"{url}/v1" if url else "known once the model was loaded", language=None)
    with right:
        st.caption("Name (model)")
        st.code(name, language=None)
    _awake(asked, name)
    return Target(
        url or _UNKNOWN, name, asked.sorts, pair=bool(asked.pair), estimates=asked.estimates
    )


def _names(trained: Sequence[Answerer]) -> dict[str, Answerer]:
    """Name → the model behind it now: the live name, then each run."""
    by_run = {one.id: one for one in trained}
    live = live_names.of_project(context.store(), context.project_id())
    run = f"{RUN}{run_id_of(live.model)}" if live else ""
    return {live.id: by_run[run], **by_run} if live and run in by_run else by_run


def _title(name: str, model: Answerer) -> str:
    if name == model.id:
        return f"{model.title} ({name})"
    return f"What is live: {model.title} now ({name})"


def _say_live() -> None:
    """What a live name is, where one could be asked."""
    live = live_names.of_project(context.store(), context.project_id())
    if live is None:
        return
    if live.model:
        st.caption(f"Better for the long run: {code(live.id)}, which follows what is live.")
        return
    st.caption(
        f"No version of this project is live. Once one is, programs can ask {code(live.id)}, and "
        "need no change when a better version takes its place."
    )
    path, icon = frame.PAGES["Evaluate"]
    st.page_link(path, label="Make a version live", icon=icon, query_params=context.in_project())


def _url() -> str | None:
    port = server_port.known()
    return f"http://127.0.0.1:{port}" if port else None


def _awake(asked: Answerer, name: str) -> None:
    if server.address(asked.id, at_once=False):
        st.success("It answers now.", icon=":material/check:")
    stays, why = server_port.stays_awake(), allowed.why_not(allowed.ADMINISTRATOR)
    wanted = st.toggle(
        "Keep it awake",
        value=stays,
        key="stay-awake",
        disabled=bool(why),
        help=plain(why)
        or "Otherwise the model is put away 20 minutes after the last request, to free memory, and "
        "programs get no answer until it is loaded here or on the playground.",
    )
    if wanted != stays:
        server_port.stay_awake(context.store(), wanted)
        st.rerun()
    live = name.removesuffix(live_names.SUFFIX)
    which = f"--project {live}" if live != name else f"--run {asked.run_id}"
    st.caption(
        "After a restart of this computer, load it here again. For a server that runs by itself there is "
        f"{code(f'python -m workbench serve {which} --port 8800')}. Programs on other computers are "
        "not answered."
    )
