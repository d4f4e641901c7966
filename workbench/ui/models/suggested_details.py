"""One suggested model on the Model page: its facts, where they were looked up, and adding it."""

import streamlit as st

from workbench.core.words import about, joined, sentence_case, size
from workbench.models.suggested import Suggestion
from workbench.projects.model_candidates import Candidate
from workbench.ui import dialogs
from workbench.ui.models import suggested_offer, suggested_words
from workbench.ui.text import code, plain

QUESTION = "suggested"
"""What `dialogs.asked` says while the details of a suggestion are open."""
_HUB = "https://huggingface.co/"
_TOLD_BY = {
    "files": "the size of its files",
    "weights": "counted from its weights",
    "most": "how much exactly is said before it begins",
}
_FACTS = {
    "licence": "licence",
    "languages": "languages",
    "context": "what it reads at once",
    "config": "size",
    "stored": "download",
    "download_bytes": "download",
    "gated": "the owner's question",
    "instructed": "that it follows instructions",
    "sentences": "that few examples are enough",
}


def show(one: Candidate) -> None:
    """All that is known of a suggestion, and the button that downloads it, in a dialog."""
    if one.suggestion is not None:
        titled = st.dialog(plain(one.model.name), width="large", on_dismiss=dialogs.answered)
        titled(_details)(one, one.suggestion)


def _details(one: Candidate, suggestion: Suggestion) -> None:
    st.write(plain(suggestion.purpose))
    for name, fact in _facts(one, suggestion).items():
        left, right = st.columns([1, 3])
        left.caption(name)
        right.markdown(fact)
    if suggestion.gated:
        st.info(
            "Its owner asks who downloads it: accept the terms on its page of the hub, and have an "
            "access token ready.",
            icon=":material/key:",
        )
    with st.expander("Where this was looked up", icon=":material/travel_explore:"):
        _sources(suggestion)
    suggested_offer.button(one, suggestion, key="details-add", primary=True)


def _facts(one: Candidate, suggestion: Suggestion) -> dict[str, str]:
    """Name of a fact → the fact, as Markdown."""
    facts = {
        "On the hub": f"[{plain(suggestion.hub_id)}]({_HUB}{plain(suggestion.hub_id)})",
        "Size": suggested_words.parameters(one),
        "Languages": plain(suggested_words.languages(suggestion, most=None)),
        "Reads at once": _context(suggestion),
        "Licence": suggested_words.licence(suggestion),
        "Conditions": plain(suggestion.conditions),
        "Download": f"{suggested_words.download(suggestion)}, "
        f"{_TOLD_BY[suggestion.download_told_by]}",
        "To train": suggested_words.fits(one.fit),
        "Takes": f"{about(one.seconds)} with the balanced settings",
        "To answer": f"needs about {size(one.run_mb * 1e6)}",
    }
    return {name: fact for name, fact in facts.items() if fact}


def _context(suggestion: Suggestion) -> str:
    if suggestion.context is None:
        return "as many tokens as memory allows; it was made with shorter texts"
    return f"{suggestion.context:,} tokens, some {round(suggestion.context * 0.75, -1):,.0f} words"


def _sources(suggestion: Suggestion) -> None:
    """Each place that was looked at, with the facts that are from there; what was counted says so."""
    days = {place.looked_up for places in suggestion.sources.values() for place in places}
    st.caption(f"On {plain(f'{max(days):%d %B %Y}')}; its parameters are counted from its size.")
    found: dict[str, list[str]] = {}
    for fact, places in suggestion.sources.items():
        for place in places:
            found.setdefault(place.address, []).append(_FACTS[fact])
    for address, facts in found.items():
        named = joined(list(dict.fromkeys(facts)))
        st.caption(f"{plain(sentence_case(named))}:  \n{code(address)}")
