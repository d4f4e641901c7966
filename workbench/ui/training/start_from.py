"""What a training begins with: which data, which model."""

from typing import Any

import streamlit as st

from workbench.core.tasks import task_named
from workbench.data.described import is_only_described
from workbench.data.versions import VersionInfo
from workbench.evaluation.exam_left import exam_left
from workbench.models import catalogue
from workbench.models.model_info import ModelInfo
from workbench.projects import projects
from workbench.training import chain
from workbench.training import runs as training
from workbench.training.presets import preset
from workbench.ui import context, errors, frame
from workbench.ui.accounts import allowed
from workbench.ui.text import plain

BASE = 0
"""Stands for the base model among the runs that a training can start from."""


def choose_version(versions: list[VersionInfo], draft: dict[str, Any]) -> VersionInfo:
    """A version; the one that was chosen before stands there first."""
    by_id = {version.id: version for version in versions}
    wanted = draft.get("version_id")
    chosen = st.selectbox(
        "Data",
        list(by_id),
        index=list(by_id).index(wanted) if wanted in by_id else 0,
        format_func=lambda i: _label(by_id[i]),
        key="version",
    )
    return by_id[chosen]


def _label(version: VersionInfo) -> str:
    size = "descriptions only" if is_only_described(version) else f"{version.rows:,} examples"
    return f"{version.dataset_name}, version {version.number} ({size})"


def choose_model(project_id: int, models: list[ModelInfo], chosen: int) -> ModelInfo | None:
    """The project's model; another choice is the project's from then on."""
    store = context.store()
    by_id = {model.id: model for model in models}
    if chosen not in by_id:
        reason = "is not ready, or cannot learn this task"
        name = catalogue.get_model(store, chosen).name
        st.warning(f"{plain(name)} {reason}: choose another.", icon=":material/warning:")
    picked = st.selectbox(
        "Base model",
        list(by_id),
        index=list(by_id).index(chosen) if chosen in by_id else None,
        format_func=lambda i: by_id[i].name,
        key="model",
        placeholder="Choose a model",
    )
    if picked is None:
        return None
    if picked != chosen:
        projects.choose_model(store, project_id, picked)
        st.rerun()
    return by_id[picked]


def choose_start(project_id: int, model: ModelInfo, draft: dict[str, Any]) -> int | None:
    """The run whose model is trained further; None for the base model as it came."""
    runs = {one.run_id: one for one in chain.startable(context.store(), model.id, project_id)}
    if not runs:
        return None
    wanted, choices = draft.get("start_run_id"), [BASE, *runs]
    return (
        st.selectbox(
            "Start from",
            choices,
            index=choices.index(wanted) if wanted in runs else 0,
            format_func=lambda i: _start_title(model, runs.get(i), project_id),
            key=f"start-from-{model.id}",
            help="A model that learned something before can be trained further: first your language, "
            "then your replies; or the same on new data. What it learned stays with the new model "
            "(a chain), also when the earlier training is deleted.",
        )
        or None
    )


def advise(version: VersionInfo, start_run_id: int | None) -> None:
    """That manners are best taught to a model that knows the answers; what is left of the exam."""
    if task_named(version.task).compares and start_run_id is None:
        st.caption(
            "These pairs teach which answers are better, not what is true. Best of all is to train on "
            "your answers first and to start from that model."
        )
    if start_run_id is not None and (said := _exam_left(start_run_id, str(version.path), version)):
        st.info(said, icon=":material/quiz:")


@st.cache_data(show_spinner=False, max_entries=64)
def _exam_left(start_run_id: int, ground: str, _version: VersionInfo) -> str:
    """`ground` names the content of the version."""
    left = exam_left(context.store(), start_run_id, _version)
    return left.sentence if left else ""


def _start_title(model: ModelInfo, run: chain.Startable | None, project_id: int) -> str:
    return f"{model.name} as it came" if run is None else run.words(project_id)


def show_described(project_id: int, version: VersionInfo, model: ModelInfo) -> None:
    """Descriptions alone need no choice of how thoroughly: there is nothing to learn from yet."""
    st.info(
        f"'{plain(version.dataset_name)}' has descriptions of {len(version.labels)} categories and "
        "no examples yet. The model sorts by the descriptions, in less than a minute. How often it "
        "is right, nobody can know before some texts are sorted by you.",
        icon=":material/label:",
    )
    with errors.shown():
        if allowed.button(
            "Make the model", key="start", type="primary", icon=":material/play_arrow:"
        ):
            run = training.start_run(
                context.store(),
                project_id=project_id,
                version_id=version.id,
                base_model_id=model.id,
                recipe=preset("quick", task=version.task, family=model.family, rows=0),
                name="From descriptions",
            )
            context.go(frame.PAGES["Train"][0], run=run.run_id)
