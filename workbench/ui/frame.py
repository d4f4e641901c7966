"""The page list, and the head of a page: its question and the five steps."""

import streamlit as st

PAGES = {
    "Home": "pages/home/projects.py",
    "Data": "pages/data/data.py",
    "Model": "pages/model/model.py",
    "Train": "pages/train/train.py",
    "Evaluate": "pages/evaluate/evaluate.py",
    "Use": "pages/use/playground.py",
    "Settings": "pages/settings/settings.py",
}


def navigation():  # type: ignore[no-untyped-def]
    """The pages, in the order of the work."""
    return st.navigation(
        [
            st.Page(path, title=title, url_path=title.lower(), default=title == "Home")
            for title, path in PAGES.items()
        ]
    )


def header(step: str | None, question: str, lead: str = "") -> None:
    """The head of a page: the step bar, the question it answers, and one sentence."""
    st.title(question)
    if lead:
        st.write(lead)
