"""When a training will be done if it is started now, and whether that is soon enough."""

import datetime as dt

import streamlit as st

from workbench.core.words import plural
from workbench.jobs import office, overview
from workbench.projects import ready
from workbench.projects.ready import Ready
from workbench.system.hardware import Hardware
from workbench.ui import context
from workbench.ui.numbers import browser_zone
from workbench.ui.text import plain


def show(machine: Hardware, seconds: float) -> None:
    """Said where it is not simply now and so long: others wait, or trainings stand still in hours."""
    store = context.store()
    hours = office.hours(store)
    if hours is None and not overview.count(store):
        return
    found = ready.of_new(store, machine, seconds)
    still = f" Trainings stand still from {hours.words}." if hours else ""
    st.markdown(
        f":material/event_available: Ready **{plain(moment(found.at))}** if you start it now"
        f"{plain(unknown(found))}.{plain(still)}"
    )
    wanted = st.datetime_input(
        "Must be ready by", value=None, key="ready-by", width=320,
        help="Leave it empty if it does not matter.",
    )  # fmt: skip
    if wanted is not None and found.at > wanted.replace(tzinfo=browser_zone()):
        st.warning(
            plain(
                f"It will not be ready by {wanted:%H:%M} on {wanted.day} {wanted:%B}: choose a quicker "
                "setting or a smaller model, or ask an administrator to set it before the others."
            ),
            icon=":material/alarm:",
        )


def moment(at: dt.datetime) -> str:
    """A moment to come, in the browser's zone: "today at about 14:05", "Tuesday, 3 March, at about 08:10"."""
    zone = browser_zone()
    local, today = at.astimezone(zone), dt.datetime.now(zone).date()
    clock = f"at about {local:%H:%M}"
    days = (local.date() - today).days
    if days in (0, 1):
        return f"{('today', 'tomorrow')[days]} {clock}"
    return f"{local:%A}, {local.day} {local:%B}, {clock}"


def unknown(found: Ready) -> str:
    """What the time leaves out, as the rest of a sentence."""
    if not found.unknown:
        return ""
    return f", and later by what {plural(found.unknown, 'job')} before it will take"
