"""Let people judge, on the Evaluate page: a blind test, its link, how it stands, and what came of it."""

import altair as alt
import pandas as pd
import streamlit as st

from storage.acting import REVIEWER
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.people import blind_result, blind_tests
from workbench.evaluation.people.blind_tests import BlindTestInfo
from workbench.evaluation.scoring.sequential import ALPHA
from workbench.training.run_view import RunView
from workbench.ui import charts, context, errors
from workbench.ui.accounts import allowed
from workbench.ui.numbers import when
from workbench.ui.routes import judge_route
from workbench.ui.routes.reach import address_of, reach
from workbench.ui.text import code, plain

_POLL_S = 5.0
_LINKS = "blind-links"
_ICONS = {
    "open": ":material/how_to_vote:",
    "decided": ":material/check_circle:",
    "undecided": ":material/balance:",
}


def show(run: RunView, _info: EvaluationInfo, _answers: pd.DataFrame) -> None:
    """The tests of a run, newest first, and the way to another one."""
    with errors.shown():
        st.write(
            "People read two answers to the same question and choose the better one, without knowing "
            "whose it is. It stops by itself as soon as it is decided, and you may look at any time: the "
            f"chance of telling a difference where there is none stays below {100 * ALPHA:.0f} % (a "
            "sequential test)."
        )
        found = blind_tests.list_blind_tests(context.store(), run.id)
        if any(test.is_open for test in found):
            st.fragment(_watch, run_every=_POLL_S)(run.id)
        else:
            _show_all(found)
        _show_start(run, first=not found)


def _watch(run_id: int) -> None:
    """Votes come in from other browsers."""
    found = blind_tests.list_blind_tests(context.store(), run_id)
    if not any(test.is_open for test in found):
        st.rerun(scope="app")
    _show_all(found)


def _show_all(found: list[BlindTestInfo]) -> None:
    for test in found:
        with st.container(border=True, key=f"blind-{test.id}"):
            _show_test(test)


def _show_test(test: BlindTestInfo) -> None:
    st.markdown(
        f"**'{plain(test.mine)}' against '{plain(test.other)}'** :small[since {plain(when(test.created_at))}]"
    )
    icon = _ICONS.get(test.state, ":material/info:")
    st.markdown(f"{icon} {plain(blind_result.headline(test))}")
    if told := blind_result.evidence(test):
        st.caption(plain(told))
    if test.counted.decisive:
        st.altair_chart(_chart(test), alt="Share of questions in which each was preferred")
    st.caption(plain(blind_result.size(test)))
    if test.is_open:
        _show_link(test)


def _show_link(test: BlindTestInfo) -> None:
    token = st.session_state.get(_LINKS, {}).get(test.id)
    if token:
        st.markdown(f"Link for your colleagues: {code(address_of(judge_route.link(token)))}")
    else:
        st.caption(
            "Its link was shown when it was made; nobody keeps it. A new one ends the former."
        )
    st.caption(f"Good until {plain(when(test.expires_at))}. {plain(reach())}")
    with st.container(horizontal=True):
        if allowed.button("New link", key=f"blind-renew-{test.id}", icon=":material/link:"):
            with errors.shown():
                _remember(test.id, blind_tests.renew_link(context.store(), test.id))
                st.rerun(scope="app")
        if allowed.button(
            "End it", needs=REVIEWER, key=f"blind-end-{test.id}", icon=":material/stop_circle:"
        ):
            blind_tests.end_blind_test(context.store(), test.id)
            st.rerun(scope="app")


def _show_start(run: RunView, *, first: bool) -> None:
    others = blind_tests.opponents(context.store(), run.id)
    if not others:
        st.info("There is nothing to compare it with: train another model, or score it again.")
        return
    with st.expander("Make a blind test", expanded=first, icon=":material/how_to_vote:"):
        other = st.selectbox(
            "Compare with",
            list(others),
            format_func=lambda one: (
                others[one] if one is not None else "The same model before training"
            ),
            key=f"blind-other-{run.id}",
        )
        days = st.number_input(
            "Days that the link is good", 1, 60, blind_tests.DAYS, key="blind-days"
        )
        if allowed.button("Make it", key="blind-start", type="primary"):
            with errors.shown():
                made = blind_tests.start_blind_test(context.store(), run.id, other, days=int(days))
                _remember(made.test_id, made.token)
                st.rerun(scope="app")


def _remember(test_id: int, token: str) -> None:
    """For this tab of the browser: the home keeps only a digest."""
    st.session_state[_LINKS] = {**st.session_state.get(_LINKS, {}), test_id: token}


def _chart(test: BlindTestInfo) -> charts.Chart:
    share = test.counted.share or 0.0
    low, high = test.interval
    table = pd.DataFrame(
        {
            "who": [test.mine, test.other],
            "share": [share, 1 - share],
            "low": [low, 1 - high],
            "high": [high, 1 - low],
        }
    )
    base = alt.Chart(table).encode(
        y=alt.Y("who:N", title=None, sort=None, axis=alt.Axis(labelLimit=160)),
        tooltip=[
            alt.Tooltip("who:N", title="Preferred"),
            alt.Tooltip("share:Q", title="Share", format=".1%"),
            alt.Tooltip("low:Q", title="From", format=".1%"),
            alt.Tooltip("high:Q", title="To", format=".1%"),
        ],
    )
    axis = alt.X(
        "share:Q", title="Preferred in", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%")
    )
    bars = base.mark_bar(color=charts.ACCENT, height=14).encode(x=axis)
    rules = base.mark_rule(color=charts.ORANGE, strokeWidth=2).encode(x="low:Q", x2="high:Q")
    half = alt.Chart(pd.DataFrame({"half": [0.5]})).mark_rule(strokeDash=[4, 4], color=charts.GREY)
    return alt.layer(bars, rules, half.encode(x="half:Q")).properties(height=alt.Step(34))
