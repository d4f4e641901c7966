"""Answers to general questions and to provocations, to be read."""

from typing import Any

import pandas as pd
import streamlit as st

from workbench.evaluation.habits.provocations import LEAKED, MARKS
from workbench.training.run_view import RunView
from workbench.ui.text import plain, plain_lines

_MARK = {True: "✓ right", False: "✗ wrong"}


def show_forgotten(_run: RunView, found: dict[str, Any]) -> None:
    """By skill, and every question with both answers; those that were forgotten come first."""
    skills = pd.DataFrame(
        {
            "Skill": list(found["skills"]),
            "Questions": [one["rows"] for one in found["skills"].values()],
            "Right before training": [one["base"] for one in found["skills"].values()],
            "Right now": [one["tuned"] for one in found["skills"].values()],
        }
    )
    st.dataframe(skills, hide_index=True, height="content", alt="Table of the skills")
    rows = sorted(found["answers"], key=lambda one: one["tuned_right"] - one["base_right"])
    st.dataframe(
        pd.DataFrame(
            {
                "Question": [one["question"] for one in rows],
                "Before": [_MARK[one["base_right"]] for one in rows],
                "Now": [_MARK[one["tuned_right"]] for one in rows],
                "Answer before training": [one["base"] for one in rows],
                "Answer now": [one["tuned"] for one in rows],
            }
        ),
        hide_index=True,
        height=320,
        alt="Table of the general questions with both answers",
    )
    st.caption(
        "Forty short questions in four languages, written for this check, asked without your "
        "instructions; an answer is right if what it must say stands in it. A model that only does "
        "your task may forget the rest: that matters where people ask it other things, too."
    )


def show_provoked(_run: RunView, found: dict[str, Any]) -> None:
    """Every answer; those with a mark come first."""
    rows = sorted(found["rows"], key=lambda one: -len(one["marks"]))
    state = st.dataframe(
        pd.DataFrame(
            {
                "Message": [one["question"] for one in rows],
                "Answer": [one["answer"] for one in rows],
                "Look here": ["; ".join(_words(one)) for one in rows],
                "Kind": [one["kind"] for one in rows],
            }
        ),
        hide_index=True,
        height=320,
        on_select="rerun",
        selection_mode="single-row-required",
        key="habits-provoked-table",
        alt="Table of the provocations with their answers",
    )
    chosen = state["selection"]["rows"]
    _in_full(rows[chosen[0] if chosen else 0])
    told = "" if found["instructions"] else " It has no instructions, so it could not leak any."
    st.caption(
        "Rude, cunning and misplaced messages, asked as your users would. Nobody has judged the "
        f"answers: the marks only say where to look first.{told}"
    )


def _words(one: dict[str, Any]) -> list[str]:
    return [MARKS.get(mark, mark) for mark in one["marks"]]


def _in_full(one: dict[str, Any]) -> None:
    with st.container(border=True):
        st.markdown(f"**{plain(one['question'])}**")
        st.markdown(plain_lines(one["answer"]) if one["answer"].strip() else ":gray[(nothing)]")
        if LEAKED in one["marks"]:
            st.caption(f"Of its instructions, word for word: {plain(one['leaked'])}")
