"""Question by question: what was asked, what you would answer, and what the models answered."""

from typing import Any

import pandas as pd
import streamlit as st

from workbench.core.metrics import CHRF, INVENTED, METRICS
from workbench.core.tasks import Task, task_named
from workbench.data.export import spreadsheet
from workbench.evaluation import refusals
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.scoring.row_scores import SYSTEMS
from workbench.evaluation.text_diff import differences
from workbench.ui import invented
from workbench.ui.evaluation import scores, who_answers
from workbench.ui.numbers import count, percent
from workbench.ui.text import plain, plain_line, plain_lines

ALL, WRONG, LOST, WON = "all", "wrong", "lost", "won"
REFUSED, MADE_UP = "refused", "made up"
_MADE_UP = tuple(f"{INVENTED}_{system}" for system in SYSTEMS)
_SAME = 0.5
"""Points of chrF below which two answers count as equally good."""
_ORDER = ("tuned", "base", *(name for name in SYSTEMS if name not in ("tuned", "base")))
"""What matters most comes first, where a narrow screen still shows it."""


def show(info: EvaluationInfo, answers: pd.DataFrame) -> None:
    """The table of rows with filters, one row in full, and the whole as a file."""
    if "tuned" not in answers:
        st.write("This exam keeps one score for all texts together, so there are no single rows.")
        return
    masks = _masks(task_named(info.task), answers)
    chosen = _pick_group(info, masks) if len(masks) > 1 else ALL
    wanted = st.text_input(
        "Search in questions and answers", key=f"rows-search-{info.id}", icon=":material/search:"
    )
    found = answers[masks[chosen] & _matches(answers, wanted)]
    found = who_answers.only_picked(info, found)
    if found.empty:
        st.info("No row fits: choose another group, or search for something else.")
    else:
        _row_in_full(info, found.iloc[_selected(info, found, f"{chosen}-{wanted}")])
    _download(info, answers)


def _titles(task: Task) -> dict[str, str]:
    """What the columns are called."""
    asked = {"row_id": "Row", "input": task.question_title, "expected": task.answer_title}
    return asked | scores.SYSTEMS


def _pick_group(info: EvaluationInfo, masks: dict[str, pd.Series]) -> str:
    names = _names(task_named(info.task))
    return st.pills(
        "Show",
        list(masks),
        default=ALL,
        required=True,
        format_func=lambda name: f"{names[name]} ({count(int(masks[name].sum()))})",
        key=f"rows-show-{info.id}",
    )


def _masks(task: Task, answers: pd.DataFrame) -> dict[str, pd.Series]:
    """Group → which rows belong to it."""
    everything = pd.Series(True, answers.index)
    if task.is_right is None:
        return {ALL: everything}
    if task.answers_are_free_text:
        return {ALL: everything, **_free_masks(answers)}
    right = answers["right_tuned"]
    masks = {ALL: everything, WRONG: ~right}
    if "right_base" in answers:
        masks |= {LOST: ~right & answers["right_base"], WON: right & ~answers["right_base"]}
    if refusals.COLUMN in answers:
        masks[REFUSED] = answers[refusals.COLUMN].fillna(False).astype(bool)
    return masks


def _free_masks(answers: pd.DataFrame) -> dict[str, pd.Series]:
    masks = {}
    if f"{CHRF}_base" in answers:
        gain = answers[f"{CHRF}_tuned"] - answers[f"{CHRF}_base"]
        masks = {LOST: gain < -_SAME, WON: gain > _SAME}
    if f"{INVENTED}_tuned" in answers:
        masks[MADE_UP] = answers[f"{INVENTED}_tuned"].map(len) > 0
    return masks


def _names(task: Task) -> dict[str, str]:
    if task.answers_are_free_text:
        return {
            ALL: "All",
            LOST: "Less like yours than before",
            WON: "More like yours than before",
            MADE_UP: "Not in your examples",
        }
    return {
        ALL: "All",
        WRONG: "Wrong",
        LOST: "Wrong now, right before training",
        WON: "Right now, wrong before training",
        REFUSED: "None of these",
    }


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
        table.insert(1, "like", found[f"{CHRF}_tuned"])
        if f"{INVENTED}_tuned" in found:
            table["made_up"] = found[f"{INVENTED}_tuned"].map(", ".join)
    elif "right_tuned" in found:
        marks = found["right_tuned"].map({True: "✓ right", False: "✗ wrong"})
        table.insert(1, "result", marks)
        if "probability" in found:
            table["sure"] = 100 * found["probability"]
        if refusals.COLUMN in found:
            table[refusals.COLUMN] = found[refusals.COLUMN]
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
    titles = _titles(task)
    texts = {
        name: st.column_config.TextColumn(title, width="medium")
        for name, title in titles.items()
        if name != "row_id"
    }
    return {
        "row_id": st.column_config.NumberColumn("Row", format="%d", help="Its row in your table."),
        **texts,
        "input": st.column_config.TextColumn(titles["input"], width="large"),
        "result": st.column_config.TextColumn("Result", width="small"),
        "like": st.column_config.NumberColumn(
            "Likeness",
            format="%.0f",
            help=f"To your own answer, of 100 ({METRICS[CHRF].label}), after training.",
        ),
        "made_up": st.column_config.TextColumn(
            "Not in your examples", help="Nor in the question: check it before use."
        ),
        "sure": st.column_config.NumberColumn(
            "How sure", format="%.0f %%", help="What the trained model gives its own answer."
        ),
        refusals.COLUMN: st.column_config.CheckboxColumn(
            "None of these", help="Whether the trained model says that it fits no category."
        ),
    }


