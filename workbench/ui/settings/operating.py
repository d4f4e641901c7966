"""What administrators set for everybody: office hours, and what a person may take up."""

import datetime as dt

import streamlit as st

from workbench.core.hours.office_hours import WEEKDAYS, WORKDAYS, OfficeHours
from workbench.jobs import limits, office
from workbench.jobs.limits import Limits
from workbench.system.accounts import people
from workbench.ui import context, errors
from workbench.ui.text import plain


def show() -> None:
    """The sections of the page; nothing for who is no administrator, or where nobody has an account."""
    store = context.store()
    if store.acting is None or not store.acting.administrator:
        return
    with errors.shown():
        _office_hours()
        _limits()


def _office_hours() -> None:
    st.markdown("##### Office hours")
    st.write(
        "In these hours trainings stand still, so that the computer is free for other work. One that runs "
        "is paused at their beginning and goes on after them by itself; everything else runs on."
    )
    found = office.hours(context.store())
    shown = found or OfficeHours(dt.time(8), dt.time(18), WORKDAYS)
    with st.form("office-form", border=True):
        on = st.toggle("Trainings stand still in office hours", found is not None, key="office-on")
        left, right = st.columns(2)
        begins = left.time_input("From", shown.begins, key="office-begins")
        ends = right.time_input("To", shown.ends, key="office-ends")
        days = st.pills(
            "On", list(range(7)), selection_mode="multi", default=sorted(shown.days),
            format_func=lambda day: WEEKDAYS[day], key="office-days",
        )  # fmt: skip
        st.caption("By the clock of the computer on which the workbench runs.")
        if st.form_submit_button("Save", key="office-save", icon=":material/save:"):
            office.change(
                context.store(), OfficeHours(begins, ends, frozenset(days)) if on else None
            )
            st.toast("The office hours are saved.", icon=":material/check:")


def _limits() -> None:
    st.markdown("##### What a person may take up")
    st.write(
        "Who has reached a limit is told before another job is made. Empty means no limit; a person may "
        "have limits of their own."
    )
    names = {one.id: one.name for one in people.listing(context.store())}
    own = limits.of_people(context.store())
    about = st.selectbox(
        "Limits of", [None, *names], key="limits-of",
        format_func=lambda one: _whose(one, names, own),
    )  # fmt: skip
    everybody = limits.of_everybody(context.store())
    present = own.get(about, everybody) if about is not None else everybody
    with st.form(f"limits-form-{about}", border=True):
        left, right = st.columns(2)
        jobs = left.number_input(
            "Jobs that wait or run, at most", min_value=1, max_value=limits.MOST,
            value=present.jobs, placeholder="no limit", key=f"limits-jobs-{about}",
        )  # fmt: skip
        disk = right.number_input(
            "Disk space of what their jobs made, at most (MB)", min_value=1, max_value=limits.MOST,
            value=present.disk_mb, placeholder="no limit", key=f"limits-disk-{about}",
        )  # fmt: skip
        saved = st.form_submit_button("Save", key=f"limits-save-{about}", icon=":material/save:")
    if saved:
        _save(about, Limits(jobs, disk))
    if about in own and st.button(
        "As for everybody", key="limits-own-none", icon=":material/undo:"
    ):
        limits.set_for_person(context.store(), int(about or 0), None)
        st.rerun()


def _save(about: int | None, wanted: Limits) -> None:
    if about is None:
        limits.set_for_everybody(context.store(), wanted)
    else:
        limits.set_for_person(context.store(), about, wanted)
    st.rerun()


def _whose(about: int | None, names: dict[int, str], own: dict[int, Limits]) -> str:
    if about is None:
        return "Everybody"
    return f"{plain(names[about])} (own limits)" if about in own else plain(names[about])
