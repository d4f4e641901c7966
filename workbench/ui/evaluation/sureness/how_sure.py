"""How sure the model must be to answer alone: a limit, what it gives, and what it costs."""

import pandas as pd
import streamlit as st

from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.scoring.choosing import Choice
from workbench.evaluation.scoring.deferral import PER, THRESHOLDS, Deferral, Estimate, Prices
from workbench.evaluation.sureness import threshold
from workbench.training.run_view import RunView
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.evaluation.sureness import curves, limit_charts, reliability
from workbench.ui.numbers import percent
from workbench.ui.text import plain
from workbench.use import served_models

_OPTIONS = [float(one) for one in THRESHOLDS]
_TENFOLD = 1000 // PER
_CANNOT = (
    "The trained model does not tell how sure it is of these answers, so there is no limit to choose: "
    "score the model again, or use one that sorts."
)


def show(run: RunView, info: EvaluationInfo, answers: pd.DataFrame) -> None:
    """Prices, the limit, its figures, and whether how sure it is can be believed."""
    with errors.shown():
        choice = threshold.choice_of(context.store(), info, answers)
        if choice is None:
            st.write(_CANNOT)
            return
        st.write(
            "An answer of which the model is not sure can go to a person. Say what an error and a "
            "manual check cost you, and see which limit is the cheapest."
        )
        prices = _prices(run)
        limit = _limit(run, info, choice, prices)
        _figures(choice.report(limit, prices), prices)
        limit_charts.show(choice, prices, limit)
        st.caption(plain(choice.sentence))
        _keep(run, limit, prices)
        reliability.show(answers)
        curves.show(answers)


def _prices(run: RunView) -> Prices:
    """The two prices, kept with the project as soon as they change."""
    store, known = context.store(), threshold.prices_of(context.store(), run.project_id)
    left, right = st.columns(2)
    error = left.number_input(
        "What an error costs", 0.0, 1e9, known.error, step=1.0, key=f"price-error-{run.project_id}",
        help="On average, when a wrong answer goes out and nobody has checked it; in your currency.",
    )  # fmt: skip
    check = right.number_input(
        "What a manual check costs", 0.0, 1e9, known.check, step=0.5,
        key=f"price-check-{run.project_id}",
        help="Of one text: the time of the person who answers it, who is taken to be right.",
    )  # fmt: skip
    prices = Prices(float(error), float(check))
    if prices != known:
        threshold.keep_prices(store, run.project_id, prices)
    return prices


def _limit(run: RunView, info: EvaluationInfo, choice: Choice, prices: Prices) -> float:
    """The limit on the slider: until it is moved the one that is kept, else the cheapest."""
    kept = threshold.kept_threshold(context.store(), run.id)
    cheapest = choice.cheapest(prices)
    key, moved = f"limit-{info.id}", f"limit-moved-{info.id}"
    if key not in st.session_state or not st.session_state.get(moved):
        st.session_state[key] = _nearest(cheapest if kept is None else kept.value)

    def move(value: float | None = None) -> None:
        st.session_state[moved] = True
        if value is not None:
            st.session_state[key] = value

    limit = st.select_slider(
        "It answers alone if it is surer than",
        _OPTIONS,
        format_func=limit_charts.as_share,
        key=key,
        on_change=move,
        help="The limit (threshold) of the probability that the model gives its own answer. At 0 % "
        "it answers everything alone, at 100 % nothing.",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        allowed.button(
            f"Go to the cheapest: {limit_charts.as_share(cheapest)}",
            key="limit-cheapest",
            icon=":material/savings:",
            disabled=limit == cheapest,
            on_click=move,
            args=(cheapest,),
        )
        if kept is not None:
            st.caption(
                f":material/bookmark: {limit_charts.as_share(kept.value)} is kept with the model."
            )
    return float(limit)


def _nearest(value: float) -> float:
    return min(_OPTIONS, key=lambda own: abs(own - value))


def _figures(found: Deferral, prices: Prices) -> None:
    """Four numbers, each with its interval, and what the cost would be otherwise."""
    right = found.right
    figures = (
        ("Answered alone", *_shares(found.alone)),
        ("Right among those", *(_shares(right) if right else ("–", "It answers nothing alone."))),
        ("To a person, of 100", *_told(found.to_a_person, "{:.1f}".format)),
        ("Cost of 1,000 texts", *_told(_of_thousand(found.cost), money)),
    )
    with st.container(horizontal=True, key="limit-figures"):
        for label, value, interval in figures:
            with st.container(width=150):
                st.metric(plain(label), plain(value))
                st.caption(plain(interval))
    blind = _of_thousand(found.all_alone)
    st.markdown(
        f"The same 1,000 texts cost **{money(blind.value)}** ({money(blind.low)} to "
        f"{money(blind.high)}) if the model answered all of them alone, and "
        f"**{money(_TENFOLD * found.by_hand)}** if a person answered all of them. {_saved(found)}"
    )


def _saved(found: Deferral) -> str:
    """What checking is worth, in a sentence."""
    saved = _of_thousand(found.saved)
    between = f"({money(saved.low)} to {money(saved.high)})"
    if saved.low > 0:
        return f"Checking saves {money(saved.value)} {between}."
    if saved.high < 0:
        return f"Checking costs {money(-saved.value)} more than it helps."
    return "Whether checking pays at this limit is within what chance alone could do."


def _shares(found: Estimate) -> tuple[str, str]:
    return _told(found, percent)


def _told(found: Estimate, words: limit_charts.Words) -> tuple[str, str]:
    return words(found.value), f"{words(found.low)} to {words(found.high)}"


def _of_thousand(found: Estimate) -> Estimate:
    return Estimate(*(_TENFOLD * own for own in (found.value, found.low, found.high)))


def money(value: float) -> str:
    """An amount in the user's currency, as fine as it matters."""
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:,.2f}"


def _keep(run: RunView, limit: float, prices: Prices) -> None:
    """Keep the limit with the model, or keep none any more."""
    kept = threshold.kept_threshold(context.store(), run.id)
    same = kept is not None and kept.value == limit
    with st.container(horizontal=True):
        if allowed.button(
            "Keep this limit with the model",
            key="limit-keep",
            type="primary",
            icon=":material/bookmark_add:",
            disabled=same,
        ):
            _change(run, limit, prices)
        if kept is not None and allowed.button("Keep no limit", key="limit-forget"):
            _change(run, None, prices)
    st.caption(
        "Where a limit is kept, answers below it say *please check*: in the playground, in a column "
        "of answered files, and as `please_check` in `/v1/classify`. A text that fits none of the "
        "categories always says so then."
    )


def _change(run: RunView, value: float | None, prices: Prices) -> None:
    threshold.keep_threshold(context.store(), run.id, value, prices)
    served_models.refresh(context.store())  # a model server at work obeys it from now on
    st.toast("The limit is kept with the model." if value is not None else "No limit is kept.")
    st.rerun(scope="app")
