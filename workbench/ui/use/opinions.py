"""What a person thinks of an answer: thumbs, the answer it should have been, the right category."""

import streamlit as st

from storage.acting import REVIEWER
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import asked_as
from workbench.data import taught
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.use import number_answer, several
from workbench.ui.use.words import literal
from workbench.use import conversations
from workbench.use.conversations import MessageView
from workbench.use.playground import Answerer

_THUMBS = ("down", "up")


def opinion(answer: MessageView, answerer: Answerer) -> None:
    """Thumbs, and what the answer should have been."""
    with st.container(horizontal=True, vertical_alignment="center"):
        _thumbs(answer)
        label = "Corrected" if answer.correction else "Correct it"
        with st.popover(label, icon=":material/edit:", key=f"correct-{answer.id}"):
            _correction(answer, answerer)
    if answer.correction:
        st.caption("You would have written:")
        literal(answer.correction)


def label_opinion(answer: MessageView, answerer: Answerer) -> None:
    """Thumbs, and the category it should have been."""
    with st.container(horizontal=True, vertical_alignment="center"):
        _thumbs(answer)
        if answerer.estimates:
            number_answer.right_one(answer)
            return
        if answerer.finds_several:
            several.right_ones(answer, answerer)
            return
        labels = sorted({*answerer.labels, answer.content})
        st.selectbox(
            "The right category",
            labels,
            index=labels.index(answer.correction) if answer.correction in labels else None,
            key=f"label-{answer.id}",
            placeholder="Choose the right category",
            label_visibility="collapsed",
            width=280,
            on_change=_keep_label,
            args=(answer.id,),
        )


def _thumbs(answer: MessageView) -> None:
    allowed.feedback(
        "thumbs",
        key=f"rate-{answer.id}",
        default=_THUMBS.index(answer.rating) if answer.rating else None,
        on_change=_keep_rating,
        args=(answer.id,),
    )


def _correction(answer: MessageView, answerer: Answerer) -> None:
    with st.form(f"correction-{answer.id}", border=False):
        text = st.text_area(
            "What would you have written?",
            answer.correction or answer.content,
            key=f"better-{answer.id}",
            height=160,
        )
        if allowed.form_submit_button(
            "Save", needs=REVIEWER, type="primary", key=f"save-{answer.id}"
        ):
            with errors.shown():
                _check(answerer, text)
                conversations.correct(context.store(), answer.id, text)
                st.rerun()


def _check(answerer: Answerer, text: str) -> None:
    """Refuse a correction that could be no example.

    Raises:
        WorkbenchError: it is no JSON object where one belongs.
    """
    task = asked_as(answerer.task)
    if not text.strip() or not task.answers_are_json:
        return
    if taught.readable(task, {task.question_role: "-", task.learned: text}) is None:
        raise WorkbenchError(
            'The fields have to be JSON, such as {"total": "12.50"}: look for a missing quotation '
            "mark, comma or bracket. What you wrote is still here."
        )


def _keep_rating(message_id: int) -> None:
    thumb = st.session_state[f"rate-{message_id}"]
    conversations.rate(context.store(), message_id, "" if thumb is None else _THUMBS[thumb])


def _keep_label(message_id: int) -> None:
    label = st.session_state[f"label-{message_id}"]
    conversations.correct(context.store(), message_id, label or "")
