"""A newer file without answers: is it still like what the model learned from?"""

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from workbench.core.tasks import task_named
from workbench.data import mapped_file
from workbench.data.mapped_file import MappedFile
from workbench.evaluation import drift
from workbench.evaluation.drift import Drift
from workbench.evaluation.rows.learned_rows import LearnedRows
from workbench.jobs.job import JobView
from workbench.training.run_view import RunView
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.evaluation import drift_view
from workbench.ui.numbers import count
from workbench.ui.text import plain
from workbench.use import batch

_KINDS = ["csv", "tsv", "txt", "xlsx", "jsonl", "json", "parquet"]
_LARGEST_MB = 32
_POLL_S = 2.0


def show(run: RunView) -> None:
    """The box; closed it costs nothing."""
    box = st.expander(
        "Has anything changed? Look at a newer file",
        icon=":material/moving:",
        key=f"drift-box-{run.id}",
        on_change="rerun",
    )
    if not box.open:
        return
    with box, errors.shown():
        st.write(
            "Bring texts of today: you see whether they are still like those that the model learned "
            "from and was examined on. Where you know the right answers, score the file under *Test on "
            "another file*: the tab *Against the exam* then tells more. Nothing is learned from it."
        )
        upload = st.file_uploader(
            "File with newer texts",
            type=_KINDS,
            max_upload_size=_LARGEST_MB,
            key=f"drift-file-{run.id}",
        )
        if upload is not None:
            _show(run, upload)


def _show(run: RunView, upload: UploadedFile) -> None:
    learned = drift_view.learned_of(run.id)
    if learned is None:
        st.write(drift.NOTHING_LEARNED)
        return
    name = Path(upload.name).name
    digest = hashlib.sha256(upload.getbuffer()).hexdigest()
    job = drift.prediction_of(context.store(), run.id, digest)
    if job is not None and job.status == "succeeded":
        number = job.id
        drift_view.show(
            _once(
                ("answers", number), lambda: drift.of_prediction(context.store(), number, learned)
            )
        )
        return
    _show_texts(run, name, upload, learned)
    if job is not None and not job.is_over:
        st.fragment(_watch, run_every=_POLL_S)(run.id, digest)
    elif task_named(run.task).answers_are_categories:
        _offer(run, name, upload, job)


def _show_texts(run: RunView, name: str, upload: UploadedFile, learned: LearnedRows) -> None:
    def found() -> Drift:
        return drift.of_texts(context.store(), run.id, _mapped(run, name, upload), learned)

    drift_view.show(_once((str(run.id), upload.file_id), found))


def _once(key: tuple[object, ...], found: Callable[[], Drift]) -> Drift:
    """What was found of the file on the page; a rerun of the page does not compare it again."""
    kept = st.session_state.get("drift-file-found")
    if kept is None or kept[0] != key:
        with st.spinner("Comparing with what it learned from …"):
            st.session_state["drift-file-found"] = kept = (key, found())
    told: Drift = kept[1]
    return told


def _mapped(run: RunView, name: str, upload: UploadedFile) -> MappedFile:
    with tempfile.TemporaryDirectory() as folder:
        return mapped_file.map_file(
            context.store(), run.version_id, _written(folder, upload), need_answers=False, name=name
        )


def _written(folder: str, upload: UploadedFile) -> Path:
    path = Path(folder) / f"texts{Path(upload.name).suffix.lower()}"
    path.write_bytes(upload.getbuffer())
    return path


def _offer(run: RunView, name: str, upload: UploadedFile, job: JobView | None) -> None:
    """Let the model answer the file: how sure it is tells more than the texts alone."""
    if job is not None and job.status == "failed":
        st.error(plain(f"The file was not answered. {job.reason}"), icon=":material/error:")
    if allowed.button("Let the model answer it, too", key="drift-ask", icon=":material/forum:"):
        with tempfile.TemporaryDirectory() as folder:
            batch.start_prediction(context.store(), run.id, _written(folder, upload), name)
        st.rerun()


def _watch(run_id: int, digest: str) -> None:
    """How far the answers are; the page is drawn anew when they are there."""
    job = drift.prediction_of(context.store(), run_id, digest)
    if job is None or job.is_over:
        st.rerun(scope="app")
    context.ensure_worker()
    step, total = job.progress.get("step"), job.progress.get("total_steps")
    share = min(1.0, step / total) if step and total else 0.0
    of = f" {count(step)} of {count(total)}" if step and total else ""
    st.progress(share, text=f"The model answers the file …{of}")
