"""Model: which base model fits the task and this machine."""

from pathlib import Path

import streamlit as st

from workbench.core.tasks import CLASSIFICATION, task_named
from workbench.data import versions as datasets
from workbench.jobs import job as jobs
from workbench.jobs import queue
from workbench.models import catalogue
from workbench.models.families import family_named
from workbench.models.hub import GatedModel, save_token
from workbench.models.model_info import FAILED, LOADING, ModelInfo, can_learn
from workbench.models.recommendation import recommend
from workbench.projects import projects
from workbench.system.hardware import hardware
from workbench.training import estimate
from workbench.training.estimate import Fit
from workbench.training.presets import preset
from workbench.ui import context, dialogs, errors, frame
from workbench.ui.numbers import short_count, size
from workbench.ui.text import plain

SOURCES = {
    "bundled": "comes with the workbench",
    "folder": "on this computer",
    "hub": "from the hub",
}
store = context.store()
project_id = context.project_id()
project = projects.get_project(store, project_id)
machine = hardware()
versions = datasets.list_versions(store, project_id)
newest = versions[0] if versions else None
task = newest.task if newest else CLASSIFICATION.name


def fit(model: ModelInfo) -> Fit:
    recipe = preset("balanced", task=task, family=model.family, rows=newest.rows if newest else 400)
    tokens = estimate.tokens_of(newest.mean_chars) if newest else None
    return estimate.fit_of(model, machine, recipe, tokens)


def facts(model: ModelInfo, fits: Fit) -> None:
    icon = ":green[:material/check_circle:]" if fits.ok else ":orange[:material/warning:]"
    st.markdown(f"{icon} {fits.sentence}")
    st.caption(
        f"{short_count(model.parameters)} parameters · {size(model.size_bytes)} · "
        f"licence {plain(model.licence) or 'not stated'} · {SOURCES[model.source]}"
    )


def tried(model: ModelInfo) -> None:
    """What was written anew for it, and what was found when it was tried."""
    for sentence in model.conversions:
        st.caption(f":material/sync: {plain(sentence)}")
    if not model.checks:
        return
    with st.expander("What was tried", icon=":material/checklist:"):
        for name, sentence in model.checks.items():
            st.caption(f"**{plain(name.capitalize())}**: {plain(sentence)}")


def head(model: ModelInfo, badge: str = "") -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(plain(model.name), anchor=False, width="content")
        st.badge(plain(family_named(model.family).does), color="gray")
        if model.id == project.base_model_id:
            st.badge("Chosen", icon=":material/check:", color="green")
        if badge:
            st.badge(badge, icon=":material/thumb_up:", color="blue")


def choose(model: ModelInfo, *, primary: bool) -> None:
    if model.id == project.base_model_id:
        if st.button(
            "Go on to Train",
            key=f"train-{model.id}",
            type="primary",
            icon=":material/arrow_forward:",
        ):
            context.go(frame.PAGES["Train"][0])
        return
    if st.button(
        "Choose this model", key=f"choose-{model.id}", type="primary" if primary else "secondary"
    ):
        projects.choose_model(store, project_id, model.id)
        st.rerun()


def recommended(model: ModelInfo, reason: str) -> None:
    with st.container(border=True):
        head(model, "Recommended")
        st.write(plain(reason))
        facts(model, fit(model))
        tried(model)
        choose(model, primary=project.base_model_id is None)


def other(model: ModelInfo) -> None:
    with st.container(border=True, height="stretch"):
        head(model)
        st.write(plain(model.purpose))
        if model.state == LOADING:
            download(model)
            return
        if model.state == FAILED:
            failed(model)
        else:
            fits = fit(model)
            facts(model, fits)
            tried(model)
            if not can_learn(model, task):
                st.caption(
                    f":material/block: Cannot learn '{plain(task_named(task).title.lower())}': "
                    f"it {plain(family_named(model.family).limits)}."
                )
            else:
                choose(model, primary=False)
        if not model.is_bundled and st.button(
            "Remove", key=f"remove-{model.id}", type="tertiary", icon=":material/delete:"
        ):
            dialogs.ask("remove", model.id)


