"""What a training's curves say, under them, and the one change worth trying as a button."""

from typing import Any

import streamlit as st

from workbench.training.diagnosis.diagnosis import BY_HEART, FINE, STOPPED, Change, Diagnosis
from workbench.training.diagnosis.of_run import diagnosis_of
from workbench.training.run_view import RunView
from workbench.ui import context
from workbench.ui.text import plain

DRAFT = "tried"
"""Under which name the Train page's draft holds what was changed."""
_ICONS = {
    FINE: ":green[:material/check_circle:]",
    BY_HEART: ":material/psychology:",
    STOPPED: ":material/stop_circle:",
}
_OTHER = ":orange[:material/stethoscope:]"


def show(run: RunView) -> dict[str, Any] | None:
    """The sentence, and the button; where that was pressed, what goes into the draft of the next training:
    `settings`, this run's with one changed, and `tried`, which one.
    """
    found = diagnosis_of(context.store(), run)
    if found is None:
        return None
    st.markdown(f"{_ICONS.get(found.kind, _OTHER)} **{_TITLE}** {plain(found.sentence)}")
    return _button(run, found)


_TITLE = "What the curves say:"


def _button(run: RunView, found: Diagnosis) -> dict[str, Any] | None:
    change = found.change
    if change is None:
        return None
    label = f"Try it with {_in_words(change)}"
    help = "Opens the settings of this training with this one changed; nothing starts by itself."
    if not st.button(plain(label), key="doctor-try", icon=":material/tune:", help=help):
        return None
    return {"settings": run.recipe | {change.setting: change.value}, DRAFT: change.as_dict()}


def _in_words(change: Change) -> str:
    words = {
        "num_train_epochs": "{:g} pass instead of {:g}"
        if change.value == 1
        else "{:g} passes instead of {:g}",
        "max_steps": "{:g} steps instead of {:g}",
        "learning_rate": "a learning rate of {:g} instead of {:g}",
        "evals_per_epoch": "{:g} checks a pass instead of {:g}",
        "beta": "a beta of {:g} instead of {:g}",
    }
    return words[change.setting].format(change.value, change.former)


def say(draft: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """On the form: which setting differs from the training that it came from, as long as it does; what of
    that the draft keeps.
    """
    tried = draft.get(DRAFT)
    if not isinstance(tried, dict) or settings.get(str(tried.get("setting"))) != tried.get("value"):
        return {}
    st.info(
        f"As in the training before, but for one setting: {plain(tried.get('sentence', ''))}.",
        icon=":material/tune:",
    )
    return {DRAFT: tried}
