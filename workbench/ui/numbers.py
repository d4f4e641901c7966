"""Numbers, times and durations on a page, as people read them."""

import datetime as dt
import zoneinfo

import streamlit as st

from workbench.core.words import (
    about,
    about_between,
    count,
    duration,
    joined,
    percent,
    plural,
    short_count,
    size,
)

__all__ = [
    "about",
    "about_between",
    "count",
    "duration",
    "joined",
    "percent",
    "plural",
    "short_count",
    "size",
    "when",
]


def when(moment: dt.datetime) -> str:
    """A moment in the browser's zone: "today 14:05", "yesterday 09:12", "3 March, 14:05"."""
    zone = browser_zone()
    local, now = moment.astimezone(zone), dt.datetime.now(zone)
    clock = f"{local:%H:%M}"
    days = (now.date() - local.date()).days
    if days in (0, 1):
        return f"{('today', 'yesterday')[days]} {clock}"
    year = "" if local.year == now.year else f" {local.year}"
    return f"{local.day} {local:%B}{year}, {clock}"


def browser_zone() -> dt.tzinfo:
    """The time zone of the person who looks; UTC when the browser does not say."""
    try:
        return zoneinfo.ZoneInfo(st.context.timezone or "UTC")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return dt.UTC
