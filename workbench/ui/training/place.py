"""Where a project's trainings run; asked only where there is a cluster."""

import streamlit as st

from workbench.jobs import cluster, placing
from workbench.ui import context, errors


def choose(project_id: int) -> None:
    """Show the choice, and keep it with the project."""
    if not cluster.is_named():
        return
    store = context.store()
    now = placing.place_of_project(store, project_id)
    chosen = st.segmented_control(
        "Where it runs",
        list(placing.TITLES),
        default=now,
        required=True,
        format_func=placing.TITLES.__getitem__,
        key="place",
        help="On the cluster, trainings run beside each other, as far as it has free machines. Your "
        "examples and the model are sent there. It holds for this project.",
    )
    if chosen and chosen != now:
        with errors.shown():
            placing.put_project(store, project_id, chosen)
