"""The scores of an evaluation on a page: the verdict, and what was invented."""

import streamlit as st

from workbench.core.metrics import INVENTED
from workbench.core.tasks.rungs import TITLES
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.verdict import NOT_YET, SIMPLE, USE_TUNED, WORSE, Verdict
from workbench.ui.numbers import percent
from workbench.ui.text import plain

SYSTEMS = TITLES
"""How those that take an exam are called on a page."""


def show_verdict(found: Verdict) -> None:
    """The answer first, then the numbers, what they rest on, and what to do next."""
    boxes = {
        USE_TUNED: (st.success, ":material/check_circle:"),
        SIMPLE: (st.info, ":material/bolt:"),
        NOT_YET: (st.info, ":material/help:"),
        WORSE: (st.error, ":material/cancel:"),
    }
    box, icon = boxes.get(found.level, (st.info, ":material/info:"))
    details = plain(" ".join(found.evidence))
    text = f"**{plain(found.sentence)} {plain(found.headline)}**"
    paragraphs = "\n\n".join(part for part in (text, details, plain(found.next_step)) if part)
    box(paragraphs.replace(" %", "\u00a0%"), icon=icon)  # a line never breaks before the sign


def show_invented(info: EvaluationInfo) -> None:
    """How many answers say what nobody told the model; nothing where that was not counted."""
    share = (info.scores.get("tuned") or {}).get(INVENTED)
    if share is None:
        return
    before = (info.scores.get("base") or {}).get(INVENTED)
    than = "" if before is None else f" (before training: {percent(before)})"
    st.markdown(
        f":material/help: **{percent(share)} of its answers**{than} have an amount, date, name or "
        "the like that stands in none of your examples, nor in the question. They are marked below."
        if share
        else ":material/check: None of its answers has an amount, date or name that stands in none "
        f"of your examples, nor in the question{than}."
    )
