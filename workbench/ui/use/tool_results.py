"""What a tool gave back, typed by the user: nothing is carried out here, and the model goes on from there."""

import streamlit as st

from workbench.core.chats.calls import result_text
from workbench.core.tools.pieces import CALL, RESULT_OPENS, calls_in
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.text import plain
from workbench.use import conversations
from workbench.use.conversations import Turn
from workbench.use.playground import Answerer


def is_result(text: str) -> bool:
    """Whether a question is what a tool gave back."""
    return text.startswith(RESULT_OPENS)


def form(turn: Turn, answerer: Answerer, conversation_id: int) -> int | None:
    """Asks what the tools gave back that the newest answer calls; the next question, once it is sent."""
    answer = turn.answer_of(answerer.id)
    called = [call for call in calls_in(answer.content) if call.kind == CALL] if answer else []
    if not called or answer is None:
        return None
    with st.form(f"tools-{answer.id}"):
        st.markdown("**What did the tool give back?**")
        st.caption(
            "Nothing is carried out here: look it up yourself, or make something up. The model goes "
            "on from there."
        )
        given = [
            st.text_area(
                f"{plain(call.name)} gave back",
                key=f"tool-{answer.id}-{place}",
                height=80,
                placeholder='{"left": 3}',
            )
            for place, call in enumerate(called)
        ]
        if not allowed.form_submit_button("Go on", type="primary", key=f"tools-go-{answer.id}"):
            return None
    with errors.shown():
        return conversations.add_question(
            context.store(), conversation_id, "\n\n".join(map(result_text, filter(None, given)))
        )
    return None
