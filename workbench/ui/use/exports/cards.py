"""What a model may become: a card for each thing that one wants to do with it."""

import streamlit as st

from workbench.core.errors import WorkbenchError
from workbench.evaluation.report.card import model_card
from workbench.models.exports.formats import BITS, ExportFormat
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.numbers import size
from workbench.ui.text import plain
from workbench.use.exports import exports
from workbench.use.exports.exports import Plan

ICONS = {
    "gguf": ":material/terminal:",
    "merged": ":material/code:",
    "adapter": ":material/extension:",
    "onnx": ":material/widgets:",
    "zip": ":material/folder_zip:",
}


def show(run_id: int) -> None:
    """All cards of a run's model."""
    found = exports.choices(context.store(), run_id)
    if not found:
        st.info(
            "Models of this kind cannot be taken elsewhere yet: train one that writes texts, or an encoder to "
            "sort into categories.",
            icon=":material/info:",
        )
        return
    for start in range(0, len(found), 2):
        for column, (form, quantizations) in zip(
            st.columns(2), found[start : start + 2], strict=False
        ):
            with column, st.container(border=True, key=f"card-{form.name}"), errors.shown():
                _card(run_id, form, quantizations)


def _card(run_id: int, form: ExportFormat, quantizations: tuple[str, ...]) -> None:
    st.markdown(f"##### {ICONS[form.name]} {plain(form.title)}")
    st.write(plain(form.what))
    quantization = ""
    if quantizations:
        quantization = st.selectbox(
            "How fine its numbers stay",
            quantizations,
            format_func=lambda name: f"{BITS[name]} ({name})",
            key=f"bits-{form.name}-{run_id}",
            help="Fewer bits make a smaller file that answers faster; the certificate says what that "
            "costs (quantisation).",
        )
    wanted = exports.plan(context.store(), run_id, form.name, quantization)
    st.caption(_size(wanted))
    if allowed.button(
        "Make it",
        key=f"make-{form.name}",
        icon=":material/output:",
        disabled=not wanted.fits,
        help=None
        if wanted.fits
        else "The disk has no room for the work: free some on the Storage page.",
    ):
        exports.start(context.store(), wanted, card_of(run_id))
        context.ensure_worker()
        st.rerun()


def _size(wanted: Plan) -> str:
    parts = []
    if wanted.size_bytes is not None:
        parts.append(f"About {size(wanted.size_bytes)}")
    free = "enough is free" if wanted.fits else f"only {size(wanted.free_bytes)} are free"
    parts.append(f"needs {size(wanted.needed_bytes)} while it is made, {free}")
    return f"{'; '.join(parts)}."


def card_of(run_id: int) -> str:
    """The model card; without an exam there is none."""
    try:
        return model_card(context.store(), run_id)
    except WorkbenchError:
        return ""
