"""Saving: the one button at the end, and what to do next."""

import hashlib

import streamlit as st

from workbench.core.words import plural
from workbench.data import datasets, versions
from workbench.data.examples.plan import Source
from workbench.data.examples.prepare import Prepared
from workbench.data.files import sources
from workbench.data.readers import Table
from workbench.data.versions import VersionInfo
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.data import draft as drafts
from workbench.ui.data import earlier_changes
from workbench.ui.data.draft import Draft
from workbench.ui.frame import PAGES
from workbench.ui.text import plain

_NAME_WIDTH = 420


def name_of(draft: Draft, source: Source) -> str:
    """The dataset's name as it stands, else the file's."""
    return draft.dataset_name.strip() or sources.title_of(source.name)[: datasets.NAME_LIMIT]


def panel(draft: Draft, source: Source, prepared: Prepared, table: Table) -> None:
    """The name and the button; once saved, what to do next."""
    fingerprint = _fingerprint(source, prepared, name_of(draft, source))
    saved = _saved(draft, fingerprint)
    if saved is not None:
        _next(saved)
        return
    name = _name(draft, source)
    before = _versions_of(name)
    number = before[0].number + 1 if before else 1
    if before:
        plan = prepared.plan
        kept = not plan.test and any(versions.same_split(version, plan) for version in before)
        exam = "keeps its exam questions" if kept else "has an exam of its own"
        same = plain(before[0].dataset_name)
        st.caption(f"It becomes the next version of '{same}' and {exam}.")
    offer = earlier_changes.choose(draft, source, prepared, table, before)
    if allowed.button(
        f"Save as version {number}", key="data-save", type="primary", icon=":material/save:"
    ):
        with errors.shown():
            version = datasets.save_prepared(
                context.store(), context.project_id(), name, source, prepared
            )
            draft.saved_version_id, draft.saved_as = version.version_id, fingerprint
            drafts.save(draft)
            if offer:
                earlier_changes.make(version.version_id, offer)
            st.rerun()


def _name(draft: Draft, source: Source) -> str:
    """The name as typed; a new one may make this the next version of another dataset."""
    key = "data-name"
    st.session_state.setdefault(key, name_of(draft, source))
    name = st.text_input(
        "Name of the dataset", key=key, max_chars=datasets.NAME_LIMIT, width=_NAME_WIDTH
    )
    if name.strip() and name.strip() != name_of(draft, source):
        draft.dataset_name = name.strip()
        drafts.save(draft)
        st.rerun()
    return name


def _fingerprint(source: Source, prepared: Prepared, name: str) -> str:
    text = repr((source, prepared.plan, name.casefold()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _saved(draft: Draft, fingerprint: str) -> VersionInfo | None:
    """The version that holds exactly what stands on the page."""
    if draft.saved_as != fingerprint:
        return None
    found = datasets.list_versions(context.store(), context.project_id())
    return next((version for version in found if version.id == draft.saved_version_id), None)


def _versions_of(name: str) -> list[VersionInfo]:
    """The versions of the dataset that this would be the next one of, the newest first."""
    wanted = " ".join(name.split()).casefold()
    found = datasets.list_versions(context.store(), context.project_id())
    return [version for version in found if version.dataset_name.casefold() == wanted]


def _next(version: VersionInfo) -> None:
    st.success(
        f"Your data is ready: {plural(version.rows, 'example')} are saved as version "
        f"{version.number} of '{plain(version.dataset_name)}'.",
        icon=":material/check_circle:",
    )
    earlier_changes.said(version)
    with st.container(horizontal=True):
        if st.button(
            "Next: choose a model",
            key="data-next",
            type="primary",
            icon=":material/arrow_forward:",
        ):
            context.go(PAGES["Model"][0])
        if st.button(
            "Check the examples first",
            key="data-checkup",
            icon=PAGES["Checkup"][1],
            help="Doubled, contradictory and wrongly sorted rows, leaks, personal data and more.",
        ):
            context.go(PAGES["Checkup"][0], dataset=version.dataset_id)
        if st.button("Start another dataset", key="data-another", icon=":material/add:"):
            drafts.start_over()
            st.rerun()
