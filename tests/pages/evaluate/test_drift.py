"""The Evaluate page, a newer file against the exam: with answers, without, and answered by the model."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.helpers.exams import (
    Trained,
    accuracies,
    add_exam,
    add_trained,
    answer_queued,
    answers,
    exam_of_categories,
)
from tests.pages.opened import open_page, texts

PAGE = "pages/evaluate/evaluate.py"


@pytest.fixture
def trained(store: Store, tmp_path: Path) -> Trained:
    trained = add_trained(store, tmp_path)
    inputs = [f"Where is parcel number {i}?" for i in range(100)]
    table = exam_of_categories(90, 60, 70).assign(input=inputs)
    add_exam(store, trained.run_id, table, accuracies(table))
    return trained


def test_a_scored_file_stands_against_the_exam(store: Store, trained: Trained) -> None:
    worse = exam_of_categories(50, 60, 70)
    add_exam(store, trained.run_id, worse, accuracies(worse), split="june.csv")
    at = open_page(PAGE, project=trained.project_id)
    at.session_state["exam-details"] = "Against the exam"
    at.run()
    assert not at.exception
    said = "\n".join(one.value for one in at.warning)
    assert "On june.csv it is worse than in its exam: 50.0 % right against 90.0 % right" in said
    assert "time to train again" in said
    (table,) = [one.value for one in at.dataframe if "category" in one.value]
    assert table.iloc[0][["category", "is"]].tolist() == ["Refund", "changed"]


def test_the_exam_itself_has_no_such_tab(store: Store, trained: Trained) -> None:
    at = open_page(PAGE, project=trained.project_id)
    assert "Against the exam" not in [tab.label for tab in at.tabs]


def _bring(at: AppTest, trained: Trained, content: bytes) -> AppTest:
    at.session_state[f"drift-box-{trained.run_id}"] = True
    at.run()
    upload = next(one for one in at.get("file_uploader") if one.label == "File with newer texts")
    upload.set_value(("june.csv", content, "text/csv")).run()
    assert not at.exception
    return at


def test_a_file_without_answers_is_looked_at_by_its_texts(store: Store, trained: Trained) -> None:
    content = "email\n" + "\n".join(
        f"La caldera hace un ruido extraño, casa {i}" for i in range(50)
    )
    at = _bring(open_page(PAGE, project=trained.project_id), trained, content.encode())
    said = "\n".join(one.value for one in at.warning)
    assert "have nothing similar in your data" in said
    assert at.button(key="drift-ask").label == "Let the model answer it, too"


def test_when_the_model_has_answered_it_says_how_sure_it_is(
    store: Store, trained: Trained, tmp_path: Path
) -> None:
    content = "email\n" + "\n".join(f"mail {i} about money" for i in range(60))
    at = _bring(open_page(PAGE, project=trained.project_id), trained, content.encode())
    at.button(key="drift-ask").click().run()
    assert not at.exception
    answer_queued(store, tmp_path)
    at.run()
    assert not at.exception
    said = texts(at)
    assert "The model is less sure: 75.0 % in the middle, in its exam 90.0 %" in said


def test_a_file_that_fits_not_is_said_in_a_sentence(store: Store, trained: Trained) -> None:
    at = _bring(open_page(PAGE, project=trained.project_id), trained, b"body\nHello\n")
    assert "june.csv has no column 'email'" in at.error[0].value


def test_a_file_of_free_texts_gets_no_button(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    table = answers(["Yes."] * 40, ["Yes."] * 40)
    add_exam(store, trained.run_id, table, {"tuned": {"chrf": 90.0}})
    at = _bring(open_page(PAGE, project=trained.project_id), trained, b"email\nHello you\n")
    assert "With only 1 row this is no more than a hint." in texts(at)
    assert "drift-ask" not in [button.key for button in at.button]
