"""Questions and answers on the page, the models beside each other."""

import streamlit as st

from workbench.core.tasks import asked_as
from workbench.core.tools.pieces import holds_any
from workbench.models.served import UNTRAINED
from workbench.ui import fields_view, invented
from workbench.ui.numbers import duration
from workbench.ui.text import plain
from workbench.ui.use import opinions, tool_results
from workbench.ui.use.words import literal
from workbench.use.conversations import MessageView, Turn
from workbench.use.playground import Answerer


def question(turn_question: MessageView) -> None:
    """What was asked."""
    avatar = "build" if tool_results.is_result(turn_question.content) else "person"
    with st.chat_message("user", avatar=f":material/{avatar}:"):
        literal(turn_question.content)


def answers(turn: Turn, answerer: Answerer) -> None:
    """The answers of each model beside the others': the one that is asked first, its base model last."""
    models = sorted(
        dict.fromkeys(answer.model for answer in turn.answers),
        key=lambda model: (model.endswith(UNTRAINED), model != answerer.id),
    )
    for column, model in zip(st.columns(max(1, len(models))), models, strict=False):
        with column, st.container(border=True, height="stretch"):
            _answer(turn, model, answerer)
    expected(turn.question)


def _answer(turn: Turn, model: str, answerer: Answerer) -> None:
    """One model's answer, or the chosen one of its answers."""
    found = [answer for answer in turn.answers if answer.model == model]
    heading(model, str(found[-1].details.get("title", "")), answerer)
    answer = found[-1]
    if len(found) > 1:
        answer = found[_chosen(len(found), f"which-{turn.question.id}-{model}")]
    if answer.details.get("error"):
        st.warning(plain(answer.details["error"]), icon=":material/warning:")
    if not (asked_as(answerer.task).answers_are_json and _fields(turn, answer)):
        said(answer)
    st.caption(facts(answer))
    if not model.endswith(UNTRAINED):
        opinions.opinion(answer, answerer)


def _fields(turn: Turn, answer: MessageView) -> bool:
    """An answer in fields as a table; False where it is none."""
    told = answer.details.get("fields")
    own = told if isinstance(told, dict) else None
    return fields_view.show(answer.content, turn.question.content, own, str(answer.id))


def _chosen(number: int, key: str) -> int:
    """Which of several answers is shown: the last one at first."""
    chosen = st.segmented_control(
        "Answers",
        range(number),
        default=number - 1,
        format_func=lambda place: str(place + 1),
        key=f"{key}-{number}",
        label_visibility="collapsed",
        help="This model answered more than once; choose which answer to look at.",
    )
    return number - 1 if chosen is None else int(chosen)


def heading(model: str, title: str, answerer: Answerer) -> None:
    """Who answers, as word and colour: the model that is asked in the accent, the base in grey."""
    if model.endswith(UNTRAINED) or model.startswith("base:"):
        st.markdown(f":gray-badge[:material/circle: Before training] {plain(title)}")
    elif model == answerer.id:
        st.markdown(f":blue-badge[:material/school: Your model] {plain(title)}")
    else:
        st.markdown(f":violet-badge[:material/compare: Beside it] {plain(title)}")


def said(answer: MessageView) -> None:
    """An answer; what neither examples nor question told the model is marked in it."""
    told = answer.details.get("not_in_examples")
    if isinstance(told, list) and told and not holds_any(answer.content):
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
    if read := answer.details.get("read"):
        parts.append(f"a long text, {plain(read)}")
    settings = answer.details.get("settings")
    if isinstance(settings, dict) and settings.get("temperature"):
        parts.append(f"variety {float(settings['temperature']):g}")
    ends = {"length": "cut at the longest length (Settings)", "stopped": "stopped by you"}
    parts.append(ends.get(str(answer.details.get("finish_reason")), ""))
    return " · ".join(part for part in parts if part)
