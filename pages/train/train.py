"""Train: choose how thoroughly, see what it costs, start; then watch (`?run=ID`)."""

import functools
from typing import Any

import streamlit as st

from workbench.core.metrics import headline
from workbench.core.recipe import APART, Recipe, from_dict
from workbench.core.words import plural
from workbench.data import versions as datasets
from workbench.data.described import is_only_described
from workbench.data.versions import VersionInfo
from workbench.evaluation.sweeps import sweeps
from workbench.models import catalogue
from workbench.models.model_info import READY, ModelInfo, can_learn
from workbench.projects import projects
from workbench.system import drafts
from workbench.system.hardware import hardware
from workbench.training import outlook
from workbench.training import runs as training
from workbench.training.long_rows import is_of_pairs
from workbench.training.outlook import Outlook
from workbench.training.presets import PRESETS, preset
from workbench.training.run_view import RunView
from workbench.ui import context, dialogs, errors, frame, status
from workbench.ui.accounts import allowed
from workbench.ui.numbers import size, when
from workbench.ui.text import plain
from workbench.ui.training import (
    doctor_view,
    exam_view,
    fit_view,
    long_view,
    place,
    ready_view,
    run_view,
    start_from,
)
from workbench.ui.training.recipe_form import recipe_form
from workbench.ui.training.sweeps import compare_view, run_list, sweep_form, sweep_view

OWN = "own"
DEFAULT = "balanced"
store = context.store()
project_id = context.project_id()


def ready_to_train() -> None:
    """What to train, and below it what was trained, whatever is missing above."""
    frame.header("Train", "Ready to train?")
    next_training()
    earlier_runs()


def next_training() -> None:
    versions = datasets.list_versions(store, project_id)
    if not versions:
        needs("There is nothing to learn from yet: add a table with examples first.", "Data")
        return
    models = [m for m in catalogue.list_models(store) if m.state == READY]
    chosen = projects.get_project(store, project_id).base_model_id
    if chosen is None:
        needs("Choose the model that will learn from your examples first.", "Model")
        return
    draft = drafts.get_draft(store, project_id, "train")
    left, right = st.columns(2)
    with left:
        version = start_from.choose_version(versions, draft)
    with right:
        able = [m for m in models if can_learn(m, version.task)]
        model = start_from.choose_model(project_id, able, chosen)
    if model is not None and is_only_described(version):
        start_from.show_described(project_id, version, model)
    elif model is not None:
        start_form(version, model, draft)


def needs(sentence: str, step: str) -> None:
    st.info(sentence, icon=":material/info:")
    if st.button(f"Go to {step}", key="go", type="primary"):
        context.go(frame.PAGES[step][0])


def start_form(version: VersionInfo, model: ModelInfo, draft: dict[str, Any]) -> None:
    rows = version.splits.get("train", 0)
    picked = draft.get("preset", DEFAULT)
    named = picked if picked in PRESETS else DEFAULT
    usual = functools.partial(
        preset, task=version.task, family=model.family, rows=rows,
        turns=version.has_turns, pair=is_of_pairs(version.task, version.mapping),
    )  # fmt: skip
    base = usual(named)
    st.markdown("##### How thoroughly?")
    with st.grid(3, min_column_width=240):
        for name in PRESETS:
            preset_card(name, cost(version, model, usual(name)), chosen=name == picked, draft=draft)
    start_run_id = start_from.choose_start(project_id, model, draft)
    start_from.advise(version, start_run_id)
    key = widgets_of(picked, version, model)
    settings = draft.get("settings", {})
    # The label never changes: an expander with another label is another one, and closed.
    with st.expander("Settings for experts", icon=":material/tune:", key="expert"):
        with errors.shown():
            settings = recipe_form(base, settings, family=model.family, task=version.task, key=key)
        if settings and st.button("Undo all changes", key="undo", icon=":material/undo:"):
            save({"preset": named, "start_run_id": start_run_id}, version)
            forget(key)
            st.rerun()
    tried = doctor_view.say(draft, settings)
    if settings:
        st.caption(f":material/tune: {changes_line(settings, picked)}")
    name = st.text_input(
        "Name of this training (optional)", draft.get("name", ""), key="name",
        placeholder=default_name(picked),
    )  # fmt: skip
    kept = {"preset": picked, "settings": settings, "start_run_id": start_run_id}
    save({**kept, **tried, "name": name}, version)
    start(version, model, base, settings, name, picked, start_run_id)


def changes_line(settings: dict[str, Any], picked: str) -> str:
    if picked == OWN:
        return "With the settings of an earlier training."
    return f"{plural(len(settings), 'setting')} changed from {PRESETS[picked].title}."


