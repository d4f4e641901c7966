"""Answers while they are being written: side by side, token by token, until done or stopped."""

import contextlib
import random
from collections.abc import Iterator, Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from workbench.core.tools.words import growing
from workbench.ui import context
from workbench.ui.use import tool_results, turns
from workbench.ui.use.settings import ChatSettings
from workbench.use import conversations, playground
from workbench.use.client import Answer, Question
from workbench.use.conversations import Turn
from workbench.use.playground import Answerer


def answer(
    url: str,
    conversation_id: int,
    answerer: Answerer,
    everyone: Mapping[str, Answerer],
    turn: Turn,
    earlier: Sequence[Turn],
    settings: ChatSettings,
) -> None:
    """Write the answers to the turn's question and keep them, whole or as far as they came.

    A question that has answers gets further ones, which vary. Any click on the page ends the script
    right here, Stop among them. The connections close with it, the server stops computing, and what
    there was by then is kept.
    """
    asked = list(_questions(answerer, everyone, turn, earlier, settings))
    titles = {answerer.untrained_id or "": answerer.base_name}
    titles |= {name: one.title for name, one in everyone.items()}
    got: dict[int, Answer] = {}
    try:
        places = _places(asked, titles, answerer)
        with contextlib.closing(playground.stream_answers(context.store(), url, asked)) as growing:
            for change in growing:
                if change is not None:
                    got[change.place] = change
                for number, place in enumerate(places):
                    place.text(_so_far(got.get(number)))
    finally:
        for number, question in enumerate(asked):
            found = got.get(number, Answer(question.model))
            _keep(conversation_id, question, found, titles[question.model])


def _so_far(answer: Answer | None) -> str:
    return (answer and (growing(answer.text) or answer.error)) or "Reading your question…"


def _questions(
    answerer: Answerer,
    everyone: Mapping[str, Answerer],
    turn: Turn,
    earlier: Sequence[Turn],
    settings: ChatSettings,
) -> Iterator[Question]:
    """What is asked, model by model."""
    for model in filter(None, (answerer.id, settings.beside)):
        other = everyone.get(model, answerer)  # its base model is asked just as it is
        before = sum(answer.model == model for answer in turn.answers)
        for number in range(before, before + settings.answers):
            sampling = settings.sampling
            if number:
                sampling = playground.varied(sampling, random.randrange(2**31))
            goes_on = settings.remember or tool_results.is_result(turn.question.content)
            yield playground.question(
                model,
                turn.question.content,
                earlier=earlier if goes_on else (),
                settings=sampling,
                system=settings.system if other is answerer else None,
                continues=answerer.continues,
            )


def _places(
    asked: Sequence[Question], titles: Mapping[str, str], answerer: Answerer
) -> list[DeltaGenerator]:
    """Where each answer grows: a column a model, its answers below each other."""
    models = list(dict.fromkeys(question.model for question in asked))
    columns = dict(zip(models, st.columns(len(models)), strict=True))
    places = []
    for question in asked:
        with columns[question.model], st.container(border=True):
            turns.heading(question.model, titles[question.model], answerer)
            places.append(st.empty())
    st.button("Stop", key="stop", icon=":material/stop_circle:", shortcut="Escape")
    return places


def _keep(conversation_id: int, question: Question, answer: Answer, title: str) -> None:
    """An answer that had not even begun when it was stopped is kept, too: as an empty one."""
    details = playground.answer_details(answer, question.settings, title)
    if question.earlier:
        details["earlier"] = question.earlier
    conversations.add_answer(
        context.store(), conversation_id, question.model, answer.text.strip(), details
    )
