"""A field for files that are too large for Streamlit's own: they stream to the disk."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import streamlit as st

from storage.errors import StorageError
from workbench.core.errors import WorkbenchError
from workbench.data.examples.plan import Source
from workbench.data.files import uploads
from workbench.data.files.uploads import Upload
from workbench.ui import context
from workbench.ui.data import draft as drafts
from workbench.ui.numbers import size
from workbench.ui.routes import upload_route
from workbench.ui.routes.own_path import base_path
from workbench.ui.text import plain

_POLL = "2s"


def _asset(kind: str) -> str:
    return Path(__file__).with_name(f"upload_box.{kind}").read_text("utf-8")


_box = st.components.v2.component(
    "slm_upload_box", html=_asset("html"), css=_asset("css"), js=_asset("js")
)


class Drafted(Protocol):
    """What a page keeps of uploads on their way."""

    uploads: dict[str, str]
    """Target → the upload."""


Save = Callable[[Any], None]


def received(draft: Drafted, target: str, save: Save = drafts.save) -> Source | None:
    """The large file for the draft's `target` (source or test), once it is here.

    Until then a closed panel, a progress bar, or why it did not come.

    Args:
        save: keeps the draft with the project.
    """
    key = f"data-large-{target}"
    upload = _known(draft, target)
    if upload is not None and upload.state == uploads.DONE:
        _forget(draft, target)
        return upload.source
    mine = st.session_state.get(f"{key}-ticket", "")
    elsewhere = upload is not None and upload.is_open and uploads.id_of(mine) != upload.id
    if upload is not None and not upload.is_open:
        _say(draft, target, upload.reason)
    limit = st.get_option("server.maxUploadSize")
    with st.expander(
        f"The file is larger than {plain(limit)} MB",
        expanded=upload is not None or _sentence(target) != "",
        icon=":material/drive_folder_upload:",
        key=f"{key}-panel",
    ):
        if elsewhere and upload is not None:
            st.fragment(_watch, run_every=_POLL)(upload.id)
        else:
            _field(draft, target, key, save)
    return None


def _known(draft: Drafted, target: str) -> Upload | None:
    upload_id = draft.uploads.get(target, "")
    return uploads.look(context.store(), upload_id) if upload_id else None


def _field(draft: Drafted, target: str, key: str, save: Save) -> None:
    """The box, and what it says: a file was chosen, has ended, or is not wanted any more."""
    project_id = context.project_id()
    data = {
        "slot": f"{project_id}-{target}",
        "path": f"{base_path()}{upload_route.PATH}",
        "ticket": st.session_state.get(f"{key}-ticket", ""),
        "error": _sentence(target),
        "answered": st.session_state.get(f"{key}-answered", ""),
    }
    said = _box(
        key=f"{key}-box",
        data=data,
        on_chosen_change=_nothing,
        on_ended_change=_nothing,
        on_cancelled_change=_nothing,
    )
    if said.cancelled:
        uploads.give_up(context.store(), draft.uploads.get(target, ""))
        _forget(draft, target)
    elif said.chosen and said.chosen["id"] != data["answered"]:
        _allow(draft, target, said.chosen)
    elif not said.ended:
        return
    save(draft)
    st.rerun()


def _allow(draft: Drafted, target: str, chosen: dict[str, Any]) -> None:
    _forget(draft, target)
    st.session_state[f"data-large-{target}-answered"] = chosen["id"]
    try:
        name, length = chosen["name"], int(chosen["size"])
        ticket = uploads.open_ticket(context.store(), context.project_id(), name, length)
    except (WorkbenchError, StorageError) as error:
        _say(draft, target, str(error))
        return
    st.session_state[f"data-large-{target}-ticket"] = ticket
    draft.uploads[target] = uploads.id_of(ticket)


def _forget(draft: Drafted, target: str) -> None:
    draft.uploads.pop(target, None)
    for name in ("ticket", "sentence"):
        st.session_state.pop(f"data-large-{target}-{name}", None)


def _say(draft: Drafted, target: str, sentence: str) -> None:
    """Keep why an upload failed until the next one begins."""
    _forget(draft, target)
    st.session_state[f"data-large-{target}-sentence"] = sentence


def _sentence(target: str) -> str:
    return str(st.session_state.get(f"data-large-{target}-sentence", ""))


def _watch(upload_id: str) -> None:
    """An upload that another window sends, or one whose window was reloaded a moment ago."""
    upload = uploads.look(context.store(), upload_id)
    if upload is None or not upload.is_open:
        st.rerun(scope="app")
    share = upload.received / upload.size
    text = f"{share:.0%} · {size(upload.received)} of {size(upload.size)}".replace("%", " %")
    st.progress(share, text=f"**{plain(upload.name)}** · {text}")
    st.caption("It is still being sent; this page goes on when it is here.")
    if st.button("Cancel", key=f"data-large-stop-{upload_id[:8]}", icon=":material/stop_circle:"):
        uploads.give_up(context.store(), upload_id)
        st.rerun(scope="app")


def _nothing() -> None:
    """The page reads what the box said when it runs."""
