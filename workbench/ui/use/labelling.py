"""Texts sorted in the playground become examples; several wait for their turn to be sorted."""

from collections.abc import Sequence

import streamlit as st

from workbench.core.words import plural
from workbench.data.described import is_only_described
from workbench.data.versions import VersionInfo
from workbench.system import drafts
from workbench.ui import context, errors
from workbench.ui.frame import PAGES
from workbench.ui.text import plain
from workbench.use import sorted_texts
from workbench.use.playground import Answerer

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


def offer(answerer: Answerer) -> None:
    """What was sorted by hand, and the button that makes examples of it."""
    if answerer.run_id is None:
        return
    with errors.shown():
        version = sorted_texts.dataset_of(context.store(), answerer.run_id)
        if version is None:
            return
        found = sorted_texts.waiting(context.store(), version)
        if found:
            _ask(version, len(found))
        elif is_only_described(version):
            st.caption(
                "Nobody has checked this model yet. Say of each text whether it is sorted right, "
                "or choose the right category: such texts become examples."
            )


def _ask(version: VersionInfo, count: int) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="sorted"):
        st.markdown(
            f":material/edit_note: **{plural(count, 'text')}** with a category from you "
            f"{'is' if count == 1 else 'are'} no example of '{plain(version.dataset_name)}' yet.",
            width="stretch",
        )
        if st.button("Make examples of them", key="make-examples", type="primary"):
            made = sorted_texts.make_examples(context.store(), version)
            if isinstance(made, VersionInfo):
                st.session_state["toasts"] = [
                    f"Version {made.number} has {plural(made.rows, 'example')}: train again."
                ]
            st.rerun()
        if st.button("Go to Train", key="label-train"):
            context.go(PAGES["Train"][0])
