"""Several categories in the playground: all that hold, with how sure, and those just below."""

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from storage.acting import REVIEWER
from workbench.core.tasks.category_sets import categories_in, is_none, written
from workbench.ui import context
from workbench.ui.accounts import allowed
from workbench.ui.charts import ACCENT, GREY, Chart
from workbench.ui.numbers import percent
from workbench.ui.text import plain
from workbench.use import conversations, playground
from workbench.use.conversations import MessageView
from workbench.use.playground import Answerer

BELOW = 3
"""So many of the categories that do not hold are shown as well."""


def show(message: MessageView, *, detailed: bool) -> None:
    """The categories of an answer."""
    shares = dict(playground.probabilities_of(message))
    limits = playground.limits_of(message)
    given = categories_in(message.content)
    if is_none(message.content):
        st.markdown(":gray-badge[:material/label_off: None of the categories holds]")
    else:
        st.markdown(" ".join(_badge(name, shares.get(name)) for name in given))
    near = [name for name in shares if name not in given][:BELOW]
    if near:
        told = ", ".join(f"{plain(name)} ({percent(shares[name])})" for name in near)
        st.caption(f"Next, but not given: {told}")
    if detailed and shares:
        shown = [*(name for name in shares if name in given), *near]
        st.altair_chart(_bars(shown, shares, limits, given), key=f"bars-{message.id}")
        st.caption(
            "The line across each bar is how sure the model has to be of that category before it is "
            "given; it was set on rows that it had not learned from (threshold)."
        )


def right_ones(answer: MessageView, answerer: Answerer) -> None:
    """The categories that it should have been."""
    labels = sorted({*answerer.labels, *categories_in(answer.content)})
    with st.popover(
        "Corrected" if answer.correction else "Correct it",
        icon=":material/edit:",
        key=f"correct-{answer.id}",
    ):
        st.multiselect(
            "The right categories",
            labels,
            default=[n for n in categories_in(answer.correction or answer.content) if n in labels],
            format_func=plain,
            key=f"labels-{answer.id}",
            help="Leave it empty if none of them holds.",
        )
        allowed.button(
            "Save",
            needs=REVIEWER,
            key=f"save-{answer.id}",
            type="primary",
            on_click=_keep,
            args=(answer.id,),
        )
    if answer.correction:
        st.caption(f"You said: {plain(answer.correction)}")


def _badge(name: str, share: float | None) -> str:
    sure = f" {percent(share)} sure" if share is not None else ""
    return f":blue-badge[:material/label: {plain(name)}]{sure}"


def _keep(message_id: int) -> None:
    chosen = st.session_state[f"labels-{message_id}"]
    conversations.correct(context.store(), message_id, written(chosen))


def _bars(
    names: Sequence[str],
    shares: dict[str, float],
    limits: dict[str, float],
    given: Sequence[str],
) -> Chart:
    data = pd.DataFrame(
        {
            "label": names,
            "share": [shares[name] for name in names],
            "limit": [limits.get(name, 0.5) for name in names],
            "text": [percent(shares[name]) for name in names],
            "holds": [name in given for name in names],
        }
    )
    base = alt.Chart(data).encode(
        y=alt.Y("label:N", title="Category", sort=None, axis=alt.Axis(labelLimit=220)),
        tooltip=[
            alt.Tooltip("label:N", title="Category"),
            alt.Tooltip("share:Q", title="Probability", format=".2%"),
            alt.Tooltip("limit:Q", title="Given from", format=".0%"),
        ],
    )
    scale = alt.Scale(domain=[0, 1.0])
    axis = alt.Axis(format=".0%", tickCount=5)
    share = alt.X("share:Q", title="Probability", scale=scale, axis=axis)
    colour = alt.condition("datum.holds", alt.value(ACCENT), alt.value(GREY))
    bars = base.mark_bar(size=18).encode(x=share, color=colour)
    text = base.mark_text(align="left", dx=6, color=GREY).encode(x=share, text="text:N")
    ticks = base.mark_tick(thickness=2, size=24, color=GREY).encode(x=alt.X("limit:Q", scale=scale))
    return alt.layer(bars, ticks, text).properties(height=60 + 30 * len(names))
