"""What a training took in electricity, and what a thousand of its answers cost."""

import pandas as pd
import streamlit as st

from workbench.evaluation.answer_costs import answer_costs
from workbench.evaluation.ladder import Ladder
from workbench.training.energy import Energy, prices_of
from workbench.training.run_view import RunView
from workbench.ui import context
from workbench.ui.text import plain
from workbench.ui.training import prices

KWH = "What a kWh costs you"
_KWH_HELP = "In your currency. With it electricity is told in money, too."


def show(run: RunView) -> None:
    """Electricity of a training, in money where the user says the price."""
    energy = Energy.of(run.result)
    if energy is None:
        return
    price = prices.ask(run.project_id, "kwh", KWH, _KWH_HELP)
    st.caption(f":material/bolt: Electricity: {plain(energy.words(price))}.")


def show_answers(run: RunView, ladder: Ladder, answers: pd.DataFrame) -> None:
    """What a thousand answers cost, here and elsewhere."""
    box = st.expander("What it costs", icon=":material/bolt:", key="costs", on_change="rerun")
    if not box.open:
        return
    with box:
        with st.container(horizontal=True):
            prices.ask(run.project_id, "kwh", KWH, _KWH_HELP)
            prices.ask(
                run.project_id,
                "million_tokens",
                "What a paid service asks for a million tokens",
                "In your currency, as its price list says. With it you see what the same answers "
                "would cost there.",
            )
        said, energy = prices_of(context.store(), run.project_id), Energy.of(run.result)
        rows = answer_costs(ladder, answers, energy, said).rows
        if energy is not None:
            rows = [("Training", energy.words(said.kwh)), *rows]
        for title, value in rows:
            st.markdown(f"**{plain(title)}**: {plain(value)}")
        if energy is None:
            st.caption("This training is of a version that did not count electricity.")
