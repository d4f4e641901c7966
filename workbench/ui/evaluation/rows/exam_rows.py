"""Question by question: what was asked, what you would answer, and what the models answered."""

from typing import Any

import pandas as pd
import streamlit as st

from workbench.core.metrics import CHRF, INVENTED, MAE, METRICS
from workbench.core.tasks import Task, task_named
from workbench.data.export import spreadsheet
from workbench.evaluation import refusals
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.scoring.by_task.pairs import BETTER, WORSE
from workbench.evaluation.scoring.row_scores import SYSTEMS
from workbench.ui import calls_view
from workbench.ui.downloading import logged
from workbench.ui.evaluation import scores
from workbench.ui.evaluation.ladder import who_answers
from workbench.ui.evaluation.rows import exam_row, nearest_rows, pair_row, row_groups
from workbench.ui.evaluation.rows.exam_row import titles
from workbench.ui.evaluation.rows.row_groups import ALL, AS_THEY_ARE, FARTHEST, HOW_NEAR, UNLIKE
from workbench.ui.numbers import count
from workbench.ui.text import plain

_MADE_UP = tuple(f"{INVENTED}_{system}" for system in SYSTEMS)
_ORDER = ("tuned", "base", *(name for name in SYSTEMS if name not in ("tuned", "base")))
"""What matters most comes first, where a narrow screen still shows it."""


def show(info: EvaluationInfo, answers: pd.DataFrame) -> None:
    """The table of rows with filters, one row in full, and the whole as a file."""
    if "tuned" not in answers:
        st.write("This exam keeps one score for all texts together, so there are no single rows.")
        return
    task = task_named(info.task)
    masks = row_groups.masks(task, answers)
    chosen = _pick_group(info, answers, masks) if len(masks) > 1 else ALL
    wanted, order = _search_and_order(info, answers)
    if chosen == UNLIKE or order == FARTHEST:
        answers = nearest_rows.with_nearest(info, answers)
    mask = masks[chosen]
    fits = _matches(answers, wanted) & (True if mask is None else mask)
    found = who_answers.only_picked(info, row_groups.in_order(answers[fits], order))
    if found.empty:
        st.info("No row fits: choose another group, or search for something else.")
    else:
        exam_row.show(info, found.iloc[_selected(info, found, f"{chosen}-{wanted}-{order}")])
    _download(info, answers)


def _search_and_order(info: EvaluationInfo, answers: pd.DataFrame) -> tuple[str, str]:
    orders = row_groups.orders(task_named(info.task), answers)
    left, right = st.columns([2, 1])
    wanted = left.text_input(
        "Search in questions and answers", key=f"rows-search-{info.id}", icon=":material/search:"
    )
    if len(orders) < 2:
        return wanted, AS_THEY_ARE
    order = right.selectbox(
        "Order", list(orders), format_func=orders.__getitem__, key=f"rows-order-{info.id}"
    )
    return wanted, order


def _pick_group(
    info: EvaluationInfo, answers: pd.DataFrame, masks: dict[str, pd.Series | None]
) -> str:
    names = row_groups.names(task_named(info.task))
    key = f"rows-show-{info.id}"
    if st.session_state.get(key) == UNLIKE:  # only who asks for it waits for it
        masks[UNLIKE] = nearest_rows.unlike(info, answers)

    def name(group: str) -> str:
        mask = masks[group]
        return plain(names[group] if mask is None else f"{names[group]} ({count(int(mask.sum()))})")

    return st.pills("Show", list(masks), default=ALL, required=True, format_func=name, key=key)


def _matches(answers: pd.DataFrame, wanted: str) -> pd.Series:
    matches = pd.Series(not wanted.strip(), answers.index)
    if wanted.strip():
        for column in ("input", "expected", *(system for system in SYSTEMS if system in answers)):
            matches |= answers[column].str.contains(wanted.strip(), case=False, regex=False)
    return matches


