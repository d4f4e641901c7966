"""What a training says of itself as it learns: its curves, and what trial runs found."""

from typing import Any, TypeAlias

import streamlit as st

from workbench.core.recipe import CONTRASTIVE
from workbench.training import runs
from workbench.training.run_view import RunView
from workbench.ui import charts, context
from workbench.ui.numbers import percent

Point: TypeAlias = dict[str, Any]
"""`step` and the values at it."""


def show_of(run_id: int) -> None:
    """The curves of the run as it is now."""
    show(runs.get_run(context.store(), run_id))


def show(run: RunView) -> None:
    """The curves of a run, once there are any."""
    learned = runs.curve(context.store(), run.id, "train")
    checked = runs.curve(context.store(), run.id, "validation")
    if not learned and not checked:
        return
    if run.recipe.get("objective") == CONTRASTIVE:
        _by_contrast(run, learned, checked)
    else:
        _by_practice(run, learned, checked)
    with st.expander("Learning rate", key="learning-rate"):
        st.altair_chart(
            charts.line(learned, "learning_rate", "Learning rate", ".1e"), key="rate-curve"
        )


def _by_practice(run: RunView, learned: list[Point], checked: list[Point]) -> None:
    best = (run.result or {}).get("best_step")
    st.markdown("##### How wrong it still is")
    st.altair_chart(charts.learning_curve(learned, checked, best), key="loss-curve")
    st.caption(
        "Both lines should fall. When the practice questions rise again while the examples still "
        "fall, it begins to learn by heart; the best state before that is kept"
        f"{', marked by the dashed line' if best else ''}."
    )


def _by_contrast(run: RunView, learned: list[Point], checked: list[Point]) -> None:
    """Few examples: what trial runs said, and how texts of one category come together.

    Where the trial runs were the exam as well its score stands above, and is the one that counts: what they
    chose the way of learning by flatters that way a little.
    """
    found = [point["accuracy"] for point in checked if "accuracy" in point]
    if found and run.was_by_turns:
        st.write(
            "Few examples are learned in another way: it was tried first, each time with another "
            "part of them held out, and then learned from all."
        )
    elif found:
        after = f" and **{percent(found[-1])}** with it" if len(found) > 1 else ""
        st.write(
            "Few examples are learned in another way: it was tried first, with a part of them held "
            f"out. Of those **{percent(found[0])}** were sorted right without learning{after}."
        )
    if learned:
        st.markdown("##### How far apart texts of one category still are")
        st.altair_chart(charts.line(learned, "loss", "Contrastive loss", ".2f"), key="loss-curve")
        st.caption(
            "The line falls while texts of one category move together, away from the others."
        )
