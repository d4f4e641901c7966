"""Model: which base model fits the task and this machine."""

import streamlit as st

from workbench.core.tasks import CLASSIFICATION, task_named
from workbench.data import versions as datasets
from workbench.models import catalogue
from workbench.models.model_info import ModelInfo
from workbench.models.recommendation import recommend
from workbench.projects import projects
from workbench.system.hardware import hardware
from workbench.training import estimate
from workbench.training.estimate import Fit
from workbench.training.presets import preset
from workbench.ui import context, dialogs, frame
from workbench.ui.models import adding, card
from workbench.ui.text import plain

store = context.store()
project_id = context.project_id()
project = projects.get_project(store, project_id)
machine = hardware()
versions = datasets.list_versions(store, project_id)
newest = versions[0] if versions else None
task = newest.task if newest else CLASSIFICATION.name
viewer = card.Viewer(project_id, task, project.base_model_id)


def fit(model: ModelInfo) -> Fit:
    recipe = preset("balanced", task=task, family=model.family, rows=newest.rows if newest else 400)
    tokens = estimate.tokens_of(newest.mean_chars) if newest else None
    return estimate.fit_of(model, machine, recipe, tokens)


frame.header("Model", "Which model fits?")
models = catalogue.list_models(store)
advice = recommend(store, task, newest.rows if newest else 0, has_gpu=machine.gpu_name is not None)
if newest is None:
    st.info(
        "Add your data first, and the recommendation will be made for it. "
        "Until then it is for sorting texts into categories.",
        icon=":material/info:",
    )
else:
    st.write(
        f"To **{plain(task_named(task).title.lower())}**, learning from {newest.rows:,} examples "
        f"({plain(newest.dataset_name)}) on this machine:"
    )
card.recommended(advice.model, viewer, fit(advice.model), advice.reason)
st.markdown("##### Other models")
with st.grid(2, min_column_width=340):
    for model in models:
        if model.id != advice.model.id:
            card.other(model, viewer, fit(model))
with st.expander("Add another model", icon=":material/add:"):
    adding.show()
question, about_id = dialogs.asked()
if question == "remove":
    card.ask_remove(catalogue.get_model(store, about_id))
