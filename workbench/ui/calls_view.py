"""Calls of tools on a page: each a card with its inputs by name, and what a tool gave back."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from workbench.core.tools.compare import paired, same_call, same_value
from workbench.core.tools.pieces import BROKEN, CALL, RESULT, Piece, calls_in, holds_any, pieces
from workbench.core.tools.words import in_a_line, inputs_in_words
from workbench.ui.text import orderly, plain, plain_lines

_LONGEST = 2000
"""Characters of a value, or of what cannot be read, that are shown."""


def show(text: str) -> bool:
    """A text with its calls as cards; False, and nothing shown, where it has none."""
    if not holds_any(text):
        return False
    for piece in pieces(text):
        _show(piece)
    return True


def _show(piece: Piece) -> None:
    if piece.kind == CALL:
        with st.container(border=True, gap="small"):
            st.markdown(f":blue-badge[:material/build: Calls a tool] **{plain(piece.name)}**")
            st.markdown(_inputs(piece))
    elif piece.kind == BROKEN:
        with st.container(border=True, gap="small"):
            named = f" **{plain(piece.name)}**" if piece.name else ""
            st.markdown(f":orange-badge[:material/warning: A call that cannot be used]{named}")
            st.caption(f"Nothing can carry it out: {plain(piece.why)}.")
            st.text(_cut(piece.text))
    elif piece.kind == RESULT:
        with st.container(border=True, gap="small"):
            st.markdown(":green-badge[:material/reply: What the tool gave back]")
            st.text(_cut(piece.text) or "(nothing)")
    else:
        st.text(orderly(piece.text))


def _inputs(piece: Piece) -> str:
    """The inputs, a line each."""
    lines = [
        f"{plain(name)}: **{plain(_cut(value))}**" if value.strip() else f"{plain(name)}: (empty)"
        for name, value in inputs_in_words(piece.inputs)
    ]
    return "  \n".join(lines) or ":gray[without any input]"


def _cut(text: str) -> str:
    text = orderly(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def lines(text: str) -> str:
    """The same as one paragraph of Markdown, for where no card fits."""
    if not holds_any(text):
        return plain_lines(text)
    return "  \n".join([_line(piece) for piece in pieces(text)])


def _line(piece: Piece) -> str:
    if piece.kind == CALL:
        return f":blue-badge[:material/build: Calls] **{plain(piece.name)}**  \n{_inputs(piece)}"
    if piece.kind == BROKEN:
        return (
            f":orange-badge[:material/warning: A call that cannot be used: {plain(piece.why)}]  \n"
            f"{plain_lines(_cut(piece.text))}"
        )
    if piece.kind == RESULT:
        return (
            f":green-badge[:material/reply: The tool gave back]  \n{plain_lines(_cut(piece.text))}"
        )
    return plain_lines(piece.text)


def in_cells(texts: Sequence[object]) -> list[str]:
    """Texts for the cells of a table, with their calls in words."""
    return [in_a_line(str(text)) for text in texts]


def in_table(table: pd.DataFrame) -> pd.DataFrame:
    """A table whose texts have their calls in words; everything else as it is."""
    return table.map(lambda value: in_a_line(value) if isinstance(value, str) else value)


def compared(expected: str, answer: str) -> pd.DataFrame:
    """A line for each input of the wanted calls, and of those that were made in their place."""
    rows = []
    for pair in paired(calls_in(expected), calls_in(answer)):
        wanted, given = pair.wanted, pair.given
        same = bool(wanted and given and wanted.name == given.name and given.kind == CALL)
        is_right = bool(wanted and given and same_call(wanted, given))
        rows.append(_row("The tool", _called(wanted), _called(given), is_right or same))
        names = dict.fromkeys(
            [*(wanted.inputs if wanted else ()), *(given.inputs if given else ())]
        )
        for name in names:
            mine = wanted.inputs if wanted else {}
            theirs = given.inputs if given and (same or wanted is None) else {}
            if name in mine or name in theirs:
                is_same = name in mine and name in theirs and same_value(mine[name], theirs[name])
                told = _value(mine, name), _value(theirs, name)
                rows.append(_row(orderly(name), told[0], told[1], is_same))
    return pd.DataFrame(rows, columns=["What", "Yours", "Its answer"])


def _row(what: str, wanted: str | None, given: str | None, is_right: bool) -> tuple[str, str, str]:
    if given is None:
        return what, wanted or "", "– missing"
    if wanted is None:
        return what, "–", f"+ {given} (too much)"
    return what, wanted, f"{'✓' if is_right else '✗'} {given}"


def _called(piece: Piece | None) -> str | None:
    if piece is None:
        return None
    return orderly(piece.name) if piece.kind == CALL else f"a call that cannot be used: {piece.why}"


def _value(inputs: Mapping[str, Any], name: str) -> str | None:
    found = dict(inputs_in_words(inputs)).get(name)
    return None if found is None else orderly(found)
