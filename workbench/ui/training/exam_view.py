"""How a training will be examined, in a sentence before it starts."""

import streamlit as st

from workbench.core.recipe import FIELDS, Recipe
from workbench.data.versions import VersionInfo
from workbench.ui.numbers import plural
from workbench.ui.text import plain


def say(version: VersionInfo, recipe: Recipe) -> None:
    """What the exam will be, where there is a choice; the choice is the experts' setting."""
    if not version.has_turns or not recipe.is_by_turns:
        return
    if recipe.asks_by_turns:
        turns = version.report["turns"]
        st.caption(
            f":material/quiz: {by_turns(int(turns['rows']), int(turns['turns']))} To put an exam "
            f"aside instead, change '{plain(FIELDS['exam'].metadata['label'])}' in the settings for "
            "experts."
        )
    else:
        asked = plural(version.splits.get("test", 0), "exam question")
        st.caption(f":material/quiz: {asked} put aside; the model never learns from them.")


def by_turns(rows: int, turns: int) -> str:
    """The exam by turns in plain words."""
    return (
        f"Each of {plural(rows, 'row')} is an exam question once: the model is trained {turns} times "
        "without a part of the rows and asked about that part; the final model learns from all."
    )
