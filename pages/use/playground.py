"""Use: ask the trained model, beside the model before training; rate and correct its answers."""

from collections.abc import Sequence

import streamlit as st

from workbench.evaluation.release import releases
from workbench.models.served import in_place_of
from workbench.ui import context, errors, frame
from workbench.ui.accounts import allowed
from workbench.ui.text import plain
from workbench.ui.use import (
    answering,
    asking_again,
    history,
    labelling,
    preferring,
    programs,
    server,
    teaching,
    texts_file,
    tool_results,
)
from workbench.ui.use import settings as chat_settings
from workbench.ui.use import sorting as chat_sorting
from workbench.ui.use import turns as chat_turns
from workbench.ui.use.settings import ChatSettings
from workbench.ui.use.words import literal
from workbench.use import conversations, served_models, suggestions
from workbench.use import playground as chat
from workbench.use.conversations import ConversationInfo, Turn
from workbench.use.playground import Answerer
from workbench.use.suggestions import Example

PENDING = "pending-question"
store = context.store()
project_id = context.project_id()


def playground() -> None:
    frame.header("Use", "Try it: does it answer as you would?")
    frame.use_tabs("Use")
    everyone = chat.answerers(store, project_id)
    for sentence in served_models.damaged(store, project_id).values():
        st.error(plain(sentence), icon=":material/error:")
    listed = conversations.list_conversations(store, project_id)
    opened = history.current(listed)
    if not any(one.run_id for one in everyone) and not st.query_params.get("run"):
        nothing_trained(everyone)
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="toolbar"):
        answerer = choose(everyone, opened)
        history.bar(listed)
        if opened is not None and answerer.run_id is not None:
            name = "Exam questions"
            if suggestions.has_learned_all(store, answerer.run_id):
                name = "Rows of yours"
            with st.popover(name, icon=":material/quiz:", key="exam"):
                chips(answerer, suggestions.examples(store, answerer.run_id))
        settings = None if answerer.sorts else chat_settings.panel(answerer, everyone)
    with errors.shown():
        if settings is None:
            sorting(answerer, opened)
        else:
            talking(answerer, everyone, opened, settings)


def nothing_trained(everyone: list[Answerer]) -> None:
    """Teach what belongs here, and how to get there."""
    st.info(
        "Here you talk to your trained model, see beside it what the model said before the "
        "training, and correct what is not right yet. There is no trained model in this project "
        "so far.",
        icon=":material/forum:",
    )
    with st.container(horizontal=True):
        if st.button("Go to Train", key="go-train", type="primary"):
            context.go(frame.PAGES["Train"][0])
        bases = [one for one in everyone if one.run_id is None]
        if bases and st.button("Try an untrained model", key="go-base"):
            context.go(frame.PAGES["Use"][0], run=bases[0].id)


def choose(everyone: list[Answerer], opened: ConversationInfo | None) -> Answerer:
    """The model to ask: the one in the URL, else the conversation's, the live or the newest one."""
    by_name = {one.name: one for one in everyone}
    found = releases.live(store, project_id)
    live = in_place_of(str(found.run_id), found.rung) if found else ""
    wanted = st.query_params.get("run") or str(opened.run_id if opened else "")
    if not wanted and live in by_name:
        wanted = live
    names = list(by_name)
    if wanted and wanted not in by_name:
        st.toast("That model is not there any more; this is the newest one.")
    name = st.selectbox(
        "Model",
        names,
        index=names.index(wanted) if wanted in by_name else 0,
        format_func=lambda n: by_name[n].title + (" (live)" if n == live else ""),
        key=f"model-{wanted}",
        width=320,
    )
    st.query_params["run"] = name
    return by_name[name]


def talking(
    answerer: Answerer,
    everyone: list[Answerer],
    opened: ConversationInfo | None,
    settings: ChatSettings,
) -> None:
    """A conversation with a model that writes."""
    hint = "Begin a text to be continued…" if answerer.continues else "Ask your model…"
    typed = allowed.chat_input(hint, key="ask")
    if typed:
        keep_question(answerer, opened, typed)
        st.rerun()
    turns = conversations.turns(store, opened.id) if opened else []
    if opened is None:
        welcome(answerer)
    for turn in turns[:-1]:
        chat_turns.question(turn.question)
        chat_turns.answers(turn, answerer)
    if turns:
        chat_turns.question(turns[-1].question)
    place = st.container()
    teaching.offer(answerer)
    preferring.offer(project_id)
    url = server.address(answerer.id)
    programs.use_from_programs(answerer, url)
    if turns and opened:
        with place:
            last_turn(url, opened.id, answerer, everyone, turns, settings)


