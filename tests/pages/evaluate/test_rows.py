"""The Evaluate page, row by row: who taught it, what is unlike all, and answers put right."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.helpers.exams import accuracies, add_exam, answers
from tests.helpers.sliced import add_sliced
from tests.pages.opened import open_page, texts
from workbench.data.versions import latest_version, rows_by_id
from workbench.evaluation import evaluations

PAGE = "pages/evaluate/evaluate.py"


@pytest.fixture
def at(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page of an exam that is weak in the North, and unsure there."""
    trained = add_sliced(store, tmp_path, monkeypatch)
    return open_page(PAGE, project=trained.project_id)


def _exam(store: Store) -> int:
    return evaluations.list_evaluations(store, 1)[0].id


def test_the_least_sure_can_come_first(at: AppTest, store: Store) -> None:
    order = at.selectbox(key=f"rows-order-{_exam(store)}")
    assert order.options == ["as in your table", "least sure first", "least like your data first"]
    order.set_value("sure").run()
    assert not at.exception
    sure = at.dataframe[0].value["sure"].tolist()
    assert sure == sorted(sure)
    assert sure[0] == 40.0


def test_rows_unlike_all_that_was_learned_are_looked_for_when_asked(
    at: AppTest, store: Store
) -> None:
    show = at.pills(key=f"rows-show-{_exam(store)}")
    assert show.options[-1] == "Nothing similar in your data"
    at.selectbox(key=f"rows-order-{_exam(store)}").set_value("farthest").run()
    assert not at.exception
    nearest = at.dataframe[0].value["how_near"].tolist()
    assert nearest == sorted(nearest)
    assert 0 < nearest[0] < nearest[-1] <= 100.1


def test_the_rows_that_taught_it_are_shown(at: AppTest, store: Store) -> None:
    at.session_state[f"taught-{_exam(store)}"] = True
    at.run()
    assert not at.exception
    near = next(one.value for one in at.dataframe if "likeness" in one.value)
    assert len(near) == 5
    assert near["likeness"].is_monotonic_decreasing
    assert "nearest rows have the model's answer" in texts(at)


def test_a_wrong_answer_is_put_right_as_the_next_version(at: AppTest, store: Store) -> None:
    row = int(at.dataframe[0].value["row_id"].iloc[0])
    at.button(key=f"wrong-{_exam(store)}").click().run()
    assert not at.exception
    at.selectbox(key=f"row-{row}-label").set_value("Product question")
    at.button(key="correct-yes").click().run()
    assert not at.exception
    version = latest_version(store, 1)
    assert version.number == 2
    assert rows_by_id(version, [row])["label"].to_pylist() == ["Product question"]
    said = texts(at)
    assert f"Row {row} is corrected in version 2" in said
    assert "Corrected in version 2. This exam still counts" in said


def test_to_leave_it_changes_nothing(at: AppTest, store: Store) -> None:
    at.button(key=f"wrong-{_exam(store)}").click().run()
    at.button(key="correct-no").click().run()
    assert not at.exception
    assert latest_version(store, 1).number == 1


def test_the_pill_shows_only_rows_that_nothing_is_like(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = add_sliced(store, tmp_path, monkeypatch)
    table = answers(
        ["Refund"] * 3,
        ["Refund"] * 3,
        inputs=["Where is parcel number 7?", "Ωμέγα", "žluťoučký kůň"],
    )
    add_exam(store, trained.run_id, table, accuracies(table), split="odd.csv")
    at = open_page(PAGE, project=trained.project_id)
    at.pills(key=f"rows-show-{_exam(store)}").set_value("unlike").run()
    assert not at.exception
    assert at.dataframe[0].value["row_id"].tolist() == [3, 4]
    assert (
        at.pills(key=f"rows-show-{_exam(store)}").options[-1] == "Nothing similar in your data (2)"
    )
