"""One row of an exam in full: the question, your answer, and what the models answered."""

import pandas as pd
import streamlit as st

from workbench.core.metrics import CHRF, INVENTED, MAE, METRICS
from workbench.core.tasks import Task, task_named
from workbench.core.tasks.category_sets import categories_in
from workbench.core.tools.pieces import holds_any
from workbench.core.units import few_figures
from workbench.evaluation import refusals
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.rows import corrections
from workbench.evaluation.scoring.row_scores import SYSTEMS
from workbench.evaluation.set_differences import set_difference
from workbench.evaluation.text_diff import differences
from workbench.ui import calls_view, context, fields_view, invented
from workbench.ui.evaluation import scores
from workbench.ui.evaluation.rows import correction, nearest_rows, pair_row
from workbench.ui.numbers import percent
from workbench.ui.text import plain, plain_line, plain_lines


def titles(task: Task) -> dict[str, str]:
    """What the columns of an exam's rows are called."""
    asked = {"row_id": "Row", "input": task.question_title, "expected": task.answer_title}
    return asked | scores.SYSTEMS


def show(info: EvaluationInfo, row: pd.Series) -> None:
    """The row, who taught it, and the way to correct it."""
    task = task_named(info.task)
    with st.container(border=True, key="row-in-full"):
        _texts(task, row)
        nearest_rows.show(info, row)
        corrected = corrections.corrected_in(context.store(), info)
        correction.button(info, int(row["row_id"]), corrected)
    correction.show_if_asked(info)


def _texts(task: Task, row: pd.Series) -> None:
    named = titles(task)
    st.markdown(f"**Row {plain(row['row_id'])}: {plain(named['input'].lower())}**")
    st.markdown(calls_view.lines(str(row["input"])))
    if read := str(row.get("read") or ""):
        st.caption(f":material/menu_book: A long text: {plain(read)}")
    system = [name for name in SYSTEMS if name in row.index]
    if task.answers_are_json and fields_view.fields_in(str(row["expected"])) is not None:
        _fields(task, row, system)
        return
    if task.compares:
        pair_row.show(row, system)
        return
    columns = st.columns(1 + len(system))
    with columns[0]:
        st.markdown(f"**{plain(named['expected'])}**")
        if not calls_view.show(str(row["expected"])):
            st.markdown(plain_lines(str(row["expected"])))
    for column, name in zip(columns[1:], system, strict=True):
        with column:
            st.markdown(f"**{scores.SYSTEMS[name]}** {_judgement(task, row, name)}")
            if not calls_view.show(str(row[name])):
                st.markdown(_compared(task, row, name))
            invented.note(_made_up(row, name))
    if "tuned" in system and holds_any(str(row["expected"])):
        _calls(row)
    elif task.answers_are_sets:
        st.caption("✓ is yours and given, − yours but missed, + given but not yours.")
    elif not task.is_read_off:
        st.caption(f"Marked is what '{plain(named['expected'])}' does not say in that place.")


def _calls(row: pd.Series) -> None:
    """The wanted calls beside those that the trained model made, input by input."""
    st.dataframe(
        calls_view.compared(str(row["expected"]), str(row["tuned"])),
        hide_index=True,
        key="calls-of-row",
        alt="Table of the calls: your inputs and those of the trained model",
    )
    st.caption(
        "✓ is the same value, ✗ is another one, – is missing, + is given where yours has nothing."
    )


def _fields(task: Task, row: pd.Series, systems: list[str]) -> None:
    """The row's fields, one below the other: yours, and what each model has there."""
    answers = {scores.SYSTEMS[name]: str(row[name]) for name in systems}
    judged = [
        f"{scores.SYSTEMS[name]} {word}"
        for name in systems
        if (word := _judgement(task, row, name))
    ]
    st.markdown(" · ".join(judged))
    st.dataframe(
        fields_view.compared(str(row["expected"]), answers),
        hide_index=True,
        key="fields-of-row",
        alt="Table of the fields: your values and those of each model",
    )
    st.caption(
        "✓ is right (texts but for blanks, numbers and dates by value), ✗ is another value, – is "
        "missing, + is given where yours has nothing."
    )
    for name in systems:
        if fields_view.fields_in(str(row[name])) is None:
            st.markdown(
                f"**{scores.SYSTEMS[name]}** wrote no fields: {plain_lines(str(row[name]))}"
            )
    if "tuned" in systems:
        fields_view.marks_of(str(row["tuned"]), str(row["input"]))


def _made_up(row: pd.Series, system: str) -> list[str]:
    """What an answer says that neither examples nor question told."""
    name = f"{INVENTED}_{system}"
    return [str(one) for one in row[name]] if name in row.index else []


def _judgement(task: Task, row: pd.Series, system: str) -> str:
    if f"right_{system}" not in row.index:
        return ""
    if task.answers_are_sets and not row[f"right_{system}"]:
        wanted = len(categories_in(str(row["expected"])))
        found = plain(row[f"found_{system}"])
        return f":small[:red[:material/close: {found} of {wanted:,} found]]"
    if task.answers_are_numbers:
        return _how_far(row, system)
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


def _how_far(row: pd.Series, system: str) -> str:
    """How far off a number is, and whether that is near enough; of the trained model where it says that
    the true one lies."""
    off = few_figures(float(row[f"{MAE}_{system}"]))
    word = (
        f":green[:material/check: off by {off}]"
        if row[f"right_{system}"]
        else f":red[:material/close: off by {off}]"
    )
    if system != "tuned" or pd.isna(row.get("low")):
        return f":small[{word}]"
    between = f"between {few_figures(float(row['low']))} and {few_figures(float(row['high']))}"
    return f":small[{word}; it says {between}]"


def _compared(task: Task, row: pd.Series, system: str) -> str:
    text = str(row[system])
    if task.answers_are_sets:
        return _marked_set(str(row["expected"]), text)
    if not text.strip():
        return ":gray[(it wrote nothing)]"
    if task.is_read_off:
        return plain_lines(text)
    pieces = differences(text, str(row["expected"]))
    return "".join(
        _marked(piece.text) if piece.differs else plain_lines(piece.text) for piece in pieces
    )


def _marked_set(expected: str, given: str) -> str:
    """The categories, each by sign and colour: right, missed, or too many."""
    found = set_difference(expected, given)
    right = [f":green[✓ {plain_line(name)}]" for name in found.right]
    missed = [f":red[− {plain_line(name)}]" for name in found.missed]
    too_many = [f":orange[\\+ {plain_line(name)}]" for name in found.too_many]
    lines = [*right, *missed, *too_many]
    return "  \n".join(lines) or ":green[✓ none of the categories]"


def _marked(text: str) -> str:
    """The text on a coloured ground, line by line, since a mark cannot span lines."""
    return "  \n".join(
        f":orange-background[{plain_line(line)}]" if line.strip() else ""
        for line in text.split("\n")
    )
