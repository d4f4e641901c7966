"""The page list, the sidebar, and the head of a page: its question and the five steps."""

import copy
import datetime as dt
import functools
import gc
import logging
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from workbench.core.words import plural
from workbench.jobs import kinds, overview
from workbench.projects import projects, steps
from workbench.projects.steps import Step
from workbench.system.audit import log
from workbench.ui import context, dialogs, errors
from workbench.ui.accounts import allowed, gate, menu
from workbench.ui.text import plain

NAME = "SLM Workbench"
ICON = Path(__file__).parent / "icon.svg"
"""A file of our own: the browser would fetch a Material icon for the tab from the internet."""
PAGES = {
    "Home": ("pages/home/projects.py", ":material/home:"),
    "Data": ("pages/data/data.py", ":material/table_rows:"),
    "Checkup": ("pages/data/checkup.py", ":material/stethoscope:"),
    "Explore": ("pages/data/explore.py", ":material/travel_explore:"),
    "Model": ("pages/model/model.py", ":material/deployed_code:"),
    "Train": ("pages/train/train.py", ":material/model_training:"),
    "Evaluate": ("pages/evaluate/evaluate.py", ":material/fact_check:"),
    "Use": ("pages/use/playground.py", ":material/forum:"),
    "Answer": ("pages/use/answer_file.py", ":material/table_view:"),
    "Programs": ("pages/use/for_programs.py", ":material/api:"),
    "Export": ("pages/use/take_elsewhere.py", ":material/output:"),
    "Queue": ("pages/queue/queue.py", ":material/low_priority:"),
    "Storage": ("pages/storage/storage.py", ":material/database:"),
    "Audit": ("pages/audit/audit.py", ":material/history_edu:"),
    "Settings": ("pages/settings/settings.py", ":material/settings:"),
    "Members": ("pages/people/members.py", ":material/group:"),
    "People": ("pages/people/people.py", ":material/manage_accounts:"),
    "Account": ("pages/people/account.py", ":material/account_circle:"),
    "Installation": ("pages/settings/installation.py", ":material/monitor_heart:"),
}
ICONS = {
    "done": ":material/check_circle:",
    "next": ":material/arrow_circle_right:",
    "running": ":material/progress_activity:",
    "blocked": ":material/lock:",
    "open": ":material/circle:",
}
"""A step's state; always beside its word."""
_COLOURS = {"done": "green", "next": "blue", "running": "blue", "blocked": "gray", "open": "gray"}
_PROJECT_PAGES = (*steps.NAMES, "Checkup", "Explore", "Answer", "Programs", "Export", "Members")
_OTHER_PAGES = ("Queue", "Storage", "Audit", "Settings")
_POLL_S = 3
_loaded: set[str] = set()


def navigation() -> st.Page:
    """The pages, in the order of the work; the menu is the sidebar's own.

    Copies, since one that has run is marked as such.
    """
    pages = _declared() if get_script_run_ctx(suppress_warning=True) else _made()
    return st.navigation([copy.copy(page) for page in pages], position="hidden")


def _made() -> list[st.Page]:
    return [
        st.Page(path, title=title, icon=icon, url_path=title.lower(), default=title == "Home")
        for title, (path, icon) in PAGES.items()
    ]


@functools.cache
def _declared() -> list[st.Page]:
    """Made once: each looks for its file, and so does each link that is given a path."""
    return _made()


def page_named(title: str) -> st.Page:
    """For a link to it."""
    return next(page for page in _declared() if page.title == title)


def announce_pages() -> None:
    """Declare the pages before the first view, so that a link into the middle of the app works.

    Until `st.navigation` ran for the first time in a server's life, streamlit takes the folder
    pages/ for its page list, does not find the page there, and says so over the right page.
    """
    quiet = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")
    level = quiet.level
    quiet.setLevel(logging.ERROR)  # it warns that nobody is looking, which is the point
    navigation()
    quiet.setLevel(level)


def show() -> None:
    """One view of a page, with everything around it."""
    st.set_page_config(page_title=NAME, page_icon=ICON, layout="wide")
    page = navigation()
    with errors.alone("Your projects cannot be opened"):
        here = context.installation()
    with here.looking():
        _show(page)
    _keep_loaded(page.title)


def _show(page: st.Page) -> None:
    with errors.alone("Your projects cannot be opened"):
        gate.require()
        context.ensure_worker()
    if page.title == "Home":
        context.leave_project()
    else:
        context.keep_project_in_url()
    if page.title in _PROJECT_PAGES:
        with errors.alone("This project cannot be opened"):
            projects.get_project(context.store(), context.project_id())
            if page.title == "Evaluate":
                projects.mark_evaluation_seen(context.store(), context.project_id())
    with errors.shown():  # what no page tells in its place: a database that breaks meanwhile
        with st.sidebar:
            _sidebar(page.title)
        _show_toasts()
        if st.session_state.get("page") != page.title:
            dialogs.answered()
            st.session_state["page"] = page.title
        page.run()


def _keep_loaded(title: str) -> None:
    """Once for each page, take what it loaded out of the garbage collector's sight.

    With pandas, Altair and the like loaded, looking through all of it takes a third of a second, in
    which no page of this process goes on.
    """
    if title not in _loaded:
        _loaded.add(title)
        gc.collect()
        gc.freeze()


