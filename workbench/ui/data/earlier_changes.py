"""What was mended in a dataset, offered again for the version that comes from another file."""

from dataclasses import dataclass

import streamlit as st

from workbench.core.words import plural
from workbench.data import changes, replay
from workbench.data.edits.edit import Edit
from workbench.data.examples.plan import Source
from workbench.data.examples.prepare import Prepared
from workbench.data.readers import Table
from workbench.data.replay import Earlier
from workbench.data.versions import VersionInfo
from workbench.ui import context, errors, job_progress
from workbench.ui.data import draft as drafts
from workbench.ui.data.draft import Draft
from workbench.ui.text import plain

_KEY = "data-again"


@dataclass(frozen=True)
class Offer:
    """Changes that can be made again."""

    found: Earlier
    edit: Edit | None
    """None where a job finds out which of them apply."""


def choose(
    draft: Draft, source: Source, prepared: Prepared, table: Table, before: list[VersionInfo]
) -> Offer | None:
    """A tick for the changes of the dataset's newest version, if it has some; what was ticked."""
    found = replay.find_earlier(before, prepared.plan.task)
    if found is None:
        return None
    if found.is_large or prepared.file is not None:
        return _ticked(draft, Offer(found, None), "Make my earlier changes again", "")
    with errors.shown():
        key = repr((found.first.path, found.last.path, source, prepared.plan))
        edit, lost = _carried(key, found, source, prepared, table)
        if edit.rows:
            words = f"Make my earlier changes again: {edit.sentence()}"
            return _ticked(draft, Offer(found, edit), words, _lost(lost))
    return None


@st.cache_data(max_entries=6, show_spinner=False)
def _carried(
    key: str, _found: Earlier, _source: Source, _prepared: Prepared, _table: Table
) -> tuple[Edit, int]:
    return replay.replay_edit(_found, _source, _prepared.plan, _prepared.data, _table)


def _ticked(draft: Draft, offer: Offer, words: str, lost: str) -> Offer | None:
    st.session_state.setdefault(_KEY, draft.again)
    ticked = st.checkbox(
        plain(words),
        key=_KEY,
        help="They become a version of their own: look at it, or undo it, under Check up and mend.",
    )
    if lost:
        st.caption(lost)
    if ticked != draft.again:
        draft.again = ticked
        drafts.save(draft)
    return offer if ticked else None


def _lost(rows: int) -> str:
    if not rows:
        return ""
    those = "1 other change is" if rows == 1 else f"{rows:,} other changes are"
    return f"{those} not made again, because the rows are not in this file as they were."


def make(version_id: int, offer: Offer) -> None:
    """Make them on the version that was saved."""
    replay.replay_changes(context.store(), version_id, offer.found, offer.edit)


def said(version: VersionInfo) -> None:
    """What became of the changes of a version that has just been saved; how far they are."""
    made = replay.replay_of(context.store(), version)
    if made is not None and made.change is not None:
        st.success(
            f"Your earlier changes to {plural(made.change['rows'], 'row')} were made again: they "
            f"are version {made.number}.",
            icon=":material/history:",
        )
    elif job := changes.running_change(context.store(), version):
        job_progress.show(job)
    elif reason := changes.change_failure(context.store(), version):
        st.error(
            f"Your earlier changes were not made again. {plain(reason)}", icon=":material/error:"
        )
