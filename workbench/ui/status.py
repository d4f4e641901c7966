"""The state of a job as word, icon and colour; never colour alone."""

import streamlit as st

WORDS = {
    "queued": ("Waiting", "schedule", "gray"),
    "starting": ("Starting", "progress_activity", "blue"),
    "running": ("Running", "progress_activity", "blue"),
    "pausing": ("Pausing", "progress_activity", "orange"),
    "paused": ("Paused", "pause_circle", "violet"),
    "cancelling": ("Stopping", "progress_activity", "orange"),
    "succeeded": ("Finished", "check_circle", "green"),
    "failed": ("Failed", "error", "red"),
    "cancelled": ("Stopped", "stop_circle", "gray"),
}


def badge(status: str) -> None:
    """The state as a badge."""
    word, icon, colour = WORDS[status]
    st.badge(word, icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]
