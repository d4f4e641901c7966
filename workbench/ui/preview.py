"""An example as the model sees it, with the part that it learns marked.

The text is shown letter by letter, see `workbench.ui.text`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from workbench.core.chats.source_text import pairs
from workbench.core.errors import WorkbenchError
from workbench.core.messages import Segment
from workbench.core.tasks import Task, task_named
from workbench.core.tools.pieces import holds_any
from workbench.data import previews
from workbench.models import catalogue
from workbench.models.model_info import ModelInfo
from workbench.ui import calls_view, context
from workbench.ui.text import plain, plain_line

_HEAD, _TAIL = 1600, 500
_TALL, _TALL_PX = 1500, 560
"""Longer texts scroll inside a box of this height."""


def chosen_model(model_id: int | None) -> ModelInfo | None:
    """The project's base model, or None while none is chosen (or it is gone)."""
    if model_id is None:
        return None
    try:
        return catalogue.get_model(context.store(), model_id)
    except WorkbenchError:
        return None


def show_example(
    task: str,
    row: Mapping[str, Any],
    *,
    system: str,
    labels: Sequence[str],
    model: ModelInfo | None,
) -> None:
    """One example, the way the chosen base model will read it."""
    about = task_named(task)
    if previews.chooses(about, model):
        _show_sorting(row, numbers=about.answers_are_numbers)
        return
    if model is not None and previews.rewrites(about, model):
        _show_pairs(about, row, system, labels, model.name)
        return
    try:
        template, name = previews.template_for(model)
        pieces = previews.pieces_of(about, row, template, system, labels)
    except WorkbenchError as error:
        st.warning(plain(error), icon=":material/warning:")
        return
    st.caption(
        ":material/visibility: plain: the model reads it. "
        f":blue-background[**:material/school: bold on blue**]: it learns to write it. "
        f"Words in `<|…|>` are marks of the model's own (chat template of {plain(name)})."
    )
    long = sum(len(piece.text) for piece in pieces) > _TALL
    with st.container(border=True, height=_TALL_PX if long else "content"):
        st.markdown(marked(pieces))
    _show_calls(about, row)


def _show_calls(task: Task, row: Mapping[str, Any]) -> None:
    """The calls of tools in an example, as a person reads them."""
    turns = [turn for turn in task.messages(row) if turn["role"] != "system"]
    if not any(holds_any(turn["content"]) for turn in turns):
        return
    with st.expander("The calls of tools in it", icon=":material/build:", key="calls-of-example"):
        for turn in turns:
            calls_view.show(turn["content"])


def _show_pairs(
    task: Task, row: Mapping[str, Any], system: str, labels: Sequence[str], name: str
) -> None:
    """What an encoder reads beside what its decoder learns to write, once for each answer."""
    try:
        found = pairs(task.messages(row, system=system, labels=labels))
    except WorkbenchError as error:
        st.warning(plain(error), icon=":material/warning:")
        return
    st.caption(
        f":material/visibility: plain: the encoder of {plain(name)} reads it. "
        ":blue-background[**:material/school: bold on blue**]: its decoder learns to write it, "
        "with the mark of its end."
    )
    for pair in found:
        left, right = st.columns(2)
        _boxed(left, "The encoder reads", Segment(pair.source, learned=False))
        _boxed(right, "The decoder learns to write", Segment(pair.target, learned=True))


def _boxed(place: Any, title: str, piece: Segment) -> None:
    with place:
        st.markdown(f"**{plain(title)}**")
        with st.container(border=True, height=_TALL_PX if len(piece.text) > _TALL else "content"):
            st.markdown(marked([piece]))


def _show_sorting(row: Mapping[str, Any], *, numbers: bool) -> None:
    """A model that reads is given the text alone; what it learns is the category, or the number."""
    what = "number it learns to estimate" if numbers else "category it learns to choose"
    st.caption(
        ":material/visibility: plain: the model reads it. "
        f":blue-background[**:material/school: bold on blue**]: the {what}."
    )
    with st.container(border=True):
        text, category = previews.sorting_of(row)
        st.markdown(marked([text]))
        st.markdown(":material/arrow_downward:")
        st.markdown(marked([category]))


def marked(pieces: Sequence[Segment]) -> str:
    """Markdown that shows the pieces as they are, the learned ones bold on a coloured ground."""
    lines = [""]
    for piece in pieces:
        for number, line in enumerate(_shortened(piece.text).split("\n")):
            if number:
                lines.append("")
            if line.strip():
                lines[-1] += _emphasised(line) if piece.learned else plain_line(line)
    return "  \n".join(shown or "&nbsp;" for shown in _trimmed(lines))


def _trimmed(lines: list[str]) -> list[str]:
    while len(lines) > 1 and not lines[-1]:
        lines = lines[:-1]
    return lines


def _shortened(text: str) -> str:
    """Long texts without their middle, so that the learned end stays in sight."""
    hidden = len(text) - _HEAD - _TAIL
    if hidden <= 200:
        return text
    return f"{text[:_HEAD]}\n[… {hidden:,} characters not shown here …]\n{text[-_TAIL:]}"


def _emphasised(line: str) -> str:
    return f":blue-background[**{plain_line(line.strip())}**]"
