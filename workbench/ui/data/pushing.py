"""A version pushed to the hub: where to, what leaves this computer, and how far it is."""

import streamlit as st

from workbench.data import pushes
from workbench.data.export.hub_set import LICENCES
from workbench.data.pushes import Push
from workbench.data.versions import VersionInfo
from workbench.jobs.job import JobView
from workbench.models.online import token
from workbench.ui import context, errors, job_progress, sending
from workbench.ui.accounts import allowed
from workbench.ui.settings import hub_token
from workbench.ui.text import code, plain

_PLAN = "push-plan"


def panel(version: VersionInfo) -> None:
    """Pushing the version: the job that does it, what it would do, or the form that asks where to."""
    job = pushes.newest(context.store(), version)
    if job is not None and not job.is_over:
        job_progress.show(job)
        return
    if job is not None:
        _ended(job)
    push: Push | None = st.session_state.get(_PLAN)
    if push is not None and push.version.id == version.id:
        _ask(push)
    else:
        _form(version)


def _ended(job: JobView) -> None:
    if job.status == "succeeded":
        url = str((job.result or {}).get("url") or "")
        st.success(f"It is on the hub: {code(url)}", icon=":material/cloud_done:")
    elif job.status == "failed":
        st.error(plain(job.reason), icon=":material/error:")
    else:
        st.info(plain(job.reason), icon=":material/stop_circle:")


def _form(version: VersionInfo) -> None:
    if token.about(context.store()).source == token.NONE:
        st.info(
            "To push takes an access token that may write, from your settings on the hub.",
            icon=":material/key:",
        )
        hub_token.form(key="push-token")
        return
    with st.form(f"push-form-{version.id}", border=False):
        hub_id = st.text_input(
            "Data set on the hub",
            key=f"push-id-{version.id}",
            placeholder="your-name/harbour-letters",
            help="Made if it is not there. Nothing is sent before you have seen what it is.",
        )
        left, right = st.columns(2)
        licence = left.selectbox(
            "Licence", list(LICENCES), format_func=_licence, key=f"push-licence-{version.id}"
        )
        seen = right.radio(
            "Who may see it",
            ["private", "public"],
            format_func={"private": "Only who I let in", "public": "Everybody"}.__getitem__,
            key=f"push-seen-{version.id}",
        )
        asked = allowed.form_submit_button("See what would be sent", key=f"push-look-{version.id}")
    if asked:
        with errors.shown(), st.spinner("Asking the hub …"):
            st.session_state[_PLAN] = pushes.plan(
                context.store(), version, hub_id, is_public=seen == "public", licence=licence or ""
            )
            st.rerun()


def _licence(name: str) -> str:
    return LICENCES[name] if not name else f"{name} ({LICENCES[name]})"


def _ask(push: Push) -> None:
    """What leaves this computer, before it does."""
    sending.confirm(
        push.sentence,
        push.version.id,
        lambda: pushes.start(context.store(), push),
        lambda: st.session_state.pop(_PLAN, None),
    )
