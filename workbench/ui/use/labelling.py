"""Texts that wait for their turn to be sorted in the playground."""

from collections.abc import Sequence

import streamlit as st

from workbench.system import drafts
from workbench.ui import context

_PAGE = "to-sort"
MOST = 200
"""Texts that wait at a time."""


def put_off(texts: Sequence[str]) -> None:
    """Keep texts with the project that are sorted one after the other."""
    if texts:
        _keep([*_kept(), *texts])


def next_text() -> str:
    """The text whose turn it is; "" if none waits."""
    waiting = _kept()
    if waiting:
        _keep(waiting[1:])
    return waiting[0] if waiting else ""


def _kept() -> list[str]:
    found = drafts.get_draft(context.store(), context.project_id(), _PAGE)
    return list(map(str, found.get("texts") or ()))


def _keep(texts: Sequence[str]) -> None:
    values = {"texts": list(texts[:MOST])} if texts else {}
    drafts.save_draft(context.store(), context.project_id(), _PAGE, values)
    if len(texts) > MOST:
        st.toast(f"The first {MOST} texts are sorted; paste the others afterwards.")
