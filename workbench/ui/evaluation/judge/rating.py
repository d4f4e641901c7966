"""Rate some answers yourself, beside a judge and blind to what it said: only then does its score count."""

import streamlit as st

from storage.acting import REVIEWER
from workbench.evaluation.judge.agreement import FEWEST
from workbench.evaluation.judge.counting import MINE, OTHER, SAME
from workbench.evaluation.judge.rubric import Pair
from workbench.evaluation.judged import judgements, people
from workbench.evaluation.judged.judgement import Judgement
from workbench.ui import calls_view, context, errors
from workbench.ui.accounts import allowed
from workbench.ui.text import plain


def show(found: Judgement, *, opened: bool) -> None:
    """The next pair to rate; where `opened`, open while too few are rated."""
    shared = found.agreement.shared
    label = (
        f"Rate {FEWEST} yourself: {shared} of {FEWEST} done"
        if shared < FEWEST
        else f"Rate more of them yourself ({shared} done)"
    )
    place = st.expander(
        label,
        expanded=opened and shared < FEWEST,
        icon=":material/how_to_vote:",
        key=f"rate-{found.job.id}",
    )
    with place:
        st.fragment(_next)(found)


def _next(found: Judgement) -> None:
    with errors.shown():
        clear = {digest for _, digest, verdict in found.verdicts if verdict is not None}
        pairs = [pair for pair in judgements.pairs_of(found) if pair.digest in clear]
        said = people.people_say(context.store(), found.spec.run_id, pairs)
        pair = people.next_to_rate(pairs, said)
        if pair is None:
            st.write("You have rated all of them.")
            return
        st.caption(
            "Which answer is better? You do not see whose they are, nor what the judge said. "
            f"{len(said)} of {len(pairs)} are rated, in blind tests and the playground included."
        )
        _ask(found, pair)


def _ask(found: Judgement, pair: Pair) -> None:
    first = people.mine_is_first(pair)
    texts = (pair.mine, pair.other) if first else (pair.other, pair.mine)
    st.markdown(f"**Question**  \n{calls_view.lines(pair.question)}")
    for place, name, text in zip(st.columns(2), ("First", "Second"), texts, strict=True):
        with place.container(border=True):
            st.markdown(f"**{plain(name)} answer**")
            st.markdown(calls_view.lines(text))
    choices = {
        "The first": MINE if first else OTHER,
        "No difference": SAME,
        "The second": OTHER if first else MINE,
    }
    with st.container(horizontal=True):
        for number, (label, choice) in enumerate(choices.items()):
            if allowed.button(
                label, needs=REVIEWER, key=f"rate-{found.job.id}-{pair.digest[:8]}-{number}"
            ):
                people.rate(context.store(), found.spec.run_id, pair.digest, choice)
                st.rerun(scope="app")
