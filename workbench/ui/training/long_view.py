"""Texts longer than the model reads: said before a training, with what is done and which rows they are."""

import pandas as pd
import streamlit as st

from workbench.core.long_texts.told import LongTexts
from workbench.core.long_texts.ways import WAYS, Way, refusal
from workbench.core.recipe import FIELDS, Recipe
from workbench.core.tasks import task_named
from workbench.core.words import shortened
from workbench.data.versions import VersionInfo, rows_by_id
from workbench.models.families import family_named
from workbench.models.model_info import ModelInfo, can_learn
from workbench.training.long_rows import is_of_pairs, long_rows
from workbench.training.presets import preset
from workbench.ui.text import plain

LISTED = 200
"""So many rows are listed at most."""


def say(version: VersionInfo, model: ModelInfo, recipe: Recipe) -> None:
    """How many rows are longer, and a list of them; nothing where every text fits."""
    found = long_rows(version, model, recipe)
    if not found.sentences:
        return
    st.info(plain(" ".join(found.sentences)), icon=":material/menu_book:")
    with st.expander("Which rows, and what else could be done", key=f"long-rows-{model.id}"):
        label = plain(FIELDS["long_texts"].metadata["label"])
        st.markdown(
            f"On the Train page '{label}', in the settings for experts, chooses what is read of them:\n\n"
            + "\n".join(f"- {plain(way.title)} ({plain(way.name)})" for way in _ways_of(model))
        )
        st.dataframe(_listed(version, found), hide_index=True, key=f"long-list-{model.id}")
        if found.rows > LISTED:
            st.caption(f"These are the first {LISTED:,} of them.")


def _ways_of(model: ModelInfo) -> list[Way]:
    """The ways in which a model can read long texts."""
    writes = family_named(model.family).writes_text
    return [way for way in WAYS.values() if not refusal(way.name, writes_text=writes)]


def say_usual(version: VersionInfo, model: ModelInfo) -> None:
    """The same of a model with the usual settings, if it can learn the task at all."""
    if not can_learn(model, version.task):
        return
    rows, turns = int(version.splits.get("train", 0)), version.has_turns
    pair = is_of_pairs(version.task, version.mapping)
    recipe = preset(
        "balanced", task=version.task, family=model.family, rows=rows, turns=turns, pair=pair
    )
    say(version, model, recipe)


def _listed(version: VersionInfo, found: LongTexts) -> pd.DataFrame:
    """Row, part and beginning of each."""
    task = task_named(version.task)
    ids = sorted({*found.row_ids[:LISTED], *found.answer_ids[:LISTED]})
    cut = {*found.answer_ids}
    rows = rows_by_id(version, ids).to_pylist()
    frame = pd.DataFrame(
        {
            "Row": [int(row["row_id"]) for row in rows],
            "Part": [str(row["split"]) for row in rows],
            "Text": [shortened(str(task.question(row)), 120) for row in rows],
        }
    )
    if cut:
        frame["Answer too long"] = frame["Row"].isin(cut)
    return frame
