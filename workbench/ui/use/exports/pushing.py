"""An export pushed to the hub: where to, what leaves this computer, and how far it is."""

import streamlit as st

from workbench.models.online import token
from workbench.ui import context, errors, job_progress, sending
from workbench.ui.accounts import allowed
from workbench.ui.settings import hub_token
from workbench.ui.text import code, plain
from workbench.use.exports import pushes
from workbench.use.exports.exports import Export
from workbench.use.exports.pushes import ModelPush

_PLAN = "model-push-plan"


def panel(export: Export) -> None:
    """The job that pushes it, what pushing would do, or the form that asks where to."""
    with st.expander("Push it to the Hugging Face hub", icon=":material/cloud_upload:",
                     key=f"push-{export.job.id}"):  # fmt: skip
        job = pushes.newest(context.store(), export)
        if job is not None and not job.is_over:
            job_progress.show(job)
            return
        if job is not None and job.status == "succeeded":
            url = str((job.result or {}).get("url") or "")
            st.success(f"It is on the hub: {code(url)}", icon=":material/cloud_done:")
        elif job is not None:
            st.error(plain(job.reason), icon=":material/error:")
        planned: ModelPush | None = st.session_state.get(_PLAN)
        if planned is not None and planned.export.job.id == export.job.id:
            _ask(planned)
        else:
            _form(export)


def _form(export: Export) -> None:
    number = export.job.id
    if token.about(context.store()).source == token.NONE:
        st.info(
            "To push takes an access token that may write, from your settings on the hub.",
            icon=":material/key:",
        )
        hub_token.form(key=f"push-token-{number}")
        return
    with st.form(f"push-form-{number}", border=False):
        hub_id = st.text_input(
            "Model on the hub",
            key=f"push-id-{number}",
            placeholder="your-name/letters-model",
            help="Made if it is not there. Nothing is sent before you have seen what it is.",
        )
        seen = st.radio(
            "Who may see it",
            ["private", "public"],
            format_func={"private": "Only who I let in", "public": "Everybody"}.__getitem__,
            key=f"push-seen-{number}",
        )
        asked = allowed.form_submit_button("See what would be sent", key=f"push-look-{number}")
    if asked:
        with errors.shown(), st.spinner("Asking the hub …"):
            st.session_state[_PLAN] = pushes.plan(
                context.store(), export, hub_id, is_public=seen == "public"
            )
            st.rerun()


def _ask(planned: ModelPush) -> None:
    """What leaves this computer, before it does."""
    sending.confirm(
        planned.sentence,
        planned.export.job.id,
        lambda: pushes.start(context.store(), planned),
        lambda: st.session_state.pop(_PLAN, None),
    )
