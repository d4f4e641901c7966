"""The Evaluate page, by group: what stands out, its rows, and whether it is fair."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.helpers.sliced import add_sliced
from tests.pages.opened import open_page, texts
from workbench.evaluation import evaluations

PAGE = "pages/evaluate/evaluate.py"


@pytest.fixture
def at(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page with the tab open; its exam is weak in the North."""
    trained = add_sliced(store, tmp_path, monkeypatch)
    opened = open_page(PAGE, project=trained.project_id)
    opened.session_state["exam-details"] = "By group"
    opened.run()
    assert not opened.exception, opened.exception
    return opened


def _exam(store: Store) -> int:
    return evaluations.list_evaluations(store, 1)[0].id


def test_the_weak_group_comes_first_with_a_word(at: AppTest) -> None:
    assert "Where 'region' is 'North', it is weaker: 0.0 % right on 60" in at.warning[-1].value
    table = at.dataframe[0].value
    assert table.iloc[0][["group", "is", "rows", "score"]].tolist() == [
        "region: North",
        "weaker",
        60,
        0.0,
    ]
    assert "'customer' (too many different values" in texts(at)


def test_one_column_can_be_looked_at(at: AppTest, store: Store) -> None:
    at.selectbox(key=f"groups-by-{_exam(store)}").set_value("channel").run()
    assert not at.exception
    assert set(at.dataframe[0].value["group"]) == {"channel: phone", "channel: (empty)"}


def test_fairness_is_told_for_the_columns_that_are_chosen(at: AppTest, store: Store) -> None:
    at.multiselect(key=f"fair-by-{_exam(store)}").set_value(["region"]).run()
    assert not at.exception
    said = texts(at)
    assert "North (0.0 % right) worst" in said
    assert "these groups are not served alike" in said
    assert "no proof that there is none" in said
    rates = at.dataframe[1].value
    assert {"group", "category", "given", "wanted", "found"} <= set(rates)
