"""How exam questions are drawn: at random, or so that what belongs together stays together."""

import streamlit as st

from workbench.data import datasets
from workbench.data.readers import Table
from workbench.data.splits.split_by import GROUP, SplitBy, split_by_from
from workbench.data.splits.suggest import SplitColumn
from workbench.data.versions import VersionInfo
from workbench.ui import context
from workbench.ui.data import cached, saving
from workbench.ui.data.draft import Draft
from workbench.ui.text import plain

_OFFERED = 3
_RANDOM = "At random"


def choose(draft: Draft, table: Table) -> None:
    """Ask how the exam is drawn, where the table has a column that matters for it."""
    assert draft.source is not None
    task = draft.task or cached.guess(draft.source, draft.read).task
    roles = {role: text for role, text in draft.roles.get(task, {}).items() if text}
    found = cached.split_columns(draft.source, draft.read, task, roles)[:_OFFERED]
    before = _before(draft, task)
    usual = _usual(found, before, table)
    if not draft.own_split or (draft.split_by and draft.split_by.column not in table.columns):
        draft.split_by, draft.own_split = usual, False
    titles = {SplitBy(): _RANDOM} | {column.split_by: column.title for column in found}
    for by in (usual, draft.split_by):
        titles.setdefault(by, _title(by))
    if len(titles) > 1:
        draft.split_by = _radio(draft, titles, usual, _captions(found, before))
        draft.own_split = draft.split_by != usual


def _before(draft: Draft, task: str) -> VersionInfo | None:
    """The newest version of the dataset that this one goes on."""
    assert draft.source is not None
    name = saving.name_of(draft, draft.source).casefold()
    for version in datasets.list_versions(context.store(), context.project_id()):
        if version.dataset_name.casefold() == name:
            own_file = version.task != task or version.mapping.get("test")
            return None if own_file else version
    return None


def _usual(found: list[SplitColumn], before: VersionInfo | None, table: Table) -> SplitBy:
    """What is chosen until somebody chooses: as the version before, else what is clearly better."""
    if before is not None:
        by = split_by_from(before.mapping.get("split_by"))
        if not by or by.column in table.columns:
            return by
    return next((column.split_by for column in found if column.is_clear), SplitBy())


def _captions(found: list[SplitColumn], before: VersionInfo | None) -> dict[SplitBy, str]:
    captions = {column.split_by: plain(column.reason) for column in found[:1]}
    captions |= {column.split_by: plain(column.reason) for column in found if column.is_clear}
    best = next((column.split_by for column in found if column.is_clear), None)
    if best is not None:
        captions[best] = f"**Suggested**: {captions[best]}"
    if before is not None:
        by = split_by_from(before.mapping.get("split_by"))
        also = f" {captions[by]}" if by in captions else ""
        captions[by] = f"As in version {before.number}, which keeps its exam questions.{also}"
    return captions


def _title(by: SplitBy) -> str:
    return f"By {'what rows share' if by.kind == GROUP else 'time'} ({by.column})"


def _radio(
    draft: Draft, titles: dict[SplitBy, str], usual: SplitBy, captions: dict[SplitBy, str]
) -> SplitBy:
    assert draft.source is not None
    key = f"data-split-{draft.source.digest[:8]}-{usual}"
    by_text = {str(by): by for by in titles}
    if st.session_state.get(key) not in by_text:
        st.session_state[key] = str(draft.split_by)
    chosen = st.radio(
        "How are exam questions drawn?",
        list(by_text),
        format_func=lambda text: plain(titles[by_text[text]]),
        captions=[plain(captions.get(by, "")) for by in by_text.values()],
        key=key,
        help="Rows of one customer or ticket resemble each other. If some are learned and others "
        "asked, the score is better than the model will be on new ones.",
    )
    return by_text[chosen]
