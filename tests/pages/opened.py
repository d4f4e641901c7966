"""Opening a page as a browser does, through app.py."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "app.py"


def open_page(page: str = "", **query: object) -> AppTest:
    """The page after its first run, without a bug: `open_page("pages/train/train.py", project=1)`."""
    at = AppTest.from_file(str(APP), default_timeout=30).run()
    if page:
        at.switch_page(page)
        for name, value in query.items():
            at.query_params[name] = str(value)
        at.run()
    assert not at.exception, at.exception
    return at


def texts(at: AppTest) -> str:
    """Everything that the page says in words."""
    kinds = ("title", "subheader", "markdown", "caption", "success", "error", "info", "warning")
    return "\n".join(str(element.value) for kind in kinds for element in at.get(kind))


def paste(at: AppTest, text: str) -> AppTest:
    """The Data page after a table was pasted."""
    at.text_area(key="data-paste").set_value(text)
    at.button(key="data-use-paste").click().run()
    assert not at.exception, at.exception
    return at
