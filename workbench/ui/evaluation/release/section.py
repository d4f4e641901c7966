"""Which version of the model is live, and the ways to change that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from storage.acting import REVIEWER
from workbench.evaluation.release import releases
from workbench.evaluation.release.releases import ReleaseInfo
from workbench.training.run_view import RunView
from workbench.ui import context, dialogs
from workbench.ui.accounts import allowed
from workbench.ui.evaluation.release import asking, changes, deciding, history, must_pass
from workbench.ui.numbers import when
from workbench.ui.text import plain, plain_lines

Show = Callable[[RunView, Sequence[RunView], ReleaseInfo | None], None]
"""Called with the run that is looked at, all usable ones and what is live."""


@dataclass(frozen=True)
class _Tab:
    title: str
    show: Show


_TABS = (
    _Tab("Versions", history.show_versions),
    _Tab("Better and worse", changes.show),
    _Tab("What it must get right", must_pass.show),
    _Tab("What was live when", history.show_history),
)


def show(run: RunView, runs: Sequence[RunView]) -> None:
    """What is live, the buttons, and behind tabs all that helps to decide."""
    live = releases.live(context.store(), run.project_id)
    st.subheader("Which version is live?", anchor=False)
    _say(live)
    _buttons(run, live)
    asking.show_progress(run.id)
    question, about_id = dialogs.asked()
    if question == deciding.MAKE_LIVE and about_id == run.id:
        deciding.ask_live(run)
    elif question == deciding.BACK:
        deciding.ask_back(run.project_id)
    elif question == deciding.OFF:
        deciding.ask_off(run.project_id)
    places = st.tabs([plain(tab.title) for tab in _TABS], key="versions", on_change="rerun")
    for tab, place in zip(_TABS, places, strict=True):
        if place.open:
            with place:
                tab.show(run, runs, live)


def _say(live: ReleaseInfo | None) -> None:
    if live is None:
        st.write(
            "No version is live yet. Live is the one that people use: the playground begins with it. "
            "Somebody approves it by name, and it is kept when and why."
        )
        return
    st.markdown(
        f":material/verified: **{plain(live.run_name)}** is live since {when(live.released_at)}, "
        f"approved by {plain(live.approver)}."
    )
    if live.note:
        st.caption(plain_lines(live.note))
    if live.overruled:
        st.caption(f":material/gavel: Against the gate: {plain(live.overruled)}")


def _buttons(run: RunView, live: ReleaseInfo | None) -> None:
    former = releases.former(context.store(), run.project_id)
    with st.container(horizontal=True):
        if live is None or live.run_id != run.id or live.rung:
            label = f"Make '{plain(run.name)}' live"
            if allowed.button(
                label, needs=REVIEWER, key="make-live", icon=":material/rocket_launch:"
            ):
                dialogs.ask(deciding.MAKE_LIVE, run.id)
                st.rerun()
        else:
            st.badge("This version is live", icon=":material/verified:", color="green")
        if former is not None and allowed.button(
            f"Back to {plain(former.run_name)}",
            needs=REVIEWER,
            key="go-back",
            icon=":material/undo:",
        ):
            dialogs.ask(deciding.BACK, run.project_id)
            st.rerun()
        if live is not None and allowed.button(
            "Take it off", needs=REVIEWER, key="take-off", type="tertiary"
        ):
            dialogs.ask(deciding.OFF, run.project_id)
            st.rerun()
