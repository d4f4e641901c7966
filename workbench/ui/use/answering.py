"""Answers while they are being written: side by side, token by token, until done or stopped."""

import contextlib
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from workbench.ui import context
from workbench.ui.use import turns
from workbench.ui.use.settings import ChatSettings
from workbench.use import conversations, playground
from workbench.use.client import Answer, Question
from workbench.use.conversations import Turn
from workbench.use.playground import Answerer


def answer(
    url: str,
    conversation_id: int,
    answerer: Answerer,
    turn: Turn,
    earlier: Sequence[Turn],
    settings: ChatSettings,
) -> None:
    """Write the answers to the turn's question and keep them, whole or as far as they came.

    Any click on the page ends the script right here, Stop among them. The connections close
    with it, the server stops computing, and what there was by then is kept.
    """
    asked = _questions(answerer, turn, earlier, settings)
    titles = {answerer.id: answerer.title, answerer.untrained_id: answerer.base_name}
    got: dict[str, Answer] = {}
    try:
        places = _places(asked, titles)
        with contextlib.closing(playground.stream_answers(url, asked)) as growing:
            for change in growing:
                if change is not None:
                    got[change.model] = change
                for model, place in places.items():
                    place.text(_so_far(got.get(model)))
    finally:
        for question in asked:
            _keep(conversation_id, question, got, titles, settings)


def _so_far(answer: Answer | None) -> str:
    return (answer and (answer.text or answer.error)) or "Reading your question…"


def _questions(
    answerer: Answerer, turn: Turn, earlier: Sequence[Turn], settings: ChatSettings
) -> list[Question]:
    models = [answerer.id]
    if settings.show_base and answerer.untrained_id:
        models.append(answerer.untrained_id)
    return [
        playground.question(
            model,
            turn.question.content,
            earlier=earlier if settings.remember else (),
            settings=settings.sampling,
            system=settings.system,
            continues=answerer.continues,
        )
        for model in models
    ]


def _places(asked: Sequence[Question], titles: dict[str | None, str]) -> dict[str, DeltaGenerator]:
    places = {}
    for column, question in zip(st.columns(len(asked)), asked, strict=True):
        with column, st.container(border=True, height="stretch"):
            turns.heading(question.model, titles[question.model])
            places[question.model] = st.empty()
    st.button("Stop", key="stop", icon=":material/stop_circle:")
    return places


def _keep(
    conversation_id: int,
    question: Question,
    got: dict[str, Answer],
    titles: dict[str | None, str],
    settings: ChatSettings,
) -> None:
    """An answer that had not even begun when it was stopped is kept, too: as an empty one."""
    answer = got.get(question.model, Answer(question.model))
    details = playground.answer_details(answer, settings.sampling, titles[question.model])
    if question.earlier:
        details["earlier"] = question.earlier
    conversations.add_answer(
        context.store(), conversation_id, question.model, answer.text.strip(), details
    )
