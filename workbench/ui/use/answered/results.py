"""Answered files: how far one is, the file to take away, and the earlier ones."""

import streamlit as st

from workbench.core.errors import WorkbenchError
from workbench.jobs import queue
from workbench.jobs.job import JobView
from workbench.ui import context, dialogs, errors, job_progress, status
from workbench.ui.accounts import allowed
from workbench.ui.numbers import about, count, plural, size, when
from workbench.ui.routes import download_route
from workbench.ui.text import plain
from workbench.ui.use.answered import bring_back
from workbench.ui.use.answered.first import OPENED
from workbench.use.answered import answered_files, written
from workbench.use.answered.answered_files import AnsweredFile
from workbench.use.answered.answers import Answers, answers_of, to_check

_POLL = "1s"


def show() -> None:
    """The answered file that was opened, or the newest; below it the others."""
    found = answered_files.list_files(context.store(), context.project_id())
    if not found:
        return
    wanted = st.query_params.get(OPENED, "")
    shown = next((one for one in found if str(one.job.id) == wanted), found[0])
    st.markdown("##### Answered files")
    with st.container(border=True, key=f"answered-{shown.job.id}"):
        _card(shown)
    others = [one for one in found if one is not shown]
    if others:
        with st.expander(f"Earlier files ({len(others)})", icon=":material/history:"):
            for one in others:
                _line(one)
    question, about_id = dialogs.asked()
    if question == "delete-answers":
        asked = next((one for one in found if one.job.id == about_id), None)
        if asked is not None:
            _ask_delete(asked)


def _card(file: AnsweredFile) -> None:
    if file.job.is_over:
        _head(file)
        _over(file)
    else:
        st.fragment(_live, run_every=_POLL)(file.job.id)


def _head(file: AnsweredFile) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/table_view: **{plain(file.name)}**", width="content")
        status.badge("cancelling" if file.job.is_ending else file.job.status)
        st.caption(f"{plain(file.line)} · {plain(file.model)} · {when(file.job.created_at)}")


def _live(job_id: int) -> None:
    """How far a file is; when it is over the page is drawn anew."""
    try:
        file = answered_files.get_file(context.store(), job_id)
    except WorkbenchError:  # deleted in another window
        st.rerun(scope="app")
    if file.job.is_over:
        st.rerun(scope="app")
    context.ensure_worker()
    _head(file)
    share = min(1.0, file.rows / file.of) if file.of else 0.0
    st.progress(share, text=_doing(file.job))
    _buttons(file.job)
    if file.job.reason:
        st.caption(plain(file.job.reason))


def _doing(job: JobView) -> str:
    if job.is_ending:
        return "It is being stopped; the answers so far are kept …"
    if job.status == "paused":
        return "Paused; the answers so far are kept"
    if job.status == "pausing":
        return "It is being paused …"
    if job.status == "queued":
        before = f" behind {plural(job.ahead, 'other job')}" if job.ahead else ""
        return f"Waits for its turn{before} …"
    step, total = job.progress.get("step"), job.progress.get("total_steps")
    left = job.progress.get("seconds_left")
    parts = [
        f"{count(step)} of {plural(int(total), 'row')} answered" if step and total else "",
        "" if step else plain(job.progress.get("message") or "It starts"),
        f"{about(left)} left" if left else "",
    ]
    return " · ".join(part for part in parts if part)


def _buttons(job: JobView) -> None:
    if job.is_ending:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if job.pause_requested_at is not None:
            if allowed.button("Go on", key=f"answer-resume-{job.id}", icon=":material/play_arrow:"):
                _act(job.id, "resume")
        elif allowed.button("Pause", key=f"answer-pause-{job.id}", icon=":material/pause:"):
            _act(job.id, "pause")
        if allowed.button("Stop", key=f"answer-cancel-{job.id}", icon=":material/stop_circle:"):
            _act(job.id, "cancel")
        st.caption("You may close this page: it goes on, and the answers so far are kept.")


def _act(job_id: int, what: str) -> None:
    """Do it, and draw the page anew; a job that has ended meanwhile is a sentence."""
    act = {"resume": queue.resume_job, "pause": queue.pause_job, "cancel": queue.cancel_job}[what]
    with errors.shown():
        act(context.store(), job_id)
        st.rerun(scope="app")


def _over(file: AnsweredFile) -> None:
    if not file.is_whole and file.job.reason:
        told = st.error if file.job.status == "failed" else st.info
        told(plain(file.job.reason))
    with errors.shown():
        found = answers_of(context.store(), file.job.id)
        if found.paths:
            _take_away(found)
    with st.container(horizontal=True):
        if allowed.button("Delete", key=f"answer-delete-{file.job.id}", icon=":material/delete:"):
            dialogs.ask("delete-answers", file.job.id)
            st.rerun()


def _take_away(found: Answers) -> None:
    """The file to take away; a job writes it when it is first looked at, or a limit has changed."""
    job = written.newest(context.store(), found) or written.start(context.store(), found)
    if not job.is_over:
        job_progress.show(job)
        return
    if job.status != "succeeded":
        st.error(plain(f"The file could not be written. {job.reason}"), icon=":material/error:")
        if allowed.button("Write it again", key=f"answer-write-{found.job_id}"):
            written.start(context.store(), found)
            st.rerun()
        return
    file = written.written_by(job, found)
    _say(found, file)
    st.link_button(
        f"Download {plain(file.name)} ({size(file.path.stat().st_size)})",
        download_route.link(file.path, file.name),
        icon=":material/download:",
        type="primary",
    )
    bring_back.show(found, file)


def _say(found: Answers, file: written.Written) -> None:
    """What stands in the file."""
    titles = ", ".join(f"*{plain(title)}*" for title in file.titles)
    own = "your own file, nothing else in it changed" if file.patched else "a new file"
    st.write(f"{plural(file.rows, 'row')} answered. It is {own}, with the new columns {titles}.")
    checks = to_check(found)
    if checks is not None:
        st.write(
            f":material/person_search: **{plural(checks, 'row')}** to check: the model is less sure of "
            "them than the limit that you set on the Evaluate page (*Please check* says yes)."
            if checks
            else ":material/check: The model is surer of every row than your limit asks."
        )
    for note in file.notes:
        st.caption(plain(note))


def _line(file: AnsweredFile) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        _head(file)
        if st.button("Open", key=f"answer-open-{file.job.id}"):
            st.query_params[OPENED] = str(file.job.id)
            st.rerun()


@st.dialog("Delete these answers?", on_dismiss=dialogs.answered)
def _ask_delete(file: AnsweredFile) -> None:
    st.write(
        f"The answers to **{plain(file.name)}** will be deleted here. Files that you have taken away "
        "stay as they are, but cannot be brought back any more."
    )

    def delete() -> None:
        answered_files.delete(context.store(), file.job.id)
        st.query_params.pop(OPENED, None)

    dialogs.decide("delete-answers", "Delete them", "Keep them", delete, icon=":material/delete:")
