"""The questions before a version goes live, comes back or is taken off."""

import streamlit as st

from workbench.core.metrics import metric_of
from workbench.evaluation.release import asking, gate, in_place, releases
from workbench.evaluation.release.comparison import Comparison
from workbench.evaluation.release.gate import Check, Gate
from workbench.evaluation.release.releases import NAME_LIMIT, NOTE_LIMIT
from workbench.training.run_view import RunView
from workbench.ui import context, dialogs, errors
from workbench.ui.accounts import allowed
from workbench.ui.evaluation.release import compared
from workbench.ui.text import plain

MAKE_LIVE, BACK, OFF = "make live", "back to the last one", "take off"
_MARKS = {
    True: (":green[:material/check_circle:]", "passed"),
    False: (":red[:material/cancel:]", "refused"),
    None: (":gray[:material/remove:]", "nothing to check"),
}


@st.dialog("Make this version live?", width="large", on_dismiss=dialogs.answered)
def ask_live(run: RunView) -> None:
    """The gate, who approves, why; against the gate only with a reason."""
    store = context.store()
    with errors.shown():
        st.markdown(f"**{plain(run.name)}**, learned from {plain(run.dataset_name)}")
        rung = _who(run)
        with st.spinner("Looking at its score, the must-pass examples and the groups …"):
            points = releases.most_worse(store, run.project_id)
            found = gate.check_gate(store, run.id, points, _compared, rung)
        _say_what_ends(run)
        show_gate(found)
        if any(check.facts.get("not_asked") for check in found.checks):
            _offer_asking(run, rung)
        approver = st.text_input(
            "Your name", _last_approver(run.project_id), key="approver", max_chars=NAME_LIMIT,
            help="It stays beside this version for good.",
        )  # fmt: skip
        note = st.text_area(
            "Why this version (optional)", key="live-note", max_chars=NOTE_LIMIT, height=80
        )
        reason = "" if found.passed else _reason()
        dialogs.decide(
            "live",
            "Make it live" if found.passed else "Make it live all the same",
            "Not now",
            lambda: releases.make_live(
                store, run.id, approver=approver, note=note, reason=reason, rung=rung
            ),
            icon=":material/rocket_launch:",
            likely=found.passed,
        )


def _compared(_: object, new: int, old: int, new_rung: str, old_rung: str) -> Comparison:
    return compared.compared(new, old, new_rung, old_rung)


def _who(run: RunView) -> str:
    """Who is to answer: the trained model, or something simpler in its place."""
    found = in_place.candidates(context.store(), run)
    live = releases.live(context.store(), run.project_id)
    there = live.rung if live is not None and live.run_id == run.id else None
    found = [one for one in found if one.rung != there]
    if len(found) == 1 and not found[0].rung:
        return ""
    words = metric_of(run.task).unit.words
    titles = {
        one.rung: one.title if one.score is None else f"{one.title} ({words(one.score)})"
        for one in found
    }
    chosen = st.radio(
        "Who answers",
        list(titles),
        format_func=lambda rung: plain(titles[rung]),
        key=f"live-who-{run.id}",
        help="Where something simpler is as good, it can do the work: it learns from the same examples "
        "in a second and needs no model.",
    )
    return chosen or ""


def _say_what_ends(run: RunView) -> None:
    live = releases.live(context.store(), run.project_id)
    if live is not None:
        other = live.about.get("task", run.task) != run.task
        why = ", which was taught another task" if other else ""
        st.caption(f"It takes the place of {plain(live.run_name)}{why}; that one is kept.")


def show_gate(found: Gate) -> None:
    """What was looked at, a line each: a mark, a word and the sentence."""
    for check in found.checks:
        st.markdown(_line(check))


def _line(check: Check) -> str:
    mark, word = _MARKS[check.passed]
    return f"{mark} **{plain(check.title)}** ({word}): {plain(check.sentence)}"


def _reason() -> str:
    st.warning(
        "The gate refuses this version. It can go live all the same if you say why; that is kept.",
        icon=":material/gavel:",
    )
    return st.text_area(
        "Why it goes live all the same", key="live-reason", max_chars=NOTE_LIMIT, height=80
    )


def _offer_asking(run: RunView, rung: str) -> None:
    if asking.open_job(context.store(), run.id) is not None:
        st.caption("It is being asked the must-pass examples; come back when that is done.")
    elif allowed.button(
        "Ask it the must-pass examples", key="ask-must-pass", icon=":material/rule:"
    ):
        asking.start(context.store(), run.id, rung)
        dialogs.close()


def _last_approver(project_id: int) -> str:
    found = releases.history(context.store(), project_id)
    return found[0].approver if found else ""


@st.dialog("Back to the last one?", on_dismiss=dialogs.answered)
def ask_back(project_id: int) -> None:
    """Which version comes back, and who says so."""
    store = context.store()
    former, live = releases.former(store, project_id), releases.live(store, project_id)
    if former is None:
        dialogs.close()
        return
    st.write(
        f"**{plain(former.run_name)}** becomes live again"
        + (f" in place of **{plain(live.run_name)}**, which is kept." if live else ".")
    )
    approver = st.text_input(
        "Your name", _last_approver(project_id), key="approver-back", max_chars=NAME_LIMIT
    )
    dialogs.decide(
        "back", "Back to it", "Leave it as it is",
        lambda: releases.go_back(store, project_id, approver=approver),
        icon=":material/undo:", likely=True,
    )  # fmt: skip


@st.dialog("Take it off?", on_dismiss=dialogs.answered)
def ask_off(project_id: int) -> None:
    """Nothing is live then; the model stays."""
    st.write("No version is live then. The model itself and the history are kept.")
    dialogs.decide(
        "off",
        "Take it off",
        "Leave it live",
        lambda: releases.take_off(context.store(), project_id),
    )