def last_turn(
    url: str | None,
    conversation_id: int,
    answerer: Answerer,
    everyone: list[Answerer],
    turns: list[Turn],
    settings: ChatSettings,
) -> None:
    """The newest question: answered, being answered, or left without an answer."""
    *earlier, turn = turns
    if is_pending(turn) and url:
        del st.session_state[PENDING]
        by_id = {one.id: one for one in everyone}
        answering.answer(url, conversation_id, answerer, by_id, turn, earlier, settings)
        st.rerun()
    elif turn.answers:
        chat_turns.answers(turn, answerer)
        if url and (question := asking_again.bar(turn, answerer)):
            st.session_state[PENDING] = question
            st.rerun()
        if url and (given := tool_results.form(turn, answerer, conversation_id)):
            st.session_state[PENDING] = given
            st.rerun()
        asking_again.nearest(turn, answerer)
    elif url:
        answer_it(turn)


def sorting(answerer: Answerer, opened: ConversationInfo | None) -> None:
    """Texts for a model that sorts."""
    if typed := chat_sorting.text_form(answerer):
        labelling.put_off(typed[1:])
        keep_question(answerer, opened, typed[0])
        st.rerun()
    if opened is None:
        welcome(answerer)
    turns = conversations.turns(store, opened.id) if opened else []
    url = server.address(answerer.id)
    if opened and turns and not turns[-1].answers:
        sort_newest(url, opened.id, answerer, turns[-1])
    elif url and (text := labelling.next_text()):
        keep_question(answerer, opened, text)
        st.rerun()
    teaching.offer(answerer)
    if answerer.run_id is not None:
        texts_file.show(answerer)
    chat_sorting.results(turns, answerer)
    programs.use_from_programs(answerer, url)


def sort_newest(url: str | None, conversation_id: int, answerer: Answerer, turn: Turn) -> None:
    """The newest text: sorted, waiting for the model, or left without an answer."""
    literal(turn.question.content)
    if url is None:
        return
    if is_pending(turn):
        with st.spinner("Sorting…"):
            chat_sorting.answer(url, conversation_id, answerer, turn)
        del st.session_state[PENDING]
        st.rerun()
    answer_it(turn)


def keep_question(
    answerer: Answerer,
    opened: ConversationInfo | None,
    text: str,
    example: Example | None = None,
) -> None:
    """Save the question before anything else happens to it."""
    details = example.details() if example else {}
    if opened is None:
        conversation_id, message_id = conversations.start_conversation(
            store, project_id, answerer.run_id, text, details
        )
        history.open_conversation(conversation_id)
    else:
        message_id = conversations.add_question(store, opened.id, text, details)
    st.session_state[PENDING] = message_id


def is_pending(turn: Turn) -> bool:
    return bool(st.session_state.get(PENDING) == turn.question.id)


def answer_it(turn: Turn) -> None:
    """A question that was never answered, because the page was closed meanwhile."""
    st.caption("This question has no answer yet.")
    if allowed.button("Answer it", key="answer-it", icon=":material/reply:"):
        st.session_state[PENDING] = turn.question.id
        st.rerun()


def welcome(answerer: Answerer) -> None:
    """What to do with an empty conversation."""
    own = (
        "Paste a text of your own above" if answerer.sorts else "Type a question of your own below"
    )
    if answerer.run_id is None:
        st.write(f"{own}.")
        return
    found = suggestions.examples(store, answerer.run_id)
    if not found:
        st.write(f"{own}.")
        return
    if suggestions.has_learned_all(store, answerer.run_id):
        st.write(f"{own}, or try one of your own rows, from which the model has learned:")
    else:
        st.write(f"{own}, or try one of your exam questions, which the model has never seen:")
    with st.container(horizontal=True, key="chips"):
        chips(answerer, found)


def chips(answerer: Answerer, found: Sequence[Example]) -> None:
    """Exam questions, asked with one click."""
    for example in found:
        allowed.button(
            plain(conversations.title_of(example.text)),
            key=f"example-{example.row_id}",
            icon=":material/quiz:",
            help=plain(example.text),
            on_click=ask_example,
            args=(answerer, example),
        )


def ask_example(answerer: Answerer, example: Example) -> None:
    listed = conversations.list_conversations(store, project_id)
    keep_question(answerer, history.current(listed), example.text, example)


playground()