def _selected(info: EvaluationInfo, found: pd.DataFrame, filters: str) -> int:
    """The table; which of its rows is selected (always one)."""
    table = found[
        ["row_id", "input", "expected", *(system for system in _ORDER if system in found)]
    ].copy()
    task = task_named(info.task)
    if task.answers_are_free_text:
        for name in ("input", "expected", *(system for system in _ORDER if system in found)):
            table[name] = calls_view.in_cells(found[name].tolist())
        table.insert(1, "like", found[f"{CHRF}_tuned"])
        if f"{INVENTED}_tuned" in found:
            table["made_up"] = found[f"{INVENTED}_tuned"].map(", ".join)
    elif task.answers_are_numbers:
        table.insert(1, "off", found[f"{MAE}_tuned"])
    elif "right_tuned" in found:
        words = ("✓ the better", "✗ the worse") if task.compares else ("✓ right", "✗ wrong")
        marks = found["right_tuned"].map(dict(zip((True, False), words, strict=True)))
        table.insert(1, "result", marks)
        if "probability" in found:
            table["sure"] = 100 * found["probability"]
        if refusals.COLUMN in found:
            table[refusals.COLUMN] = found[refusals.COLUMN]
    if HOW_NEAR in found:
        table[HOW_NEAR] = 100 * found[HOW_NEAR]
    state = st.dataframe(
        table,
        hide_index=True,
        height=min(38 + 35 * len(table), 388),
        on_select="rerun",
        selection_mode="single-row-required",
        key=f"rows-{info.id}-{filters}",
        column_config=_columns(task),
        alt="Table of the exam's rows",
    )
    rows: list[int] = state["selection"]["rows"]
    return rows[0] if rows else 0


def _columns(task: Task) -> dict[str, Any]:
    named = titles(task)
    texts = {
        name: st.column_config.TextColumn(title, width="medium")
        for name, title in named.items()
        if name != "row_id"
    }
    return {
        "row_id": st.column_config.NumberColumn("Row", format="%d", help="Its row in your table."),
        **texts,
        "input": st.column_config.TextColumn(named["input"], width="large"),
        "result": st.column_config.TextColumn("Result", width="small"),
        "like": st.column_config.NumberColumn(
            "Likeness",
            format="%.0f",
            help=f"To your own answer, of 100 ({METRICS[CHRF].label}), after training.",
        ),
        "off": st.column_config.NumberColumn(
            "Off by", format="%.4g", help="How far from your number, after training."
        ),
        "made_up": st.column_config.TextColumn(
            "Not in your examples", help="Nor in the question: check it before use."
        ),
        "sure": st.column_config.NumberColumn(
            "How sure", format="%.0f %%", help="What the trained model gives its own answer."
        ),
        HOW_NEAR: st.column_config.NumberColumn(
            "Nearest row",
            format="%.0f %%",
            help="How alike the nearest row is that it learned from.",
        ),
        refusals.COLUMN: st.column_config.CheckboxColumn(
            "None of these", help="Whether the trained model says that it fits no category."
        ),
    }


def _download(info: EvaluationInfo, answers: pd.DataFrame) -> None:
    st.download_button(
        "Download all rows as CSV",
        data=logged(
            lambda: spreadsheet.to_bytes(_export(task_named(info.task), answers), spreadsheet.CSV),
            "rows with answers",
            "evaluations",
            info.id,
        ),
        file_name=f"exam answers {info.run_id}-{info.id}.csv",
        mime=spreadsheet.MIME[spreadsheet.CSV],
        key=f"rows-download-{info.id}",
        icon=":material/download:",
        on_click="ignore",
    )


def _export(task: Task, answers: pd.DataFrame) -> pd.DataFrame:
    names = (
        titles(task)
        | {"low": "From", "high": "To"}
        | {"probability": "How sure (0 to 1)", refusals.COLUMN: "None of these"}
    )
    if task.compares:
        names |= {pair_row.OTHER: "Worse answer"}
    for system, title in scores.SYSTEMS.items():
        names[f"right_{system}"] = f"{title}: right"
        names[f"{CHRF}_{system}"] = f"{title}: likeness ({METRICS[CHRF].label})"
        names[f"{MAE}_{system}"] = f"{title}: off by"
        names[f"{INVENTED}_{system}"] = f"{title}: not in your examples"
        for side in (BETTER, WORSE):
            names[f"{side}_{system}"] = f"{title}: {side} answer, mean log likelihood"
    table = answers[[name for name in answers if name in names]].copy()
    for name in (name for name in _MADE_UP if name in table):
        table[name] = table[name].map("; ".join)
    return table.rename(columns=names)
