"""One base model of the catalogue, as the Model page shows it."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from workbench.core.tasks import task_named
from workbench.jobs import job as jobs
from workbench.jobs import queue
from workbench.jobs.job import JobView
from workbench.models import catalogue
from workbench.models.families import family_named
from workbench.models.model_info import FAILED, LOADING, ModelInfo, can_learn
from workbench.models.suggested import Suggestion
from workbench.projects import projects
from workbench.projects.model_candidates import Candidate
from workbench.projects.model_choice import Recommendation
from workbench.training.estimate import Fit
from workbench.ui import context, dialogs, errors, frame
from workbench.ui.accounts import allowed
from workbench.ui.models import adding, suggested_details, suggested_offer, suggested_words
from workbench.ui.numbers import about, short_count, size
from workbench.ui.text import plain

_SOURCES = {
    "bundled": "comes with the workbench",
    "folder": "on this computer",
    "hub": "from the hub",
}


@dataclass(frozen=True)
class Viewer:
    """The project for which models are shown."""

    project_id: int
    task: str
    chosen_id: int | None
    """The base model that it has."""


def recommended(recommendation: Recommendation, viewer: Viewer) -> None:
    """A model to begin with, and why: one that is here, or one to download."""
    one = recommendation.candidate
    with st.container(border=True):
        _head(one.model, viewer, "Recommended" if one.is_here else "Recommended to download")
        st.write(plain(recommendation.reason))
        if one.suggestion is not None and not one.is_here:
            _suggested(one, one.suggestion)
            return
        _facts(one.model, one.fit)
        _tried(one.model)
        _choose(one.model, viewer, primary=viewer.chosen_id is None)


def _suggested(one: Candidate, suggestion: Suggestion) -> None:
    st.caption(plain(suggestion.purpose))
    st.markdown(suggested_words.fits(one.fit))
    st.caption(
        f"{suggested_words.parameters(one)} · download {suggested_words.download(suggestion)} · "
        f"{suggested_words.licence(suggestion)}"
    )
    with st.container(horizontal=True):
        suggested_offer.button(one, suggestion, key=f"add-{one.place}", primary=False)
        if st.button("Details", key=f"details-{one.place}", type="tertiary"):
            dialogs.ask(suggested_details.QUESTION, one.place)


def other(model: ModelInfo, viewer: Viewer, fits: Fit) -> None:
    """A model beside it, which may still be loading, or may have failed to."""
    with st.container(border=True, height="stretch"):
        _head(model, viewer)
        st.write(plain(model.purpose))
        if model.state == LOADING:
            st.fragment(_loading, run_every="2s")(model)
            return
        if model.state == FAILED:
            _failed(model)
        else:
            _ready(model, viewer, fits)
        if not model.is_bundled and allowed.button(
            "Remove",
            needs=allowed.ADMINISTRATOR,
            key=f"remove-{model.id}",
            type="tertiary",
            icon=":material/delete:",
        ):
            dialogs.ask("remove", model.id)


@st.dialog("Remove this model?", on_dismiss=dialogs.answered)
def ask_remove(model: ModelInfo) -> None:
    """Whether it is to leave the catalogue, and what goes with it."""
    what = "Its files are deleted, too." if model.source == "hub" else "Its folder stays as it is."
    if model.source == "folder" and str(model.path) != model.location:
        what = "What was converted is deleted, too; where it came from stays as it is."
    st.write(f"**{plain(model.name)}** leaves the list. {what}")
    dialogs.decide(
        "remove", "Remove it", "Keep it",
        lambda: catalogue.remove_model(context.store(), model.id), icon=":material/delete:",
    )  # fmt: skip


def _head(model: ModelInfo, viewer: Viewer, badge: str = "") -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(plain(model.name), anchor=False, width="content")
        st.badge(plain(family_named(model.family).does), color="gray")
        if model.id == viewer.chosen_id:
            st.badge("Chosen", icon=":material/check:", color="green")
        if badge:
            st.badge(badge, icon=":material/thumb_up:", color="blue")


def _facts(model: ModelInfo, fits: Fit) -> None:
    icon = ":green[:material/check_circle:]" if fits.ok else ":orange[:material/warning:]"
    st.markdown(f"{icon} {plain(fits.sentence)}")
    on = plain(model.licence_accepted_at)
    st.caption(
        f"{short_count(model.parameters)} parameters · {size(model.size_bytes)} · "
        f"licence {plain(model.licence) or 'not stated'}{f' (accepted on {on})' if on else ''} · "
        f"{_SOURCES[model.source]}"
    )


def _tried(model: ModelInfo) -> None:
    """What was written anew for it, and what was found when it was tried."""
    for sentence in model.conversions:
        st.caption(f":material/sync: {plain(sentence)}")
    if not model.checks:
        return
    with st.expander("What was tried", icon=":material/checklist:"):
        for name, sentence in model.checks.items():
            st.caption(f"**{plain(name.capitalize())}**: {plain(sentence)}")


def _ready(model: ModelInfo, viewer: Viewer, fits: Fit) -> None:
    _facts(model, fits)
    _tried(model)
    if can_learn(model, viewer.task):
        _choose(model, viewer, primary=False)
        return
    st.caption(
        f":material/block: Cannot learn '{plain(task_named(viewer.task).title.lower())}': "
        f"it {plain(family_named(model.family).limits)}."
    )


def _choose(model: ModelInfo, viewer: Viewer, *, primary: bool) -> None:
    if model.id == viewer.chosen_id:
        if st.button(
            "Go on to Train",
            key=f"train-{model.id}",
            type="primary",
            icon=":material/arrow_forward:",
        ):
            context.go(frame.PAGES["Train"][0])
        return
    if allowed.button(
        "Choose this model", key=f"choose-{model.id}", type="primary" if primary else "secondary"
    ):
        projects.choose_model(context.store(), viewer.project_id, model.id)
        st.rerun()


def _failed(model: ModelInfo) -> None:
    store = context.store()
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
    if allowed.button("Try again", needs=allowed.ADMINISTRATOR, key=f"again-{model.id}"):
        with errors.shown():
            if model.source == "folder":
                catalogue.add_folder(store, Path(model.location))
                st.rerun()
            adding.add_hub(model.location)


def _loading(model: ModelInfo) -> None:
    """How far the download, or the trying, is; it can be cancelled."""
    store = context.store()
    now = catalogue.get_model(store, model.id)
    if now.state != LOADING or now.job_id is None:
        st.rerun(scope="app")
    job = jobs.get_job(store, now.job_id)
    done, total = job.progress.get("step") or 0, job.progress.get("total_steps") or 0
    st.progress(min(1.0, done / total) if total else 0.0, text=_at(job, model))
    for sentence in model.conversions:
        st.caption(f":material/sync: {plain(sentence)}")
    with st.container(horizontal=True):
        _pause(model, job)
        what = "the download" if model.source == "hub" else "that"
        if allowed.button(f"Cancel {what}", needs=allowed.ADMINISTRATOR, key=f"cancel-{model.id}"):
            queue.cancel_job(store, job.id)
            st.rerun(scope="app")


def _at(job: JobView, model: ModelInfo) -> str:
    """What the job does, and how far it is."""
    message = plain(job.progress.get("message") or "")
    if job.status == "paused":
        return f"Paused. {message}"
    if job.status == "pausing":
        return "Being paused …"
    if job.status == "queued":
        return f"Waiting for its turn · {size(model.size_bytes)} in all"
    at_work = "Downloading" if model.source == "hub" else "Being tried"
    left = job.progress.get("seconds_left")
    time_left = f" · {about(left)} left" if left and message else ""
    return f"{message}{time_left}" or f"{at_work} · {size(model.size_bytes)} in all"


def _pause(model: ModelInfo, job: JobView) -> None:
    """A download may rest, and go on where it was."""
    if job.status == "paused":
        if allowed.button(
            "Go on",
            needs=allowed.ADMINISTRATOR,
            key=f"resume-{model.id}",
            icon=":material/play_arrow:",
        ):
            queue.resume_job(context.store(), job.id)
            context.ensure_worker()
            st.rerun(scope="app")
        return
    may = job.can_be_paused and job.status != "pausing"
    if may and allowed.button(
        "Pause", needs=allowed.ADMINISTRATOR, key=f"pause-{model.id}", icon=":material/pause:"
    ):
        with errors.shown():
            queue.pause_job(context.store(), job.id)
            st.rerun(scope="app")
