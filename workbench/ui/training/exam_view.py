"""How a training will be examined, in a sentence before it starts."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from workbench.core.recipe import APART, FIELDS, TURNS, Recipe
from workbench.core.tasks import task_named
from workbench.data.versions import VersionInfo
from workbench.models.families import family_named
from workbench.ui.numbers import plural
from workbench.ui.text import plain


def say(
    version: VersionInfo,
    family: str,
    recipe: Recipe,
    use: Callable[[dict[str, Any]], None],
    time_of: Callable[[Recipe], str],
    *,
    goes_on: bool,
) -> None:
    """What the exam will be, where there is a choice.

    A model that sorts asks all rows anyway, and the choice is the experts'; one that writes takes much
    longer then, so it is offered with what it costs.

    Args:
        use: takes changed settings.
        time_of: how long a training by a recipe takes, in words.
        goes_on: whether it starts from a trained model.
    """
    if goes_on:
        st.caption(
            ":material/quiz: The exam asks only what the model that it starts from had not learned."
        )
        return
    kind, task = family_named(family), task_named(version.task)
    if not version.has_turns or not kind.may_be_asked_by_turns(recipe, task):
        return
    turns = version.report["turns"]
    rows, count = int(turns["rows"]), int(turns["turns"])
    if kind.is_asked_by_turns(recipe, task):
        st.caption(f":material/quiz: {by_turns(rows, count)}{'' if kind.writes_text else _ASIDE}")
        if kind.writes_text and st.button("Put an exam aside instead", key="exam-apart"):
            use({"exam": APART})
        return
    asked = plural(version.splits.get("test", 0), "exam question")
    st.caption(f":material/quiz: {asked} put aside; the model never learns from them.")
    if kind.writes_text:
        longer = time_of(recipe.changed(exam=TURNS))
        if st.button(
            f"Ask all {rows:,} rows instead, by turns: takes {plain(longer)}",
            key="exam-turns",
            icon=":material/quiz:",
            help=by_turns(rows, count) + " Its score is surer, since more is asked.",
        ):
            use({"exam": TURNS})


def by_turns(rows: int, turns: int) -> str:
    """The exam by turns in plain words."""
    return (
        f"Each of {plural(rows, 'row')} is an exam question once: the model is trained {turns} times "
        "without a part of the rows and asked about that part; the final model learns from all."
    )


_ASIDE = (
    f" To put an exam aside instead, change '{plain(FIELDS['exam'].metadata['label'])}' in the settings "
    "for experts."
)
