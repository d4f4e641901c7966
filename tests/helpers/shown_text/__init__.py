"""What pages hand to Streamlit as Markdown, and whether it is harmless: read from the source.

Harmless is what is made of literals, numbers, `plain(…)`, and of the results, arguments and
constants of the project's own functions that are harmless in turn (followed through every call in
pages/ and workbench/). An attribute is harmless only where every class with an attribute of that
name says that it is a number or a Literal. Everything else must pass through `plain`.

Texts of charts (titles, axes, tooltips) and the names and labels of a table's columns are drawn as
text, as are values, options of select boxes and placeholders: none of them is looked at. A command
that is neither in `SINKS` nor among `TEXTS` is `unknown`, so that nobody uses one unseen.
"""

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import streamlit as st

from tests.helpers.shown_text.bindings import Scope, calls_of
from tests.helpers.shown_text.judge import Judge
from tests.helpers.shown_text.modules import ROOT, files, source

__all__ = ["ROOT", "source", "unknown", "unproved"]

_ALL, _LABEL = (0, 1, 2), (0,)
SINKS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("markdown", "caption", "success", "info", "warning", "error"), _LABEL),
    **dict.fromkeys(("title", "header", "subheader", "toast", "badge", "expander"), _LABEL),
    **dict.fromkeys(("popover", "dialog", "spinner", "status", "tabs", "button", "toggle"), _LABEL),
    **dict.fromkeys(("form_submit_button", "download_button", "link_button", "checkbox"), _LABEL),
    **dict.fromkeys(("text_input", "text_area", "number_input", "slider", "chat_input"), _LABEL),
    **dict.fromkeys(
        ("selectbox", "multiselect", "file_uploader", "select_slider", "datetime_input"), _LABEL
    ),
    **dict.fromkeys(("radio", "pills", "segmented_control", "menu_button"), (0, 1)),
    **dict.fromkeys(("TextColumn", "NumberColumn", "ProgressColumn", "CheckboxColumn"), ()),
    **dict.fromkeys(("SelectboxColumn", "ButtonColumn", "page_link", "Page", "feedback"), ()),
    "metric": _ALL,
    "progress": (1,),
    "write": _ALL,
    "table": _LABEL,
}
"""Streamlit's call → its positional arguments that it takes for Markdown."""
CHOICES = {"radio", "pills", "segmented_control", "menu_button"}
KEYWORDS = {"label", "body", "help", "text", "caption", "captions", "delta", "title", "icon"}
TEXTS = {
    "altair_chart",
    "vega_lite_chart",
    "code",
    "data_editor",
    "dataframe",
    "text",
    "chat_message",
}
TEXTS |= {"columns", "container", "empty", "form", "grid", "fragment", "navigation", "App"}
TEXTS |= {"cache_data", "cache_resource", "get_option", "rerun", "set_page_config", "stop"}
TEXTS |= {"divider", "switch_page"}
"""Commands that take nothing for Markdown."""


def shown(call: ast.Call, scope: Scope, judge: Judge) -> Iterator[tuple[str, ast.expr]]:
    """What this call hands to Streamlit as Markdown, by the argument's name or place."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in SINKS:
        return
    receiver = call.func.value
    if isinstance(receiver, ast.Name) and (
        receiver.id == "_log" or judge.module(receiver.id, scope) is not None
    ):
        return
    name = call.func.attr
    keywords = {one.arg: one.value for one in call.keywords if one.arg}
    for place in SINKS[name]:
        formatted = place == 1 and name in CHOICES and "format_func" in keywords
        if place < len(call.args) and not formatted:
            yield str(place), call.args[place]
    wanted = KEYWORDS | ({"format_func"} if name in CHOICES else set())
    for place, value in enumerate(call.args):
        drawn = place == 0 and name.endswith("Column")
        if place not in SINKS[name] and not drawn and _parameter(name, place) in wanted:
            yield _parameter(name, place), value
    yield from ((word, value) for word, value in keywords.items() if word in wanted)


@cache
def _names(command: str) -> tuple[str, ...]:
    found = getattr(st, command, None) or getattr(st.column_config, command)
    return tuple(inspect.signature(found).parameters)


def _parameter(command: str, place: int) -> str:
    names = _names(command)
    return names[place] if place < len(names) else ""


def _pages() -> list[Path]:
    return [ROOT / "app.py", *files("pages", "workbench/ui")]


LINK = ROOT / "workbench" / "ui" / "accounts" / "gate.py"
"""Writes one link as HTML, since Streamlit's own would open another tab; its address is escaped."""


def unknown(sources: list[Path] | None = None) -> set[str]:
    """Commands of Streamlit's that pages use and nobody has looked at."""
    judge = Judge(sources or _pages())
    used = {
        call.func.attr
        for module in judge.modules
        for call, _ in calls_of(module)
        if isinstance(call.func, ast.Attribute)
        and ast.unparse(call.func.value) in ("st", "st.sidebar", "st.column_config")
        and (call.func.attr, module.path) != ("html", LINK)
    }
    return used - SINKS.keys() - TEXTS


def unproved(sources: list[Path] | None = None) -> list[tuple[Path, ast.expr]]:
    """Places in app.py, pages/ and workbench/ui/ where somebody else's text may be shown as
    Markdown."""
    judge = Judge(sources or _pages())
    return [
        (module.path, value)
        for module in judge.modules
        for call, scope in calls_of(module)
        for word, value in shown(call, scope, judge)
        if not (
            judge.chosen(call, value, scope)
            if word == "format_func"
            else judge.harmless(value, scope)
        )
    ]
