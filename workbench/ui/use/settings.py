"""How the models are asked: kept with the project, so that a refresh changes nothing."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from workbench.system import drafts
from workbench.ui import context
from workbench.use import playground
from workbench.use.playground import Answerer

_PAGE = "use"


@dataclass(frozen=True)
class ChatSettings:
    """What a person chose in the settings panel."""

    sampling: dict[str, Any]
    system: str | None
    """None leaves the system prompt that the model was trained with."""
    show_base: bool
    remember: bool


def panel(answerer: Answerer) -> ChatSettings:
    """The panel behind a button, and what it says."""
    project_id = context.project_id()
    kept = drafts.get_draft(context.store(), project_id, _PAGE)
    with st.popover("Settings", icon=":material/tune:", key="settings"):
        chosen = _compare(answerer, kept)
        chosen |= _sampling(kept)
        system = _system(answerer, kept)
    drafts.save_draft(context.store(), project_id, _PAGE, {**kept, **chosen, **system})
    prompt = system.get(_system_key(answerer), answerer.system)
    return ChatSettings(
        sampling={name: chosen[name] for name in playground.DEFAULT_SETTINGS},
        system=None if prompt == answerer.system else prompt,
        show_base=bool(chosen.get("show_base", True)) and answerer.untrained_id is not None,
        remember=bool(chosen.get(_remember_key(answerer), answerer.remembers)),
    )


def _compare(answerer: Answerer, kept: dict[str, Any]) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    if answerer.untrained_id is not None:
        chosen["show_base"] = st.toggle(
            "Show the answer before training, too",
            kept.get("show_base", True),
            key="show-base",
            help="The untrained base model gets the same question, worded in the same way.",
        )
    if not answerer.continues:
        key = _remember_key(answerer)
        chosen[key] = st.toggle(
            "Remember earlier questions",
            kept.get(key, answerer.remembers),
            key=key,
            help="On, the model reads the conversation so far with every question. A model that "
            "learned from single questions answers best without.",
        )
    return chosen


def _sampling(kept: dict[str, Any]) -> dict[str, Any]:
    defaults = {**playground.DEFAULT_SETTINGS, **kept}
    return {
        "temperature": st.slider(
            "Variety (temperature)",
            0.0,
            2.0,
            float(defaults["temperature"]),
            0.1,
            key="temperature",
            help="0 always gives the likeliest answer, as in the exam; more makes answers vary.",
        ),
        "top_p": st.slider(
            "Only the likeliest words (top-p)",
            0.05,
            1.0,
            float(defaults["top_p"]),
            0.05,
            key="top-p",
            help="1 allows every word; less leaves unlikely ones out. No effect at variety 0.",
        ),
        "max_tokens": st.slider(
            "Longest answer (tokens)",
            16,
            2048,
            int(defaults["max_tokens"]),
            16,
            key="max-tokens",
            help="An answer is cut there. A token is about three quarters of an English word.",
        ),
    }


def _system(answerer: Answerer, kept: dict[str, Any]) -> dict[str, str]:
    if answerer.continues:
        return {}
    key = _system_key(answerer)
    text = st.text_area(
        "Instruction to the model (system prompt)",
        kept.get(key, answerer.system),
        key=key,
        help="What the model was trained with; another instruction may confuse it.",
        placeholder="None: the model was trained without one.",
    )
    return {key: text or ""}


def _system_key(answerer: Answerer) -> str:
    return f"system-{answerer.id}"


def _remember_key(answerer: Answerer) -> str:
    return "remember-chat" if answerer.remembers else "remember-single"
