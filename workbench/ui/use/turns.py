"""Questions and answers on the page, with what a person thinks of each answer."""

import json

import streamlit as st

from workbench.models.served import UNTRAINED
from workbench.ui import context, invented
from workbench.ui.numbers import duration
from workbench.ui.text import plain
from workbench.use import conversations
from workbench.use.conversations import MessageView, Turn
from workbench.use.playground import Answerer

_THUMBS = ("down", "up")


def question(turn_question: MessageView) -> None:
    """What was asked."""
    with st.chat_message("user", avatar=":material/person:"):
        literal(turn_question.content)


def answers(turn: Turn) -> None:
    """The answers beside each other: the trained model first, then the model before training."""
    shown = sorted(turn.answers, key=lambda answer: answer.model.endswith(UNTRAINED))
    for column, answer in zip(st.columns(max(1, len(shown))), shown, strict=False):
        with column, st.container(border=True, height="stretch"):
            heading(answer.model, str(answer.details.get("title", "")))
            if answer.details.get("error"):
                st.warning(plain(answer.details["error"]), icon=":material/warning:")
            said(answer)
            st.caption(facts(answer))
            if not answer.model.endswith(UNTRAINED):
                opinion(answer)
    expected(turn.question)


def heading(model: str, title: str) -> None:
    """Who answers, as word and colour: the trained model in the accent, the base in grey."""
    if model.endswith(UNTRAINED) or model.startswith("base:"):
        st.markdown(f":gray-badge[:material/circle: Before training] {plain(title)}")
    else:
        st.markdown(f":blue-badge[:material/school: Your model] {plain(title)}")


def literal(text: str) -> None:
    """Text exactly as it is; JSON with its parts in colour."""
    if text.lstrip().startswith(("{", "[")):
        try:
            st.code(json.dumps(json.loads(text), indent=2, ensure_ascii=False), language="json")
            return
        except (ValueError, RecursionError):
            pass
    st.text(text)


def said(answer: MessageView) -> None:
    """An answer; what neither examples nor question told the model is marked in it."""
    told = answer.details.get("not_in_examples")
    if isinstance(told, list) and told:
        invented.show(answer.content, list(map(str, told)))
    else:
        literal(answer.content)


def expected(asked: MessageView) -> None:
    """The answer in the user's own data, if the question came from the exam."""
    if asked.details.get("expected"):
        with st.container(border=True):
            st.markdown(":green-badge[:material/fact_check: What your data says]")
            literal(str(asked.details["expected"]))


def facts(answer: MessageView) -> str:
    """How long it took and why it ended."""
    parts = [duration(float(answer.details.get("seconds", 0)))]
    if tokens := answer.details.get("tokens"):
        parts.append(f"{plain(tokens)} tokens")
    ends = {"length": "cut at the longest length (Settings)", "stopped": "stopped by you"}
    parts.append(ends.get(str(answer.details.get("finish_reason")), ""))
    return " · ".join(part for part in parts if part)


def opinion(answer: MessageView) -> None:
    """Thumbs, and what the answer should have been."""
    with st.container(horizontal=True, vertical_alignment="center"):
        _thumbs(answer)
        label = "Corrected" if answer.correction else "Correct it"
        with st.popover(label, icon=":material/edit:", key=f"correct-{answer.id}"):
            _correction(answer)
    if answer.correction:
        st.caption("You would have written:")
        literal(answer.correction)


def label_opinion(answer: MessageView, answerer: Answerer) -> None:
    """Thumbs, and the category it should have been."""
    with st.container(horizontal=True, vertical_alignment="center"):
        _thumbs(answer)
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
    st.feedback(
        "thumbs",
        key=f"rate-{answer.id}",
        default=_THUMBS.index(answer.rating) if answer.rating else None,
        on_change=_keep_rating,
        args=(answer.id,),
    )


def _correction(answer: MessageView) -> None:
    with st.form(f"correction-{answer.id}", border=False):
        text = st.text_area(
            "What would you have written?",
            answer.correction or answer.content,
            key=f"better-{answer.id}",
            height=160,
        )
        if st.form_submit_button("Save", type="primary", key=f"save-{answer.id}"):
            conversations.correct(context.store(), answer.id, text)
            st.rerun()


def _keep_rating(message_id: int) -> None:
    thumb = st.session_state[f"rate-{message_id}"]
    conversations.rate(context.store(), message_id, "" if thumb is None else _THUMBS[thumb])


def _keep_label(message_id: int) -> None:
    label = st.session_state[f"label-{message_id}"]
    conversations.correct(context.store(), message_id, label or "")
