"""Two texts that belong together, on the pages: two columns chosen, two boxes to type into."""

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.pages.opened import open_page, texts
from workbench.core.tasks import CLASSIFICATION
from workbench.data import datasets
from workbench.models.families import ENCODER
from workbench.projects import projects
from workbench.use.playground import Answerer

PAGE = "pages/data/data.py"
ANSWERER = Answerer(
    "run-1", "Run 1", ENCODER, CLASSIFICATION.name, 1, "tiny", ("a", "b"), "",
    pair=("claim", "the *proof*"),
)  # fmt: skip


pytestmark = pytest.mark.usefixtures("nothing_remembered")


def _uploaded(store: Store, header: str) -> AppTest:
    lines = [
        f"Car number {n} is red today.,In the list {n} stands as red.,{'ab'[n % 2]}"
        for n in range(40)
    ]
    project_id = projects.create_project(store, "Cars")
    at = open_page(PAGE, project=project_id)
    content = "\n".join([header, *lines]).encode()
    at.get("file_uploader")[0].set_value([("cars.csv", content, "text/csv")]).run()
    assert not at.exception, at.exception
    return at


def _second(at: AppTest) -> object:
    return next(box for box in at.selectbox if str(box.label).startswith("Second text"))


def test_two_columns_are_guessed_shown_and_saved(store: Store) -> None:
    at = _uploaded(store, "claim,evidence,verdict")
    assert _second(at).value == "evidence"  # type: ignore[attr-defined]
    assert "is an exam question once" not in texts(at)  # pairs are learned in another way
    at.button(key="data-save").click().run(timeout=30)
    assert not at.exception, at.exception
    (version,) = datasets.list_versions(store, 1)
    assert version.mapping["roles"]["text"] == "claim: {claim}\nevidence: {evidence}"


def test_a_second_column_can_be_chosen_and_taken_back(store: Store) -> None:
    at = _uploaded(store, "note,record,category")
    assert _second(at).value is None  # type: ignore[attr-defined]
    first = next(box for box in at.selectbox if str(box.label) == "Text to sort")
    first.set_value("note").run()
    _second(at).set_value("record").run()  # type: ignore[attr-defined]
    assert not at.exception, at.exception
    assert _second(at).value == "record"  # type: ignore[attr-defined]
    at.run()
    assert _second(at).value == "record"  # type: ignore[attr-defined]
    _second(at).set_value(None).run()  # type: ignore[attr-defined]
    assert "is an exam question once" in texts(at)
    at.button(key="data-save").click().run(timeout=30)
    (version,) = datasets.list_versions(store, 1)
    assert version.mapping["roles"]["text"] == "note"


def test_the_playground_has_a_box_for_each_text() -> None:
    script = """
import streamlit as st
from tests.pages.test_text_pairs import ANSWERER
from workbench.ui.use import sorting
st.session_state["sent"] = sorting.text_form(ANSWERER)
"""
    at = AppTest.from_string(script).run()
    assert not at.exception, at.exception
    assert [box.label for box in at.text_area] == ["claim", "the \\*proof\\*"]
    at.text_area[0].set_value("It rains.")
    at.text_area[1].set_value("Wet.")
    at.button[0].click().run()
    assert at.session_state["sent"] == ["claim: It rains.\nthe *proof*: Wet."]
