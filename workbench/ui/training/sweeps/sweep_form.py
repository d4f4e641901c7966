"""Try several settings: how long, how often, and for experts what varies; then one click."""

import streamlit as st

from workbench.core.recipe import FIELDS, Recipe
from workbench.core.words import duration, plural
from workbench.data.versions import VersionInfo
from workbench.evaluation.sweeps import budget, sweeps
from workbench.evaluation.sweeps.space import (
    Range,
    able_to_vary,
    read_range,
    suggested,
    usual_space,
)
from workbench.jobs import placing
from workbench.models.model_info import ModelInfo
from workbench.ui import context, errors, frame
from workbench.ui.accounts import allowed
from workbench.ui.text import plain

HOUR = 60


def show(
    project_id: int,
    version: VersionInfo,
    model: ModelInfo,
    recipe: Recipe,
    start_run_id: int | None,
) -> None:
    """The way to a sweep that begins with a recipe."""
    box = st.expander(
        "Try several settings", icon=":material/tune:", key="sweep", on_change="rerun"
    )
    if not box.open:
        return
    with box, errors.shown():
        st.write(
            "Give it an hour: it tries different settings, keeps the best, and shows what made the "
            "difference (a sweep). It begins with the settings above, so you end with no less than "
            "them. The best is chosen by practice questions; the exam stays unseen until then."
        )
        recipe = recipe.changed(exam="apart")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            minutes = st.number_input(
                "Minutes it may take", 1, sweeps.MOST_MINUTES, HOUR, key="sweep-minutes", width=200
            )
            most = st.number_input(
                "Tries at most",
                1,
                sweeps.MOST_TRIES,
                sweeps.USUAL_TRIES,
                key="sweep-most",
                width=200,
            )
        st.caption(_what_fits(project_id, version, model, recipe, float(minutes), int(most)))
        space = _space(version, model, recipe)
        keeps_all = st.toggle(
            "Keep the models of all tries",
            key="sweep-keep",
            help="Without it, the models of those that are not chosen are dropped in the end, to save "
            "disk space. Their curves and scores stay in any case.",
        )
        if allowed.button("Start trying", key="sweep-start", icon=":material/play_arrow:"):
            sweep_id = sweeps.start_sweep(
                context.store(),
                project_id=project_id,
                version=version,
                model=model,
                recipe=recipe,
                minutes=float(minutes),
                most=int(most),
                space=space,
                keeps_all=keeps_all,
                start_run_id=start_run_id,
            )
            context.go(frame.PAGES["Train"][0], sweep=sweep_id)


def _what_fits(
    project_id: int,
    version: VersionInfo,
    model: ModelInfo,
    recipe: Recipe,
    minutes: float,
    most: int,
) -> str:
    store = context.store()
    at_once = min(most, placing.at_once(store, project_id))
    fit = budget.tries_that_fit(store, version, model, recipe, minutes, at_once)
    one = duration(budget.Costs.of(store, version, model, recipe).try_s(store, recipe))
    if not fit:
        return f":material/schedule: One try takes about {one}: this is too little time for it."
    tries = plural(min(fit, most), "try", "tries")
    beside = f" On the cluster up to {at_once} are tried at a time." if at_once > 1 else ""
    return f":material/schedule: One try takes about {one}, so about {tries} will fit.{beside}"


def _space(version: VersionInfo, model: ModelInfo, recipe: Recipe) -> dict[str, Range] | None:
    """What the expert chose to vary; None for what is usual."""
    usual = usual_space(recipe, family=model.family, task=version.task)
    names = ", ".join(FIELDS[name].metadata["label"] for name in usual)
    if not st.toggle("Choose what varies (experts)", key="sweep-expert"):
        st.caption(f"Tried are: {plain(names)}.")
        return None
    chosen = st.multiselect(
        "What varies",
        able_to_vary(recipe, family=model.family, task=version.task),
        default=list(usual),
        format_func=lambda name: str(FIELDS[name].metadata["label"]),
        key="sweep-vary",
    )
    found: dict[str, Range] = {}
    with st.grid(3, min_column_width=240):
        for name in chosen:
            text = st.text_input(
                plain(FIELDS[name].metadata["label"]),
                suggested(name, recipe).words,
                key=f"sweep-range-{name}",
                help="From least to most, like 1e-5:1e-3, or values to choose from, like 8,16,32.",
            )
            found[name] = read_range(name, text, recipe)
    return found or None