def _row_in_full(info: EvaluationInfo, row: pd.Series) -> None:
    task = task_named(info.task)
    titles = _titles(task)
    with st.container(border=True, key="row-in-full"):
        st.markdown(f"**Row {plain(row['row_id'])}: {plain(titles['input'].lower())}**")
        st.markdown(plain_lines(str(row["input"])))
        system = [name for name in SYSTEMS if name in row.index]
        columns = st.columns(1 + len(system))
        with columns[0]:
            st.markdown(f"**{plain(titles['expected'])}**")
            st.markdown(plain_lines(str(row["expected"])))
        for column, name in zip(columns[1:], system, strict=True):
            with column:
                st.markdown(f"**{scores.SYSTEMS[name]}** {_judgement(task, row, name)}")
                st.markdown(_compared(task, row, name))
                invented.note(_made_up(row, name))
        if not task.answers_are_categories:
            st.caption(f"Marked is what '{plain(titles['expected'])}' does not say in that place.")


def _made_up(row: pd.Series, system: str) -> list[str]:
    """What an answer says that neither examples nor question told."""
    name = f"{INVENTED}_{system}"
    return [str(one) for one in row[name]] if name in row.index else []


def _judgement(task: Task, row: pd.Series, system: str) -> str:
    if f"right_{system}" not in row.index:
        return ""
    if task.answers_are_free_text:
        return f":small[likeness {plain(METRICS[CHRF].unit.brief(row[f'{CHRF}_{system}']))} of 100]"
    word = (
        ":green[:material/check: right]"
        if row[f"right_{system}"]
        else ":red[:material/close: wrong]"
    )
    if system == "tuned" and row.get(refusals.COLUMN) in (True,):
        word = f"{word}, :gray[:material/label_off: none of these]"
    sure = row["probability"] if system == "tuned" and "probability" in row.index else None
    return f":small[{word}]" if pd.isna(sure) else f":small[{word}, {percent(sure)} sure]"


def _compared(task: Task, row: pd.Series, system: str) -> str:
    text = str(row[system])
    if not text.strip():
        return ":gray[(it wrote nothing)]"
    if task.answers_are_categories:
        return plain_lines(text)
    pieces = differences(text, str(row["expected"]))
    return "".join(
        _marked(piece.text) if piece.differs else plain_lines(piece.text) for piece in pieces
    )


def _marked(text: str) -> str:
    """The text on a coloured ground, line by line, since a mark cannot span lines."""
    return "  \n".join(
        f":orange-background[{plain_line(line)}]" if line.strip() else ""
        for line in text.split("\n")
    )


def _download(info: EvaluationInfo, answers: pd.DataFrame) -> None:
    st.download_button(
        "Download all rows as CSV",
        data=lambda: spreadsheet.to_bytes(_export(task_named(info.task), answers), spreadsheet.CSV),
        file_name=f"exam answers {info.run_id}-{info.id}.csv",
        mime=spreadsheet.MIME[spreadsheet.CSV],
        key=f"rows-download-{info.id}",
        icon=":material/download:",
        on_click="ignore",
    )


def _export(task: Task, answers: pd.DataFrame) -> pd.DataFrame:
    names = _titles(task) | {"probability": "How sure (0 to 1)", refusals.COLUMN: "None of these"}
    for system, title in scores.SYSTEMS.items():
        names[f"right_{system}"] = f"{title}: right"
        names[f"{CHRF}_{system}"] = f"{title}: likeness ({METRICS[CHRF].label})"
        names[f"{INVENTED}_{system}"] = f"{title}: not in your examples"
    table = answers[[name for name in answers if name in names]].copy()
    for name in (name for name in _MADE_UP if name in table):
        table[name] = table[name].map("; ".join)
    return table.rename(columns=names)
