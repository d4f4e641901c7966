"""The suggested models on the Model page: a search, filters, and a row each."""

from collections.abc import Sequence

import streamlit as st

from workbench.data.checkup.checks.languages import NAMES
from workbench.models.families import FAMILIES, family_named
from workbench.models.suggested import CONDITIONS, YES
from workbench.projects.model_candidates import Candidate
from workbench.ui import dialogs
from workbench.ui.models import suggested_details, suggested_words
from workbench.ui.numbers import plural
from workbench.ui.text import plain

_AT_ONCE = 8
"""Rows that are shown before more are asked for."""
_ALL, _ANY = "All kinds", "Any language"
_SHOWN = "suggested-shown"


def show(found: Sequence[Candidate], languages: Sequence[str]) -> None:
    """The candidates that are not here, the best first; those of the filters, some at a time.

    Args:
        languages: those of the texts, by their codes.
    """
    matching = _filtered(found)
    if not matching:
        st.caption(
            "None of the suggested models is like that: loosen the filters, or add a model of the "
            "hub by its name below."
        )
        return
    most = st.session_state.get(_SHOWN, _AT_ONCE)
    st.caption(f"{plural(len(matching), 'model')} of {len(found)}, the best for your data first")
    for one in matching[:most]:
        _row(one, languages)
    if len(matching) > most and st.button(
        f"Show {min(_AT_ONCE, len(matching) - most)} more", key="suggested-more", type="tertiary",
        icon=":material/expand_more:",
    ):  # fmt: skip
        st.session_state[_SHOWN] = most + _AT_ONCE
        st.rerun()


def _filtered(found: Sequence[Candidate]) -> list[Candidate]:
    with st.grid(3, min_column_width=220):
        wanted = st.text_input(
            "Search these models", key="suggested-search", placeholder="Name, series or what it is good at",
            on_change=_from_the_top,
        )  # fmt: skip
        does = st.selectbox(
            "What it does", [_ALL, *(family.does for family in FAMILIES.values())],
            key="suggested-does", on_change=_from_the_top,
        )  # fmt: skip
        language = st.selectbox(
            "Language", [_ANY, *NAMES], key="suggested-language", on_change=_from_the_top,
            format_func=lambda code: NAMES.get(code, code),
        )  # fmt: skip
    with st.container(horizontal=True):
        learns = st.toggle(
            "Can learn this task", True, key="suggested-learns", on_change=_from_the_top
        )
        fits = st.toggle("Fits this computer", True, key="suggested-fits", on_change=_from_the_top)
        company = st.toggle(
            "A company may use it", key="suggested-company", on_change=_from_the_top,
            help="Also those that it may use under conditions.",
        )  # fmt: skip
    return [
        one
        for one in found
        if (one.learns or not learns)
        and (one.fit.ok or not fits)
        and (one.commercial_use in (YES, CONDITIONS) or not company)
        and does in (_ALL, family_named(one.model.family).does)
        and (language == _ANY or one.knows((language,)))
        and _is_like(one, wanted)
    ]


def _from_the_top() -> None:
    st.session_state.pop(_SHOWN, None)


def _is_like(one: Candidate, wanted: str) -> bool:
    """Whether all words that are searched for stand somewhere in what is known of a model."""
    about = one.suggestion
    if about is None:
        return False
    family = family_named(one.model.family).does
    said = f"{about.hub_id} {about.group} {about.purpose} {about.licence} {family}".lower()
    return all(word in said for word in wanted.lower().split())


def _row(one: Candidate, languages: Sequence[str]) -> None:
    """A model on one line, or on a few where the page is narrow; a click on it opens its details."""
    about = one.suggestion
    if about is None:
        return
    with st.container(border=True):
        first, second, third = st.columns([5, 3, 4], gap="small")
        with first, st.container(gap=None):
            if st.button(
                f"**{plain(about.name)}**", key=f"suggested-{one.place}", type="tertiary",
                icon=":material/info:",
            ):  # fmt: skip
                dialogs.ask(suggested_details.QUESTION, one.place)
            st.caption(plain(about.purpose))
        second.caption(
            f"{plain(family_named(one.model.family).does.capitalize())}  \n"
            f"{suggested_words.parameters(one)}  \n{plain(suggested_words.languages(about, 2, languages))}"
        )
        third.caption(
            f"{suggested_words.licence(about)}  \nDownload: {suggested_words.download(about)}  \n"
            f"{suggested_words.fits(one.fit)}"
        )
