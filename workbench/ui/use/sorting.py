"""A classifier in the playground: a text in, the categories with their probabilities out."""

import dataclasses
import time
from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from workbench.core.tasks.text_pair import joined_as
from workbench.ui import context
from workbench.ui.charts import ACCENT, GREY, Chart
from workbench.ui.numbers import percent
from workbench.ui.text import plain
from workbench.ui.use import number_answer, opinions, several
from workbench.ui.use.words import literal
from workbench.use import conversations, playground
from workbench.use.conversations import MessageView, Turn
from workbench.use.playground import Answerer

SHOWN = 5
_OTHERS = "all others"


def text_form(answerer: Answerer) -> list[str]:
    """The box for a text, or several; what was sent, if anything was."""
    if answerer.pair:
        return _pair_form(answerer)
    title, button, icon = _words(answerer)
    with st.form("sort", clear_on_submit=True):
        text = st.text_area(title, key="text", height=110, placeholder="Paste a text…")
        with st.container(horizontal=True, vertical_alignment="center"):
            sent = st.form_submit_button(button, type="primary", icon=icon)
            each = st.checkbox("Each line is a text of its own", key="each-line")
    texts = text.splitlines() if each else [text]
    return [own.strip() for own in texts if own.strip()] if sent else []


def _words(answerer: Answerer) -> tuple[str, str, str]:
    """What stands over the box and on its button, with an icon."""
    if answerer.estimates:
        return "Text to read", "Estimate it", ":material/straighten:"
    return "Text to sort", "Sort it", ":material/label:"


def _pair_form(answerer: Answerer) -> list[str]:
    """A box for each of two texts that belong together."""
    with st.form("sort", clear_on_submit=True):
        boxes = st.columns(2)
        typed = [
            box.text_area(
                plain(heading), key=f"text-{place}", height=110, placeholder="Paste a text…"
            )
            for place, (box, heading) in enumerate(zip(boxes, answerer.pair, strict=True))
        ]
        _, button, icon = _words(answerer)
        sent = st.form_submit_button(button, type="primary", icon=icon)
    if not sent or not any(text.strip() for text in typed):
        return []
    return [joined_as(answerer.pair, *typed)]


def answer(url: str, conversation_id: int, answerer: Answerer, turn: Turn) -> None:
    """Ask for the categories and keep them with the text."""
    began = time.monotonic()
    found = playground.classify(context.store(), url, answerer.id, turn.question.content)
    conversations.add_answer(
        context.store(),
        conversation_id,
        answerer.id,
        found.best,
        {
            "title": answerer.title,
            "probabilities": [
                [label, round(share, 6)] for label, share in found.labels if share is not None
            ],
            "none_of_these": found.none_of_these,
            "please_check": found.please_check,
            **({"thresholds": [list(one) for one in found.thresholds]} if found.thresholds else {}),
            **({"number": dataclasses.asdict(found.estimate)} if found.estimate else {}),
            "read": found.read,
            "seconds": round(time.monotonic() - began, 2),
        },
    )


def results(turns: Sequence[Turn], answerer: Answerer) -> None:
    """The newest text with its bars, then the earlier ones in short."""
    for number, turn in enumerate(reversed(turns)):
        for message in turn.answers:
            with st.container(border=True):
                _result(turn, message, answerer, detailed=number == 0)


def _result(turn: Turn, message: MessageView, answerer: Answerer, *, detailed: bool) -> None:
    found = playground.probabilities_of(message)
    sure = f" {percent(found[0][1])} sure" if found else ""
    literal(turn.question.content)
    strange = playground.is_none_of_these(message)
    if answerer.estimates:
        number_answer.show(message)
    elif answerer.finds_several:
        several.show(message, detailed=detailed)
    elif strange:
        st.markdown(
            ":gray-badge[:material/label_off: None of these] "
            f"The nearest would be {plain(message.content)}."
        )
    else:
        st.markdown(f":blue-badge[:material/label: {plain(message.content)}]{sure}")
    if playground.is_to_be_checked(message):
        why = "" if strange else " The model is less sure than the limit that is kept with it."
        st.markdown(f":orange-badge[:material/person_search: Please check]{why}")
    if read := playground.reading_of(message):
        st.caption(f":material/menu_book: A long text: {plain(read)}")
    if right := turn.question.details.get("expected"):
        agrees = answerer.is_right(str(right), message.content)
        word = "as in your data" if agrees else f"your data says {plain(str(right))}"
        icon = ":green[:material/check:]" if agrees else ":orange[:material/close:]"
        st.markdown(f"{icon} {word}")
    if detailed and len(found) > 1 and not answerer.finds_several:
        st.altair_chart(probability_bars(found), key=f"bars-{message.id}")
    opinions.label_opinion(message, answerer)


def probability_bars(found: Sequence[tuple[str, float]]) -> Chart:
    """The likeliest categories as bars, the first in the accent; what is left as one grey bar."""
    shown = list(found[:SHOWN])
    rest = sum(share for _, share in found[SHOWN:])
    if len(found) > SHOWN:
        shown.append((_OTHERS, rest))
    data = pd.DataFrame(
        {
            "label": [label for label, _ in shown],
            "share": [share for _, share in shown],
            "text": [percent(share) for _, share in shown],
            "best": [number == 0 for number in range(len(shown))],
        }
    )
    base = alt.Chart(data).encode(
        y=alt.Y("label:N", title="Category", sort=None, axis=alt.Axis(labelLimit=220)),
        x=alt.X(
            "share:Q",
            title="Probability",
            scale=alt.Scale(domain=[0, 1.0]),
            axis=alt.Axis(format=".0%", tickCount=5),
        ),
        tooltip=[
            alt.Tooltip("label:N", title="Category"),
            alt.Tooltip("share:Q", title="Probability", format=".2%"),
        ],
    )
    colour = alt.condition("datum.best", alt.value(ACCENT), alt.value(GREY))
    bars = base.mark_bar(size=18).encode(color=colour)
    labels = base.mark_text(align="left", dx=6, color=GREY).encode(text="text:N")
    return alt.layer(bars, labels).properties(height=60 + 30 * len(shown))
