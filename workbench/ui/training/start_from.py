"""What a training begins with: which data, which model."""

from typing import Any

import streamlit as st

from workbench.data.described import is_only_described
from workbench.data.versions import VersionInfo
from workbench.models import catalogue
from workbench.models.model_info import ModelInfo
from workbench.projects import projects
from workbench.training import runs as training
from workbench.training.presets import preset
from workbench.ui import context, errors, frame
from workbench.ui.text import plain


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


def show_described(project_id: int, version: VersionInfo, model: ModelInfo) -> None:
    """Descriptions alone need no choice of how thoroughly: there is nothing to learn from yet."""
    st.info(
        f"'{plain(version.dataset_name)}' has descriptions of {len(version.labels)} categories and "
        "no examples yet. The model sorts by the descriptions, in less than a minute. How often it "
        "is right, nobody can know before some texts are sorted by you.",
        icon=":material/label:",
    )
    with errors.shown():
        if st.button("Make the model", key="start", type="primary", icon=":material/play_arrow:"):
            run = training.start_run(
                context.store(),
                project_id=project_id,
                version_id=version.id,
                base_model_id=model.id,
                recipe=preset("quick", task=version.task, family=model.family, rows=0),
                name="From descriptions",
            )
            context.go(frame.PAGES["Train"][0], run=run.run_id)