def failed(model: ModelInfo) -> None:
    reason = jobs.get_job(store, model.job_id).reason if model.job_id else ""
    if model.source == "folder" and model.job_id is None:
        st.warning(
            f"{plain(str(model.path))} is no longer there: bring it back or remove the model.",
            icon=":material/folder_off:",
        )
    elif model.source == "folder":
        st.warning(f"It cannot be used. {plain(reason)}", icon=":material/error:")
    else:
        st.warning(f"The download did not work out. {plain(reason)}", icon=":material/cloud_off:")
    if st.button("Try again", key=f"again-{model.id}"):
        with errors.shown():
            if model.source == "folder":
                catalogue.add_folder(store, Path(model.location))
                st.rerun()
            add(model.location)


@st.fragment(run_every="2s")
def download(model: ModelInfo) -> None:
    now = catalogue.get_model(store, model.id)
    if now.state != LOADING or now.job_id is None:
        st.rerun(scope="app")
    job = jobs.get_job(store, now.job_id)
    done, total = job.progress.get("step") or 0, job.progress.get("total_steps") or 0
    at_work = "Downloading" if model.source == "hub" else "Being tried"
    waiting = "Waiting for its turn" if job.status == "queued" else at_work
    st.progress(
        min(1.0, done / total) if total else 0.0,
        text=plain(job.progress.get("message") or f"{waiting} · {size(model.size_bytes)} in all"),
    )
    for sentence in model.conversions:
        st.caption(f":material/sync: {plain(sentence)}")
    what = "the download" if model.source == "hub" else "that"
    if st.button(f"Cancel {what}", key=f"cancel-{model.id}"):
        queue.cancel_job(store, job.id)
        st.rerun(scope="app")


@st.dialog("Remove this model?", on_dismiss=dialogs.answered)
def ask_remove(model: ModelInfo) -> None:
    what = "Its files are deleted, too." if model.source == "hub" else "Its folder stays as it is."
    if model.source == "folder" and str(model.path) != model.location:
        what = "What was converted is deleted, too; where it came from stays as it is."
    st.write(f"**{plain(model.name)}** leaves the list. {what}")
    dialogs.decide(
        "remove", "Remove it", "Keep it",
        lambda: catalogue.remove_model(store, model.id), icon=":material/delete:",
    )  # fmt: skip


def add(hub_id: str) -> None:
    """Add a model of the hub; when its owner asks for a token, remember for which model."""
    try:
        with st.spinner("Asking the hub …"):
            catalogue.add_hub(store, hub_id)
    except GatedModel:
        st.session_state["gated"] = hub_id
        raise
    st.session_state.pop("gated", None)
    st.rerun()


def add_from_folder() -> None:
    with st.form("folder-form", border=False):
        folder = st.text_input(
            "Folder or .gguf file on this computer",
            key="folder",
            placeholder="/home/you/models/SmolLM2-360M-Instruct",
            help="A folder holds config.json, the weights (.safetensors, or pytorch_model.bin) and "
            "the tokenizer. What is in another form than safetensors is converted once.",
        )
        sent = st.form_submit_button("Add from folder", key="folder-add")
    if sent and folder.strip():
        with errors.shown():
            catalogue.add_folder(store, Path(folder.strip()))
            st.rerun()


def add_from_hub() -> None:
    with st.form("hub-form", border=False):
        hub_id = st.text_input(
            "Name on the Hugging Face hub",
            key="hub",
            placeholder="HuggingFaceTB/SmolLM2-360M-Instruct",
            help="Only the model is downloaded; nothing of yours is sent.",
        )
        token = ""
        if st.session_state.get("gated"):
            token = st.text_input("Access token", key="hub-token", type="password")
        sent = st.form_submit_button("Add from the hub", key="hub-add")
    if sent and hub_id.strip():
        with errors.shown():
            if token.strip():
                save_token(token)
            add(hub_id)


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
recommended(advice.model, advice.reason)
st.markdown("##### Other models")
with st.grid(2, min_column_width=340):
    for model in models:
        if model.id != advice.model.id:
            other(model)
with st.expander("Add another model", icon=":material/add:"):
    left, right = st.columns(2, gap="large")
    with left:
        add_from_folder()
    with right:
        add_from_hub()
question, about_id = dialogs.asked()
if question == "remove":
    ask_remove(catalogue.get_model(store, about_id))
