"""Fields that were pulled out, on a page: as a table, and marked in the text where they stand."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from workbench.core.fields.places import Place, marked, places_of, values_of
from workbench.core.words import joined
from workbench.evaluation.scoring.by_task.fields import each_field
from workbench.ui.numbers import percent
from workbench.ui.text import orderly, plain, plain_line

NOWHERE = ":material/help:"
"""Beside what stands nowhere in the text, so that a colour is not the only sign."""
_SHOWN = 20_000
"""Characters of a text that are shown with marks."""


def fields_in(answer: str) -> dict[str, Any] | None:
    """The fields of an answer; None where it is no object of fields."""
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def show(answer: str, text: str, told: Mapping[str, Any] | None, key: str) -> bool:
    """An answer as a table of its fields, and the text with marks; False where it has no fields.

    Args:
        text: what the fields were pulled out of.
        told: what the model server told beside the answer (`cut`, `sure`, `parts`).
    """
    fields = fields_in(answer)
    if fields is None:
        return False
    told = told or {}
    places = places_of(fields, text)
    if not fields:
        st.write("It found no field in this text.")
    else:
        st.dataframe(
            table(fields, places, text, told.get("sure") or {}),
            hide_index=True,
            key=f"fields-{key}",
            alt="Table of the fields that were found, and where they stand",
        )
    _notes(places, told)
    _marks(places, text)
    return True


def table(
    fields: Mapping[str, Any], places: Sequence[Place], text: str, sure: Mapping[str, float]
) -> pd.DataFrame:
    """A row for each value: its field, the value, where it stands, how sure the model was."""
    left = list(enumerate(places, 1))
    rows = []
    for name, value in values_of(fields):
        found = next((pair for pair in left if pair[1].name == name), None) if value else None
        if found is not None:
            left.remove(found)
        own = sure.get(name.partition(" · ")[0])
        rows.append(
            {
                "Field": orderly(name),
                "Value": "–" if found is None else orderly(found[1].value),
                "Where": "missing" if found is None else _where(*found, text),
                "How sure": "" if own is None or found is None else percent(own),
            }
        )
    frame = pd.DataFrame(rows)
    return frame if any(frame["How sure"]) else frame.drop(columns="How sure")


def _where(number: int, place: Place, text: str) -> str:
    if place.start is None:
        return "⚠ nowhere in the text"
    line = text.count("\n", 0, place.start) + 1
    return f"[{number}] line {line}{'' if place.is_same else ', written otherwise'}"


def _notes(places: Sequence[Place], told: Mapping[str, Any]) -> None:
    nowhere = dict.fromkeys(place.name for place in places if place.start is None)
    if nowhere:
        named = joined([f"**{plain(name)}**" for name in nowhere])
        st.caption(f"{NOWHERE} Stands nowhere in the text: {named}. Check before use.")
    if cut := told.get("cut"):
        named = joined([f"**{plain(name)}**" for name in cut])
        st.caption(
            f":material/content_cut: There was no room for {named}: allow longer answers (Settings)."
        )
    if (parts := int(told.get("parts") or 1)) > 1:
        st.caption(
            f":material/splitscreen: The text is longer than the model reads at once: it was read in "
            f"{parts} parts, which overlap, and put together field by field."
        )


def _marks(places: Sequence[Place], text: str) -> None:
    if not text.strip() or not any(place.start is not None for place in places):
        return
    with st.expander("Where they stand in the text", icon=":material/format_ink_highlighter:"):
        st.markdown(marks(places, text[:_SHOWN]))
        if len(text) > _SHOWN:
            st.caption(f"The first {_SHOWN:,} characters of {len(text):,}.")


def marks_of(answer: str, text: str) -> None:
    """The text with marks where the fields of an answer stand, and what stands nowhere."""
    places = places_of(fields_in(answer) or {}, text)
    _notes(places, {})
    _marks(places, text)


_Piece = tuple[str, bool, str]
"""A text within a line, whether it is marked, and the numbers that stand behind it."""


def marks(places: Sequence[Place], text: str) -> str:
    """The text as Markdown, each value on a ground and behind it its number in the table."""
    return "  \n".join(_line(pieces) for pieces in _lines(places, text))


def _lines(places: Sequence[Place], text: str) -> list[list[_Piece]]:
    """The pieces of each line; of a value of several lines the last has its number."""
    within = [place for place in places if place.start is not None and place.end <= len(text)]
    numbers = {id(place): number for number, place in enumerate(places, 1)}
    lines: list[list[_Piece]] = [[]]
    for piece, own in marked(within, text):
        said = ", ".join(str(numbers[id(within[n])]) for n in own)
        *whole, last = piece.split("\n")
        for part in whole:
            lines[-1].append((part, bool(own), ""))
            lines.append([])
        lines[-1].append((last, bool(own), said))
    return lines


def _line(pieces: Sequence[_Piece]) -> str:
    if not any(text.strip() for text, _, _ in pieces):
        return "&nbsp;"
    return "".join(
        _marked(text, number) if is_marked and text.strip() else _between(text, place)
        for place, (text, is_marked, number) in enumerate(pieces)
    )


def _marked(text: str, number: str) -> str:
    if not number:
        return f":blue-background[{plain_line(text)}]"
    return f":blue-background[{plain_line(text)} \\[{plain_line(number)}\\]]"


def _between(text: str, place: int) -> str:
    """What is not marked; a blank beside a mark stays one at which a line may break."""
    return f" {plain_line(text[1:])}" if place and text.startswith(" ") else plain_line(text)


def compared(expected: str, answers: Mapping[str, str]) -> pd.DataFrame:
    """A row for each field: yours, and what each answer has there, with a sign for right or wrong.

    Args:
        answers: title of who answered → the answer.
    """
    wanted = _titled(expected)
    given = {title: _titled(answer) for title, answer in answers.items()}
    names = dict.fromkeys([*wanted, *(name for own in given.values() for name in own)])
    right = {title: _right(expected, answers[title]) for title in answers}
    return pd.DataFrame(
        [
            {
                "Field": orderly(name),
                "Yours": wanted.get(name, "–"),
                **{
                    title: _judged(wanted.get(name), own.get(name), name in right[title])
                    for title, own in given.items()
                },
            }
            for name in names
        ]
    )


def _titled(answer: str) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name, value in values_of(fields_in(answer) or {}):
        if value not in (None, "", [], {}):
            found.setdefault(name, []).append(orderly(str(value)))
    return {name: "; ".join(values) for name, values in found.items()}


def _right(expected: str, answer: str) -> set[str]:
    return {own.name for own in each_field([expected], [answer]) if own.right.value == 1}


def _judged(wanted: str | None, given: str | None, is_right: bool) -> str:
    if given is None:
        return "– missing" if wanted is not None else ""
    if wanted is None:
        return f"+ {given} (too much)"
    return f"✓ {given}" if is_right else f"✗ {given}"
