"""*This answer of mine is wrong*: the right one is saved as the next version of the data."""

import streamlit as st

from workbench.core.errors import WorkbenchError
from workbench.data.versions import VersionInfo
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.rows import corrections
from workbench.evaluation.rows.corrections import Correctable
from workbench.jobs.job import JobView
from workbench.ui import context, dialogs
from workbench.ui.explore import row_form, turns_form
from workbench.ui.text import plain

_QUESTION = "exam-row-wrong"
_DONE = "exam-row-corrected"


def button(info: EvaluationInfo, row_id: int, corrected: dict[int, int]) -> None:
    """The button, or which version has the correction already."""
    if row_id in corrected:
        st.markdown(
            f":material/check: Corrected in version {plain(corrected[row_id])}. This exam still counts what "
            "it expected then."
        )
    if info.is_exam and st.button(
        "This answer of mine is wrong",
        key=f"wrong-{info.id}",
        icon=":material/edit_note:",
        type="tertiary",
    ):
        turns_form.forget(row_id)
        dialogs.ask(_QUESTION, row_id)


def show_if_asked(info: EvaluationInfo) -> None:
    """The form while a row is asked for, then what came of it."""
    if said := st.session_state.pop(_DONE, None):
        st.success(plain(said), icon=":material/check_circle:")
    question, row_id = dialogs.asked()
    if question != _QUESTION:
        return
    try:
        found = corrections.find_row(context.store(), info, row_id)
    except WorkbenchError as error:
        dialogs.answered()
        st.error(plain(error), icon=":material/error:")
        return
    ask = st.dialog("What is the right answer?", width="medium", on_dismiss=dialogs.answered)
    ask(_form)(found)


def _form(found: Correctable) -> None:
    version, number = found.version, int(found.row["row_id"])
    read = row_form.input_of(version, found.role, found.text, number)
    st.caption(
        plain(
            f"Row {number} of '{version.dataset_name}' gets this answer in a new version, "
            f"{version.number + 1}. The model learns it when you train again; this exam keeps what it "
            "expected."
        )
    )

    def save() -> None:
        made = corrections.correct(context.store(), found, read())
        st.session_state[_DONE] = _told(made, number)

    dialogs.decide("correct", "Save as a new version", "Leave it", save, likely=True)


def _told(made: VersionInfo | JobView, number: int) -> str:
    if isinstance(made, VersionInfo):
        return (
            f"Row {number} is corrected in version {made.number} of '{made.dataset_name}'. Train again "
            "on it to let the model learn it."
        )
    return f"Row {number} is being corrected: the next version appears on the Data page soon."
