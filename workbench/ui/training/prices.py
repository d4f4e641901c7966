"""Prices that the user types in, kept with the project."""

import streamlit as st

from workbench.training.energy import keep_price, prices_of
from workbench.ui import context, errors


def ask(project_id: int, name: str, label: str, help: str) -> float:
    """One of the prices (`hour`, `kwh`, `million_tokens`) as it is now; 0 for unsaid."""
    store = context.store()
    kept = float(getattr(prices_of(store, project_id), name))
    price = st.number_input(
        label,
        min_value=0.0,
        value=kept or None,
        placeholder="not said",
        key=f"price-{project_id}" if name == "hour" else f"price-{name}-{project_id}",
        help=help,
        width=320,
    )
    value = float(price or 0.0)
    if value != kept:
        with errors.shown():
            keep_price(store, project_id, name, value)
    return value
