"""How the models are asked: kept with the project, so that a refresh changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from workbench.system import drafts
from workbench.ui import context
from workbench.ui.text import plain
from workbench.use import playground
from workbench.use.playground import VARIED, Answerer

_PAGE = "use"


NOBODY = ""
MOST_ANSWERS = 4


@dataclass(frozen=True)
class ChatSettings:
    """What a person chose in the settings panel."""

    sampling: dict[str, Any]
    system: str | None
    """None leaves the system prompt that the model was trained with."""
    beside: str
    """The id of the model that answers beside it; empty for none."""
    answers: int
    """How many answers each gives."""
    remember: bool


def panel(answerer: Answerer, everyone: Sequence[Answerer]) -> ChatSettings:
    """The panel behind a button, and what it says.

    Args:
        everyone: the models that could answer beside it.
    """
    project_id = context.project_id()
    kept = drafts.get_draft(context.store(), project_id, _PAGE)
    with st.popover("Settings", icon=":material/tune:", key="settings"):
        chosen = _compare(answerer, everyone, kept)
        chosen |= _sampling(kept)
        system = _system(answerer, kept)
    drafts.save_draft(context.store(), project_id, _PAGE, {**kept, **chosen, **system})
    prompt = system.get(_system_key(answerer), answerer.system)
    return ChatSettings(
        sampling={name: chosen[name] for name in playground.DEFAULT_SETTINGS},
        system=None if prompt == answerer.system else prompt,
        beside=str(chosen[_beside_key(answerer)]),
        answers=int(chosen["answers"]),
        remember=bool(chosen.get(_remember_key(answerer), answerer.remembers)),
    )


def _compare(
    answerer: Answerer, everyone: Sequence[Answerer], kept: dict[str, Any]
) -> dict[str, Any]:
    others = _others(answerer, everyone)
    key, names = _beside_key(answerer), list(others)
    usual = answerer.untrained_id if kept.get("show_base", True) else NOBODY
    wanted = kept.get(key, usual or NOBODY)
    chosen: dict[str, Any] = {
        key: st.selectbox(
            "Beside it answers",
            names,
            index=names.index(wanted) if wanted in others else 0,
            format_func=lambda name: plain(others[name]),
            key=key,
            help="Another model gets the same question, so that you can compare: the model before "
            "training, another version, or any model of this project that writes.",
        ),
        "answers": st.slider(
            "Answers to each question",
            1,
            MOST_ANSWERS,
            min(MOST_ANSWERS, max(1, int(kept.get("answers", 1)))),
            key="answers",
            help="The first is asked with the variety below; where that is 0, the others vary with "
            f"{VARIED:g}, since the likeliest answer is always the same.",
        ),
    }
    if not answerer.continues:
        remember = _remember_key(answerer)
        chosen[remember] = st.toggle(
            "Remember earlier questions",
            kept.get(remember, answerer.remembers),
            key=remember,
            help="On, the model reads the conversation so far with every question. A model that "
            "learned from single questions answers best without.",
        )
    return chosen


def _others(answerer: Answerer, everyone: Sequence[Answerer]) -> dict[str, str]:
    """Model id → name of those that may answer beside it."""
    found = {NOBODY: "No other model"}
    if answerer.untrained_id is not None:
        found[answerer.untrained_id] = f"Before training ({answerer.base_name})"
    for other in everyone:
        if other.id != answerer.id and not other.sorts and other.continues == answerer.continues:
            found[other.id] = other.title
    return found


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


def _beside_key(answerer: Answerer) -> str:
    return f"beside-{answerer.id}"


def _remember_key(answerer: Answerer) -> str:
    return "remember-chat" if answerer.remembers else "remember-single"
