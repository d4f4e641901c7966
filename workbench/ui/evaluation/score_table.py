"""All scores of an exam on a page: numbers with intervals, what each means, and what is good."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from workbench.core.tasks.rungs import BASE, BASELINE, TUNED, rung_named
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.scoring.all_scores import all_scores
from workbench.evaluation.scoring.score import Score
from workbench.models.families import family_named
from workbench.training.run_view import RunView
from workbench.ui.evaluation.scores import SYSTEMS
from workbench.ui.text import plain

_USUAL = (BASELINE, BASE, TUNED)


def show(run: RunView, info: EvaluationInfo, answers: pd.DataFrame) -> None:
    """The scores of all who took the exam; computed once they are asked for."""
    box = st.expander(
        "All scores", icon=":material/table_chart:", key="all-scores", on_change="rerun"
    )
    if not box.open:
        return
    with box:
        found = {
            who: scores_of(
                info.predictions_hash, info.id, who, run.task, answers, info.scores.get(who) or {}
            )
            for who in _chosen(info)
        }
        if not found:
            st.write("Choose whose scores to show.")
            return
        _table(found)
        _meanings(found)
        for who in (who for who in found if who not in (BASE, TUNED)):
            kind = rung_named(who)
            st.caption(f"**{plain(kind.title)}** {plain(kind.means)}.")
        if BASE in found:
            st.caption(plain(family_named(run.base_family).base_means.replace("*", "")))


def _chosen(info: EvaluationInfo) -> list[str]:
    """Whose scores are shown: of many who took the exam three, until others are asked for."""
    there = [who for who in SYSTEMS if info.scores.get(who)]
    usual = [who for who in _USUAL if who in there]
    if len(there) <= len(_USUAL):
        return there
    wanted = st.pills(
        "Whose scores",
        there,
        selection_mode="multi",
        default=usual,
        format_func=lambda who: SYSTEMS[who],
        key=f"scores-who-{info.id}",
    )
    return [who for who in there if who in wanted]


@st.cache_data(show_spinner="Computing the scores …", max_entries=32)
def scores_of(
    digest: str, evaluation_id: int, who: str, task: str, _answers: pd.DataFrame,
    _stored: Mapping[str, Any],
) -> list[Score]:  # fmt: skip
    """The scores of one; `digest` names the answers and never changes."""
    return all_scores(task, _answers, who, _stored)


def _table(found: Mapping[str, list[Score]]) -> None:
    labels = {own.name: own.label for scores in found.values() for own in scores}
    cells = {who: {own.name: own for own in scores} for who, scores in found.items()}
    rows = {
        plain(label): [plain(_cell(cells[who].get(name))) for who in found]
        for name, label in labels.items()
    }
    st.table(
        pd.DataFrame.from_dict(rows, orient="index", columns=[plain(SYSTEMS[w]) for w in found])
    )
    st.caption("In brackets: where the true value lies with 95 % certainty.")


def _cell(own: Score | None) -> str:
    if own is None:
        return "–"
    return f"{own.words} ({own.interval})" if own.interval else own.words


def _meanings(found: Mapping[str, list[Score]]) -> None:
    told = {own.name: own for who in (*found, TUNED) for own in found.get(who, [])}
    lines = [
        f"- **{plain(own.label)}**: {plain(own.meaning)}" for own in told.values() if own.meaning
    ]
    st.markdown("\n".join(lines))
