"""Queue: what runs and what waits, of all projects; in which order, and what to interrupt."""

from collections.abc import Callable

import streamlit as st

from workbench.jobs import cluster, overview, placing, queue
from workbench.jobs.cluster import CLUSTER, HERE
from workbench.jobs.job import JobView
from workbench.jobs.overview import Queue, QueuedJob
from workbench.jobs.process.specs import SweepSpec
from workbench.projects import ready
from workbench.projects.ready import Ready
from workbench.system.hardware import hardware
from workbench.training import summary
from workbench.ui import context, dialogs, errors, frame, status
from workbench.ui.accounts import allowed
from workbench.ui.numbers import about, duration, plural, when
from workbench.ui.text import plain
from workbench.ui.training import ready_view

POLL, CALM = "2s", "10s"
"""How often the page looks: while something runs or waits, and while nothing does."""
MOVES = {
    "First": "vertical_align_top",
    "Earlier": "arrow_upward",
    "Later": "arrow_downward",
    "After …": "subdirectory_arrow_right",
}
store = context.store()


def show_queue(calm: bool) -> None:
    with store.looking():
        found = overview.queue(store)
        if calm and found.open:
            st.rerun()  # from now on it looks more often
        show_found(found)


def show_found(found: Queue) -> None:
    done = (
        ready.of_jobs(store, hardware()) if any(one.view.about.learns for one in found.open) else {}
    )
    if found.open:
        context.ensure_worker()
    elif not found.of_others:
        st.info(
            "Nothing runs and nothing waits. What you start on the pages of a project appears here.",
            icon=":material/check_circle:",
        )
    for job in found.open:
        open_job(job, found, done.get(job.view.id))
    if found.of_others:
        st.caption(f"{plural(found.of_others, 'job')} of other projects, beside yours.")
    if found.ended:
        st.markdown("##### Ended lately")
        st.dataframe(
            [ended_row(job) for job in found.ended], hide_index=True, key="ended", width="stretch"
        )


