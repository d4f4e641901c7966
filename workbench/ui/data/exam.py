"""Which examples are kept back for the exam: a share of the table, or a file of the user's own."""

import streamlit as st

from workbench.core.errors import WorkbenchError
from workbench.core.words import plural
from workbench.data import datasets
from workbench.data.readers import Table
from workbench.ui.data import cached, drawing, large_file, source
from workbench.ui.data import draft as drafts
from workbench.ui.data.draft import Draft
from workbench.ui.text import plain

_OWN = {False: "Part of this table", True: "A separate file of mine"}
_MOST = 40
_SEED_HELP = (
    "Another seed draws other questions. With the same one, a dataset that is saved again keeps "
    "its exam."
)

_NEAR_HELP = (
    "Texts that differ only in capitals, spaces, punctuation or digits are either learned from or "
    "asked, never both."
)


def choose(draft: Draft, table: Table) -> bool:
    """Ask for the exam; whether it is complete."""
    key = "data-own-exam"
    st.session_state.setdefault(key, draft.own_exam)
    draft.own_exam = bool(
        st.radio(
            "Where do the exam questions come from?",
            list(_OWN),
            format_func=_OWN.__getitem__,
            key=key,
            horizontal=True,
            help="Exam questions (test rows) are never seen while learning: they show how good "
            "the model really is.",
        )
    )
    if draft.own_exam:
        ready = _own_file(draft, table)
    else:
        drawing.choose(draft, table)
        ready = True
    with st.expander("Shares and seed", icon=":material/donut_small:"):
        _shares(draft)
    return ready


def _own_file(draft: Draft, table: Table) -> bool:
    if draft.test is None:
        source.uploaded(draft, "test", "Exam file", "With the same column names as your table.")
        return False
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.markdown(f":material/quiz: **{plain(draft.test.name)}**", width="content")
        if st.button("Remove", key="data-other-exam", icon=":material/close:"):
            draft.test = None
            drafts.start_over(draft)
            st.rerun()
    like = datasets.reading_alike(table.options)
    if not large_file.is_read(draft.test, like):
        large_file.show_reading(draft.test, like)
        return False
    try:
        exam = cached.exam_table(draft.test, table.options)
    except WorkbenchError as error:
        st.error(plain(error), icon=":material/error:")
        return False
    st.caption(f"{plural(exam.rows, 'row')}, in place of the test split.")
    return True


def _shares(draft: Draft) -> None:
    _, validation, test = draft.fractions
    validation = _percent("Practice questions (validation), %", "validation", validation)
    if not draft.own_exam:
        test = _percent("Exam questions (test), %", "test", test)
    st.session_state.setdefault("data-seed", draft.seed)
    draft.seed = int(
        st.number_input("Random seed", 0, 2**31 - 1, key="data-seed", step=1, help=_SEED_HELP)
    )
    draft.fractions = (round(1 - validation - test, 4), validation, test)
    if not draft.own_exam:
        key = "data-near-duplicates"
        st.session_state.setdefault(key, draft.near_duplicates)
        draft.near_duplicates = st.checkbox(
            "Keep near-duplicates on one side", key=key, help=_NEAR_HELP
        )


def _percent(label: str, name: str, share: float) -> float:
    key = f"data-share-{name}"
    st.session_state.setdefault(key, round(share * 100))
    return float(st.number_input(label, 1, _MOST, key=key, step=1)) / 100
