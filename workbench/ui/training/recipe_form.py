"""The expert panel: every setting of a recipe as a widget, made from the recipe's own description."""

from dataclasses import Field
from typing import Any

import streamlit as st

from workbench.core.recipe import FIELDS, Recipe
from workbench.core.tasks import task_named
from workbench.models.families import family_named
from workbench.ui.text import plain

_LORA = ("r", "lora_alpha", "lora_dropout", "target_modules", "use_rslora")
_FORMATS = {"learning_rate": "%.2e"}


def shown_fields(recipe: Recipe, *, family: str, task: str) -> list[str]:
    """The settings that mean something for this model, task and recipe, in their order."""
    hidden = set(family_named(family).unused_settings)
    if recipe.method == "full":
        hidden |= set(_LORA)
    if recipe.quantization != "nf4":
        hidden |= {"double_quant"}
    if not task_named(task).answers_are_categories:
        hidden |= {"label_smoothing_factor"}
    if not task_named(task).compares:
        hidden |= {"loss", "beta"}
    if not family_named(family).may_be_asked_by_turns(recipe, task_named(task)):
        hidden |= {"exam"}
    if not task_named(task).can_lean_on_examples:
        hidden |= {"lean_on_examples"}
    return [name for name in FIELDS if name not in hidden]


def recipe_form(
    start: Recipe, changes: dict[str, Any], *, family: str, task: str, key: str
) -> dict[str, Any]:
    """Show the settings, beginning with `start` and the user's `changes`; the changes now.

    Only what differs from `start` is returned. `key` sets the widgets of one preset apart from
    those of another.
    """
    current = start.changed(**_known(changes))
    values: dict[str, Any] = {}
    names = shown_fields(current, family=family, task=task)
    for group in dict.fromkeys(FIELDS[name].metadata["group"] for name in names):
        st.markdown(f"##### {plain(group)}")
        with st.grid(3, min_column_width=240):
            for name in names:
                if FIELDS[name].metadata["group"] == group:
                    with st.container():
                        values[name] = _widget(FIELDS[name], getattr(current, name), key)
    kept = {name: value for name, value in _known(changes).items() if name not in names}
    entered = {n: v for n, v in values.items() if v is not None and v != getattr(start, n)}
    return kept | entered


def _known(changes: dict[str, Any]) -> dict[str, Any]:
    """Settings that this version knows; a draft may be older."""
    return {name: value for name, value in changes.items() if name in FIELDS}


def _widget(field: Field[Any], value: Any, key: str) -> Any:
    about = field.metadata
    key = f"{key}-{field.name}"
    if about["choices"]:
        return st.selectbox(
            plain(about["label"]),
            about["choices"],
            index=about["choices"].index(value),
            key=key,
            help=plain(about["help"]),
        )
    if isinstance(value, bool):
        return st.toggle(plain(about["label"]), value, key=key, help=plain(about["help"]))
    if isinstance(value, str):
        return st.text_input(plain(about["label"]), value, key=key, help=plain(about["help"]))
    return _number(field, value, key)


def _number(field: Field[Any], value: float, key: str) -> float | int | None:
    about = field.metadata
    kind: type[int] | type[float] = type(value)
    step: float = 1 if kind is int else _FLOAT_STEPS.get(field.name, 0.05)
    return st.number_input(
        plain(about["label"]),
        min_value=kind(about["low"]),
        max_value=kind(about["high"]),
        value=kind(value),
        step=kind(step),
        format=_FORMATS.get(field.name, "%d" if kind is int else "%g"),
        key=key,
        help=plain(about["help"]),
    )


_FLOAT_STEPS = {
    "num_train_epochs": 1.0,
    "learning_rate": 1e-5,
    "weight_decay": 0.01,
    "max_grad_norm": 0.1,
    "evals_per_epoch": 0.5,
}
