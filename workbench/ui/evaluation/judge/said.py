"""What a judge said, reply by reply: those that could not be read, and the verdicts once they count."""

import itertools

import streamlit as st

from workbench.core.words import shortened
from workbench.evaluation.judge.counting import MINE, OTHER, SAME
from workbench.evaluation.judged import judgements
from workbench.evaluation.judged.judgement import Judgement
from workbench.ui.calls_view import in_cells
from workbench.ui.numbers import plural
from workbench.ui.text import plain

_MOST, _LONGEST = 10, 300
_WORDS = {MINE: "better", SAME: "no difference", OTHER: "worse", None: "unclear"}


def show_unread(found: Judgement) -> None:
    """The first of the replies that hold no clear verdict, as they came."""
    counts = found.counts
    if not counts.unreadable and not counts.refused:
        return
    title = f"Replies without a clear verdict ({counts.unreadable + counts.refused})"
    with st.expander(plain(title), key=f"judge-unread-{found.job.id}", icon=":material/help:"):
        texts = [*itertools.islice(judgements.unread(found), _MOST)]
        if not texts:
            st.write("They are not on the disk any more.")
        for text in texts:
            st.markdown(f"- {plain(shortened(text, _LONGEST)) or '(nothing)'}")


def show_verdicts(found: Judgement) -> None:
    """Question by question; only where the score counts: who still has to rate is not to know."""
    if not found.does_count:
        return
    title = f"Its verdicts on {plural(len(found.verdicts), 'question')}"
    with st.expander(title, key=f"judge-verdicts-{found.job.id}", icon=":material/list:"):
        pairs = judgements.pairs_of(found)
        verdicts = {digest: verdict for _, digest, verdict in found.verdicts}
        st.dataframe(
            {
                "Verdict": [_WORDS[verdicts.get(pair.digest)] for pair in pairs],
                "Question": in_cells([pair.question for pair in pairs]),
                "Trained model": in_cells([pair.mine for pair in pairs]),
                "The other": in_cells([pair.other for pair in pairs]),
            },
            hide_index=True,
            height=320,
            key=f"judge-table-{found.job.id}",
        )
