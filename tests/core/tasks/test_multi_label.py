"""Several categories a text: how a row is asked, answered and judged."""

from workbench.core.tasks import MULTI_LABEL, TASKS, task_named
from workbench.core.tasks.category_sets import NONE

ROW = {"text": "Late, and too dear.", "label": "late; price"}


def test_a_row_is_asked_with_all_categories_and_answered_with_those_that_hold() -> None:
    messages = MULTI_LABEL.messages(ROW, labels=["crew", "late", "price"])
    assert [turn["role"] for turn in messages] == ["user", "assistant"]
    assert "Categories: crew, late, price\n" in messages[0]["content"]
    assert messages[0]["content"].endswith(ROW["text"])
    assert NONE in messages[0]["content"]
    assert messages[1]["content"] == "late; price"
    assert MULTI_LABEL.record(ROW, "") == {"text": ROW["text"], "labels": ["late", "price"]}


def test_an_answer_is_right_if_it_is_the_same_set() -> None:
    assert MULTI_LABEL.is_right is not None
    assert MULTI_LABEL.is_right("late; price", "price; late")
    assert not MULTI_LABEL.is_right("late; price", "late")
    assert MULTI_LABEL.is_right(NONE, "")


def test_it_is_a_task_of_its_own_beside_the_one_of_one_category() -> None:
    assert task_named("multi_label") is MULTI_LABEL
    assert [task.name for task in TASKS.values() if task.answers_are_sets] == ["multi_label"]
    assert MULTI_LABEL.has_categories
    assert not MULTI_LABEL.answers_are_categories
