"""The page list, the sidebar, and the head of a page: its question and the five steps."""

import logging

import streamlit as st

from workbench.ui import context, errors

PAGES = {
    "Home": ("pages/home/projects.py", ":material/home:"),
    "Data": ("pages/data/data.py", ":material/table_rows:"),
    "Model": ("pages/model/model.py", ":material/deployed_code:"),
    "Train": ("pages/train/train.py", ":material/model_training:"),
    "Evaluate": ("pages/evaluate/evaluate.py", ":material/fact_check:"),
    "Use": ("pages/use/playground.py", ":material/forum:"),
    "Settings": ("pages/settings/settings.py", ":material/settings:"),
}
STEPS = ("Data", "Model", "Train", "Evaluate", "Use")


def navigation() -> st.Page:
    """The pages, in the order of the work; the menu is the sidebar's own."""
    return st.navigation(
        [
            st.Page(path, title=title, icon=icon, url_path=title.lower(), default=title == "Home")
            for title, (path, icon) in PAGES.items()
        ],
        position="hidden",
    )


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
    st.set_page_config(page_title="SLM Workbench", page_icon=":material/school:", layout="wide")
    page = navigation()
    with errors.alone("Your projects cannot be opened"):
        context.store()
    context.keep_project_in_url()
    context.ensure_worker()
    with st.sidebar:
        st.markdown("**SLM Workbench**")
        for title, (path, icon) in PAGES.items():
            st.page_link(path, label=title, icon=icon, query_params=context.in_project())
    page.run()


def header(step: str | None, question: str, lead: str = "") -> None:
    """The head of a page: the step bar, the question it answers, and one sentence."""
    st.title(question)
    if lead:
        st.write(lead)