def header(step: str | None, question: str, lead: str = "") -> None:
    """The head of a page: the step bar, the question it answers, and one sentence.

    `step` is one of the five, or None for a page outside of them.
    """
    if step is not None:
        st.fragment(_step_bar, run_every=_poll())(step)
    st.title(question, anchor=False)
    if lead:
        st.write(lead)
    if step is not None:
        allowed.notice()


def data_tabs(current: str) -> None:
    """The three rooms of the Data step: the examples, their checkup, and a closer look."""
    rooms = {"Data": "Bring and choose", "Checkup": "Check up and mend"}
    _tabs("data-tabs", {**rooms, "Explore": "Look, edit and label"}, current)


def use_tabs(current: str) -> None:
    """The rooms of the Use step: one question at a time, a whole file, other programs, elsewhere."""
    rooms = {"Use": "Playground", "Answer": "Answer a file", "Programs": "For other programs"}
    _tabs("use-tabs", {**rooms, "Export": "Take it elsewhere"}, current)


def _tabs(key: str, rooms: dict[str, str], current: str) -> None:
    with st.container(horizontal=True, gap="small", key=key):
        for page, words in rooms.items():
            label = f"**{words}**" if page == current else words
            st.page_link(
                page_named(page), label=label, icon=PAGES[page][1],
                query_params=context.in_project(),
            )  # fmt: skip


def _steps() -> list[Step]:
    return steps.steps_of(context.store(), context.project_id())


def _poll() -> int | None:
    """How often, in seconds, to look again where the project stands; None while nothing works."""
    if context.current_project_id() is None:
        return None
    return _POLL_S if any(step.state == "running" for step in _steps()) else None


def _sidebar(title: str) -> None:
    st.markdown(f":material/school: **{NAME}**")
    st.page_link(page_named("Home"), label="All projects", icon=PAGES["Home"][1])
    if context.current_project_id() is not None:
        _switcher(title)
    st.fragment(_sidebar_links, run_every=_poll())()
    menu.show({name: page_named(name) for name in PAGES})


def _sidebar_links() -> None:
    """The steps with their words, and the number of jobs: as fresh as the bar above the page."""
    if context.current_project_id() is not None:
        for step in _steps():
            st.page_link(
                page_named(step.name),
                label=f"{plain(step.name)} :small[:gray[{plain(step.word)}]]",
                icon=ICONS[step.state],
                help=plain(step.detail),
                query_params=context.in_project(),
            )
    open_jobs = overview.count(context.store())
    words = {"Queue": f" :small[:gray[{plural(open_jobs, 'job')}]]" if open_jobs else ""}
    for name in _other_pages():
        label = name + words.get(name, "")
        st.page_link(
            page_named(name), label=label, icon=PAGES[name][1], query_params=context.in_project()
        )


def _other_pages() -> list[str]:
    """Those that belong to no project; of the audit log and the disk what the person may see."""
    who = context.store().acting
    hidden = set()
    if who is None or not log.may_see(context.store()):
        hidden.add("Audit")
    if who is not None and not who.administrator:
        hidden.add("Storage")
    return [name for name in _OTHER_PAGES if name not in hidden]


def _switcher(title: str) -> None:
    """Another project, the same step."""
    current = context.project_id()
    names = projects.project_names(context.store())
    names.setdefault(current, projects.get_project(context.store(), current).name)
    chosen = st.selectbox(
        "Project",
        list(names),
        index=list(names).index(current),
        format_func=names.__getitem__,
        key=f"switch-from-{current}",
    )
    if chosen != current:
        st.switch_page(PAGES[title][0], query_params={"project": str(chosen)})


def _step_bar(current: str) -> None:
    """Where the project stands; while something works it looks again, and tells when it ends."""
    found = _steps()
    with st.container(horizontal=True, gap="small", key="step-bar"):
        for number, step in enumerate(found, start=1):
            name = f"{number:d} {plain(step.name)}"
            name = f"**{name}**" if step.name == current else name
            colour = _COLOURS[step.state]
            st.page_link(
                page_named(step.name),
                label=f"{name} :small[:{colour}[{plain(step.word)}]]",
                icon=ICONS[step.state],
                help=plain(step.detail),
                query_params=context.in_project(),
            )
    _notice_ends(current)


def step_line(found: list[Step], key: str) -> None:
    """The five steps in one line of a card, each with its icon; a word for what matters now."""
    with st.container(horizontal=True, gap="small", key=key):
        for step in found:
            word = step.word if step.state in ("done", "next", "running") else "later"
            st.markdown(
                f":{_COLOURS[step.state]}[{ICONS[step.state]}] {plain(step.name)} :small[:gray[{plain(word)}]]",
                width="content",
            )


def _notice_ends(current: str) -> None:
    """When a job ended since the last look, say so and draw the whole page anew."""
    since = st.session_state.setdefault("looked_at", dt.datetime.now(dt.UTC))
    ended = projects.ended_since(context.store(), context.project_id(), since)
    if not ended:
        return
    st.session_state["looked_at"] = max(job.ended_at for job in ended)
    on_run = current == "Train" and "run" in st.query_params
    watched = (
        kinds.DATA if current == "Data" else kinds.WORK if on_run else ""
    )  # its page shows the end
    told = [job.sentence for job in ended if job.lane != watched]
    if told:
        st.session_state["toasts"] = told
    st.rerun(scope="app")


def _show_toasts() -> None:
    for sentence in st.session_state.pop("toasts", []):
        st.toast(plain(sentence), icon=":material/notifications:", duration="long")