def preset_card(name: str, costs: Outlook, *, chosen: bool, draft: dict[str, Any]) -> None:
    title = PRESETS[name].title
    with st.container(border=True, height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(title, anchor=False, width="content")
            if chosen:
                st.badge("Chosen", icon=":material/check:", color="green")
        st.write(PRESETS[name].purpose)
        st.markdown(f":material/schedule: **{plain(costs.estimate.time)}**")
        st.caption(f"{size(costs.memory_mb * 1e6)} of memory · {costs.estimate.steps:,} steps")
        if not chosen and st.button(f"Choose {title}", key=f"preset-{name}"):
            drafts.save_draft(store, project_id, "train", {**draft, "preset": name, "settings": {}})
            st.rerun()


def start(
    version: VersionInfo,
    model: ModelInfo,
    base: Recipe,
    settings: dict[str, Any],
    name: str,
    picked: str,
    start_run_id: int | None,
) -> None:
    with errors.shown():
        recipe = from_dict(base.as_dict() | settings)
        recipe = recipe if start_run_id is None else recipe.changed(exam=APART)
        costs = cost(version, model, recipe)
        measured = " (measured)" if costs.measured else ""
        st.markdown(
            f"Takes **{plain(costs.estimate.time)}**, {size(costs.memory_mb * 1e6)} of memory{measured} and "
            f"{size(costs.disk_mb * 1e6)} of disk space. You may close the page meanwhile."
        )

        def use(changed: dict[str, Any]) -> None:
            changed = settings | changed
            save(
                {"preset": picked, "settings": changed, "name": name, "start_run_id": start_run_id},
                version,
            )
            forget(widgets_of(picked, version, model))
            st.rerun()

        ready_view.show(machine, costs.estimate.seconds)
        exam_view.say(
            version, model.family, recipe, use,
            lambda other: cost(version, model, other).estimate.time,
            goes_on=start_run_id is not None,
        )  # fmt: skip
        long_view.say(version, model, recipe)
        fit_view.show(fit_view.Asked(project_id, version, model, recipe, machine, use), costs)
        place.choose(project_id)
        if allowed.button(
            "Start training", key="start", type="primary", icon=":material/play_arrow:"
        ):
            title = name.strip() or default_name(picked)
            run = training.start_run(
                store,
                project_id=project_id,
                version_id=version.id,
                base_model_id=model.id,
                recipe=recipe,
                name=title,
                start_from=start_run_id,
            )
            save({"preset": picked, "settings": settings}, version)
            context.go(frame.PAGES["Train"][0], run=run.run_id)
        sweep_form.show(project_id, version, model, recipe, start_run_id)


def default_name(picked: str) -> str:
    number = len(training.list_runs(store, project_id)) + 1
    return f"{PRESETS[picked].title if picked in PRESETS else 'Training'} {number}"


def cost(version: VersionInfo, model: ModelInfo, recipe: Recipe) -> Outlook:
    return outlook.expected(store, machine, version, model, recipe)


def widgets_of(picked: str, version: VersionInfo, model: ModelInfo) -> str:
    """How the keys of the expert panel's widgets begin."""
    return f"set-{picked}-{model.family}-{version.task}"


def save(values: dict[str, Any], version: VersionInfo) -> None:
    drafts.save_draft(store, project_id, "train", {"version_id": version.id, **values})


def forget(key: str) -> None:
    """Let the widgets of the expert panel begin again with the preset's values."""
    for name in [name for name in st.session_state if str(name).startswith(f"{key}-")]:
        del st.session_state[name]


def earlier_runs() -> None:
    runs = training.list_runs(store, project_id)
    if not runs and not sweeps.list_sweeps(store, project_id):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("##### Trainings so far")
        compare_view.choose(runs)
    run_list.show(project_id, runs, run_row)
    question, about_id = dialogs.asked()
    asked = next((run for run in runs if run.id == about_id), None)
    if asked and question == "Rename":
        ask_rename(asked)
    elif asked and question == "Delete":
        ask_delete(asked)


def run_row(run: RunView) -> None:
    scores = (run.scores.get("test") or {}).get("tuned") or {}
    with st.container(border=True):
        with st.container(horizontal=True, wrap=False, vertical_alignment="center"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.page_link(
                    frame.PAGES["Train"][0],
                    label=f"**{plain(run.name)}**",
                    query_params=context.in_project(run=run.id),
                )
                status.badge(run.status)
                st.markdown(plain(headline(run.task, scores)), width="content")
            run_menu(run)
        st.caption(
            f"{plain(run.dataset_name)}, version {run.version_number} · {plain(run.base_model)} · "
            f"{when(run.created_at)}"
        )


def run_menu(run: RunView) -> None:
    choice = allowed.menu_button(
        "More", ["Rename", "Delete"], key=f"run-menu-{run.id}", type="tertiary",
        format_func=lambda o: f":material/{'edit' if o == 'Rename' else 'delete'}: {o}",
    )  # fmt: skip
    if choice:
        dialogs.ask(choice, run.id)


@st.dialog("Rename this training", on_dismiss=dialogs.answered)
def ask_rename(run: RunView) -> None:
    name = st.text_input("Name", run.name, key=f"rename-{run.id}")
    if allowed.button("Save", key="rename-save", type="primary"):
        with errors.shown():
            training.rename_run(store, run.id, name)
            dialogs.close()


@st.dialog("Delete this training?", on_dismiss=dialogs.answered)
def ask_delete(run: RunView) -> None:
    st.write(
        f"**{plain(run.name)}** will be deleted with its trained model, its curves and its scores. "
        "This cannot be undone."
    )
    if training.was_live(store, run.id):
        st.write("It was live. When, and who approved it, stays on record on the Evaluate page.")
    dialogs.decide(
        "run-delete", "Delete for good", "Keep it",
        lambda: training.delete_run(store, run.id), icon=":material/delete:",
    )  # fmt: skip


if st.query_params.get("run", "").isdigit():
    st.session_state["run-in-url"] = True
    run_view.show(int(st.query_params["run"]))
elif st.query_params.get("sweep", "").isdigit():
    st.session_state["run-in-url"] = True
    sweep_view.show(int(st.query_params["sweep"]))
elif ids := compare_view.read_ids(st.query_params.get("compare", "")):
    st.session_state["run-in-url"] = True
    compare_view.show(ids)
else:
    if st.session_state.pop("run-in-url", False):
        # A link to the page that one is on leaves the browser's address as it was, and the next
        # click would be taken for one on the run that stands in it.
        st.query_params.from_dict(context.in_project())
    machine = hardware()
    ready_to_train()