def open_job(job: QueuedJob, found: Queue, done: Ready | None) -> None:
    view = job.view
    with st.container(border=True, key=f"job-{view.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            title(view)
            status.badge("cancelling" if view.is_ending else view.status)
        st.caption(line(job))
        if done:
            st.caption(plain(ready_words(done)))
        if view.is_active:
            st.progress(summary.share_done(view.progress), text=plain(progress(view)))
        if view.warning:
            st.warning(plain(view.warning), icon=":material/hourglass_top:")
        with st.container(horizontal=True):
            buttons(view, found)


def title(view: JobView) -> None:
    """What it is; of a training with a link to its page."""
    icon, name = f":material/{view.about.icon}:", f"**{plain(view.title)}**"
    if view.about.learns and view.project_id is not None:
        where = {"project": str(view.project_id), "run": str(view.run_id)}
        st.page_link(frame.PAGES["Train"][0], label=name, icon=icon, query_params=where)
    elif view.kind == SweepSpec.kind:
        where = {"project": str(view.project_id), "sweep": str(view.id)}
        st.page_link(frame.PAGES["Train"][0], label=name, icon=icon, query_params=where)
    else:
        st.markdown(f"{icon} {name}", width="content")


def line(job: QueuedJob) -> str:
    view = job.view
    of = f"{plain(job.project)} · " if job.project else ""
    if view.place == CLUSTER:
        of += "on the cluster · "
    if view.held:
        return f"{of}{plain(view.held[0].lower() + view.held[1:])}"
    if view.status == "queued" and not view.is_ending:
        return f"{of}waits behind {plural(view.ahead, 'job')}" if view.ahead else f"{of}starts next"
    if view.started_at is None:
        return f"{of}added {when(view.created_at)}"
    again = f" · attempt {view.attempt}: {plain(view.reason)}" if view.reason else ""
    return f"{of}begun {when(view.started_at)}{again}"


def ready_words(done: Ready) -> str:
    return f"Ready {ready_view.moment(done.at)}{ready_view.unknown(done)}"


def progress(view: JobView) -> str:
    said = summary.progress_line(view.progress)
    left = view.progress.get("seconds_left")
    parts = [said, f"{about(left)} left" if left else ""]
    return " · ".join(part for part in parts if part) or "Getting ready"


def buttons(view: JobView, found: Queue) -> None:
    if view.is_ending:
        return
    if view.pause_requested_at is not None:
        if button(view, "Go on", f"resume-{view.id}", "play_arrow"):
            act(lambda: queue.resume_job(store, view.id))
    elif view.can_be_paused and button(view, "Pause", f"pause-{view.id}", "pause"):
        act(lambda: queue.pause_job(store, view.id))
    if button(view, "Cancel", f"cancel-{view.id}", "stop_circle"):
        dialogs.ask("cancel", view.id)
        st.rerun(scope="app")
    if view.unknown_s is not None and button(
        view, "Give this attempt up", f"give-up-{view.id}", "link_off"
    ):
        dialogs.ask("give-up", view.id)
        st.rerun(scope="app")
    if cluster.is_named() and view.can_change_place:
        other = CLUSTER if view.place == HERE else HERE
        if button(view, f"Run it on {placing.TITLES[other].lower()}", f"place-{view.id}", "lan"):
            act(lambda: placing.put_job(store, view.id, other))
    if view.can_be_moved and len(found.open) > 1:
        choice = allowed.menu_button(
            "Move", list(MOVES), project_id=view.project_id, key=f"move-{view.id}", type="tertiary",
            format_func=lambda name: f":material/{MOVES[name]}: {name}",
        )  # fmt: skip
        if choice:
            move(view, choice)


def button(view: JobView, label: str, key: str, icon: str) -> bool:
    """A button for who may change the job's project."""
    return allowed.button(label, project_id=view.project_id, key=key, icon=f":material/{icon}:")


def move(view: JobView, where: str) -> None:
    if where == "First":
        act(lambda: queue.move_job(store, view.id))
    elif where == "After …":
        dialogs.ask("after", view.id)
        st.rerun(scope="app")
    else:
        act(lambda: queue.shift_job(store, view.id, -1 if where == "Earlier" else 1))


def act(change: Callable[[], object]) -> None:
    """Do it, and draw the queue anew; a job that has changed meanwhile is a sentence."""
    with errors.shown():
        change()
        st.rerun(scope="app")


@st.dialog("Start after which job?", on_dismiss=dialogs.answered)
def ask_after(view: JobView, others: list[QueuedJob]) -> None:
    st.write(f"**{plain(view.title)}** will start as soon as the one that you choose is over.")
    titles = {job.view.id: job.view.title for job in others}
    chosen = st.selectbox("Job", list(titles), format_func=titles.__getitem__, key="after-job")
    if st.button("Start after this one", key="after-yes", type="primary"):
        with errors.shown():
            queue.move_job(store, view.id, chosen)
            dialogs.close()


@st.dialog("Give this attempt up?", on_dismiss=dialogs.answered)
def ask_give_up(view: JobView) -> None:
    st.write(
        f"Nobody can tell whether **{plain(view.title)}** still runs on the cluster. If it does, it leaves "
        "by itself once it is reached, and what it did since its last checkpoint is done again."
    )
    dialogs.decide(
        "give-up", "Give it up", "Wait on",
        lambda: queue.give_up(store, view.id), icon=":material/link_off:",
    )  # fmt: skip


@st.dialog("Cancel this job?", on_dismiss=dialogs.answered)
def ask_cancel(view: JobView) -> None:
    st.write(f"**{plain(view.title)}** will be stopped.")
    if view.about.learns and view.attempt:
        st.write("The best state so far is kept and can be used.")
    elif not view.attempt:
        st.write("It has not started yet; nothing is lost.")
    dialogs.decide(
        "cancel", "Cancel it", "Let it go on",
        lambda: queue.cancel_job(store, view.id), icon=":material/stop_circle:",
    )  # fmt: skip


def ended_row(job: QueuedJob) -> dict[str, str]:
    view = job.view
    seconds = (view.result or {}).get("seconds") or view.seconds
    return {
        "Job": view.title,
        "Project": job.project,
        "How it ended": status.WORDS[view.status][0],
        "When": when(view.finished_at) if view.finished_at else "",
        "Took": duration(seconds) if seconds and view.attempt else "",
        "Why": view.reason,
    }


frame.header(
    None,
    "What runs, and what waits?",
    "One job of a kind runs at a time: one that uses a model, and one that reads a large file. "
    "The others wait for their turn, and go on if one fails."
    + (" On the cluster several run beside each other." if cluster.is_named() else ""),
)
calm = not overview.count(store)
st.fragment(show_queue, run_every=CALM if calm else POLL)(calm)
question, about_id = dialogs.asked()
if question:
    open_jobs = overview.queue(store).open
    asked = next((job.view for job in open_jobs if job.view.id == about_id), None)
    if asked and question == "after":
        ask_after(asked, [job for job in open_jobs if job.view.id != about_id])
    elif asked and question == "give-up":
        ask_give_up(asked)
    elif asked and question == "cancel":
        ask_cancel(asked)
