"""Whether a training fits into memory, on the Train page: measured on a click, and what helps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from workbench.core.recipe import Recipe
from workbench.data.versions import VersionInfo
from workbench.jobs import queue
from workbench.jobs.job import get_job
from workbench.models import catalogue
from workbench.models.model_info import ModelInfo
from workbench.projects import projects
from workbench.system.hardware import Hardware
from workbench.training import ladder, measuring, summary
from workbench.training.outlook import Outlook
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.numbers import about, size
from workbench.ui.text import plain

POLL = "2s"


@dataclass(frozen=True)
class Asked:
    """The training that the page is about to start."""

    project_id: int
    version: VersionInfo
    model: ModelInfo
    recipe: Recipe
    machine: Hardware
    use: Callable[[dict[str, Any]], None]
    """Takes these settings over into the page."""


def show(asked: Asked, outlook: Outlook) -> None:
    """What was measured or can be, and the way down where memory will not do."""
    if not outlook.fits:
        _way_down(asked, outlook)
    job = measuring.last_measuring(context.store(), asked.version.id, asked.model.id, asked.recipe)
    if job is not None and measuring.is_open(job):
        st.fragment(_at_work, run_every=POLL)(job.id)
        return
    if job is not None and job.status == "failed" and not outlook.refused:
        st.warning(plain(job.reason), icon=":material/speed:")
    if outlook.measured is None or outlook.refused:
        _offer(asked)
        return
    st.caption(
        f":material/speed: Measured on its longest examples: a step takes "
        f"{about(outlook.measured.step_s)}."
    )


def _way_down(asked: Asked, outlook: Outlook) -> None:
    said = outlook.refused or (
        f"This does not fit: it needs about {size(outlook.memory_mb * 1e6)} of memory, and "
        f"{size(outlook.limit_mb * 1e6)} can be used here."
    )
    st.warning(plain(said), icon=":material/memory:")
    rungs = ladder.ladder(
        ladder.Asked(
            asked.machine, asked.model, asked.recipe, asked.version.task, outlook.lengths,
            int(asked.version.splits.get("train", 0)), outlook.correction, outlook.limit_mb,
        ),
        catalogue.list_models(context.store()),
    )  # fmt: skip
    for number, rung in enumerate(rungs, 1):
        _rung(asked, number, rung)
    if not any(rung.fits for rung in rungs):
        st.write("None of this is enough here: choose a smaller model on the Model page.")


def _rung(asked: Asked, number: int, rung: ladder.Rung) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{number}. {plain(rung.sentence)}", width="stretch")
        label = f"Use step {number}" if number == 1 else f"Use steps 1 to {number}"
        if rung.model_id is not None:
            label = "Choose this model"
        button = st.button if rung.model_id is None else allowed.button
        if not button(label, key=f"rung-{rung.name}", type="primary" if rung.fits else "secondary"):
            return
        if rung.model_id is not None:
            projects.choose_model(context.store(), asked.project_id, rung.model_id)
            st.rerun()
        asked.use(rung.settings)


def _offer(asked: Asked) -> None:
    if allowed.button(
        "Measure first", key="measure", icon=":material/speed:",
        help="Does three real steps on the longest examples, and a few exam questions: what the "
        "training takes is then known, not estimated. Nothing is learned by it.",
    ):  # fmt: skip
        with errors.shown():
            measuring.start_measuring(
                context.store(),
                project_id=asked.project_id,
                version_id=asked.version.id,
                base_model_id=asked.model.id,
                recipe=asked.recipe,
            )
            context.ensure_worker()
            st.rerun()


def _at_work(job_id: int) -> None:
    """How far the measurement is; it can be cancelled."""
    job = get_job(context.store(), job_id)
    if not measuring.is_open(job):
        st.rerun(scope="app")
    context.ensure_worker()
    phase = summary.PHASES.get(str(job.progress.get("phase") or ""), "Waits for its turn")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/speed: **Measuring** · {plain(phase)}", width="stretch")
        if allowed.button("Cancel", key="measure-cancel", icon=":material/stop_circle:"):
            queue.cancel_job(context.store(), job_id)
            st.rerun(scope="fragment")
