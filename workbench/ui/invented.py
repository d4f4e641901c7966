"""What a model's answer says and nobody told it, marked where it stands and said below."""

import re
from collections.abc import Iterable, Sequence

import streamlit as st

from workbench.core.words import joined
from workbench.ui.text import plain, plain_line, plain_lines

SIGN = ":material/help:"
"""Behind what is marked, so that its colour is not the only sign."""


def show(text: str, invented: Sequence[str]) -> None:
    """An answer with its marks, and what they mean."""
    st.markdown(marked(text, invented))
    note(invented)


def note(invented: Sequence[str]) -> None:
    """What is not in the examples, in a sentence; nothing where all is."""
    if invented:
        named = joined([f"**{plain(one)}**" for one in invented])
        st.caption(f"{SIGN} Not in your examples, nor in the question: {named}. Check before use.")


def marked(text: str, invented: Iterable[str]) -> str:
    """The text as Markdown, with a ground and a sign where these stand as words of their own."""
    wanted = sorted(set(filter(None, invented)), key=lambda one: -len(one))
    if not wanted:
        return plain_lines(text)
    pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, wanted))})(?!\w)")
    return "  \n".join(_line(line, pattern) for line in text.split("\n"))


def _line(line: str, pattern: re.Pattern[str]) -> str:
    pieces = pattern.split(line)
    return "".join(
        f":orange-background[{plain_line(piece)} {SIGN}]" if number % 2 else _between(piece, number)
        for number, piece in enumerate(pieces)
    )


def _between(piece: str, number: int) -> str:
    """What is not marked; a blank before it stays one at which a line may break."""
    lead = " " if number and piece.startswith(" ") else ""
    return lead + (plain_lines(piece[len(lead) :]) if piece[len(lead) :] or not number else "")
