"""Model: which base model fits the task and this machine."""

import streamlit as st

from workbench.core.errors import WorkbenchError
from workbench.core.tasks import CLASSIFICATION, task_named
from workbench.data import versions as datasets
from workbench.data.texts import UNKNOWN, Texts, texts_of
from workbench.data.versions import VersionInfo
from workbench.models import catalogue
from workbench.models.model_info import SUGGESTED
from workbench.projects import model_candidates, projects
from workbench.projects.model_candidates import Wish
from workbench.projects.model_choice import recommend
from workbench.system.hardware import hardware
from workbench.ui import context, dialogs, frame
from workbench.ui.models import adding, card, suggested_details, suggested_list, suggested_offer
from workbench.ui.models.prompting import section as prompt_first
from workbench.ui.text import plain
from workbench.ui.training import long_view

store = context.store()
project_id = context.project_id()
project = projects.get_project(store, project_id)


@st.cache_data(max_entries=20, show_spinner="Looking at your texts …")
def known_texts(content: str, task: str, _version: VersionInfo) -> Texts:
    """Looked at once for each content of a version, whose file is named by it, and task."""
    return texts_of(_version)


def wished(newest: VersionInfo | None) -> Wish:
    if newest is None:
        return Wish(CLASSIFICATION.name)
    try:
        texts = known_texts(str(newest.path), newest.task, newest)
    except WorkbenchError:  # the Data page says what is wrong with it
        texts = UNKNOWN
    return Wish(newest.task, newest.rows, newest.mean_chars, texts, newest)


versions = datasets.list_versions(store, project_id)
newest = versions[0] if versions else None
wish = wished(newest)
viewer = card.Viewer(project_id, wish.task, project.base_model_id)
found = model_candidates.candidates(store, wish, hardware())
best = recommend(found, wish)
frame.header("Model", "Which model fits?")
if newest is None:
    st.info(
        "Add your data first, and the recommendation will be made for it. "
        "Until then it is for sorting texts into categories.",
        icon=":material/info:",
    )
else:
    st.write(
        f"To **{plain(task_named(wish.task).title.lower())}**, learning from {newest.rows:,} examples "
        f"({plain(newest.dataset_name)}) on this machine:"
    )
for recommendation in best:
    card.recommended(recommendation, viewer)
if newest is not None:
    prompt_first.show(newest, [one.model for one in found if one.is_here], project.base_model_id)
chosen = next((one.model for one in found if one.model.id == project.base_model_id), None)
if newest is not None and chosen is not None and chosen.state != SUGGESTED:
    long_view.say_usual(newest, chosen)
shown = {recommendation.candidate.model.location for recommendation in best}
rest = [one for one in found if one.model.location not in shown]
here = [one for one in rest if one.model.state != SUGGESTED]
if here:
    st.markdown("##### On this computer")
    with st.grid(2, min_column_width=340):
        for one in sorted(here, key=lambda one: one.model.id):
            card.other(one.model, viewer, one.fit)
st.markdown("##### More models")
others = [one for one in rest if one.model.state == SUGGESTED]
suggested_list.show(others, wish.texts.languages)
with st.expander("Add another model", icon=":material/add:"):
    if not suggested_offer.is_open():  # it asks the same, in a dialog
        adding.show()
if suggested_offer.is_open():
    suggested_offer.show()
question, about_id = dialogs.asked()
if question == "remove":
    card.ask_remove(catalogue.get_model(store, about_id))
if question == suggested_details.QUESTION:
    for one in found:
        if one.place == about_id and one.model.state == SUGGESTED:
            suggested_details.show(one)
