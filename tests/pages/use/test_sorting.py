"""The playground of a model that sorts: categories, what belongs to none, what is to be checked."""

from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import Run
from tests.helpers.tiny import PEFT_USES_AN_OLD_NAME
from tests.pages.opened import open_page, texts
from tests.pages.use.asked import LABELS, PAGE, add_run
from workbench.use import conversations

pytestmark = pytest.mark.filterwarnings(PEFT_USES_AN_OLD_NAME)


@pytest.mark.usefixtures("server")
def test_a_text_is_sorted_and_the_right_category_kept(
    store: Store, project_id: int, weights: Path
) -> None:
    add_run(store, project_id, "classification", weights / "sorter", name="Sorter")
    at = open_page(PAGE, project=project_id)
    at.text_area(key="text").set_value("Where is my parcel?")
    next(button for button in at.button if button.label == "Sort it").click()
    at.run(timeout=60)
    (listed,) = conversations.list_conversations(store, project_id)
    ((answer,),) = [turn.answers for turn in conversations.turns(store, listed.id)]
    assert answer.content in LABELS
    assert sum(share for _, share in answer.details["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert f"{answer.content}" in texts(at)
    at.selectbox(key=f"label-{answer.id}").set_value("refund").run()
    ((kept,),) = [turn.answers for turn in conversations.turns(store, listed.id)]
    assert kept.correction == "refund"


def test_a_text_that_fits_no_category_is_told_so(
    store: Store, project_id: int, weights: Path
) -> None:
    run_id = add_run(store, project_id, "classification", weights / "sorter", name="Sorter")
    made_, _ = conversations.start_conversation(store, project_id, run_id, "La la _la_")
    details = {"probabilities": [["refund", 0.6], ["delivery", 0.4]], "none_of_these": True}
    conversations.add_answer(store, made_, f"run-{run_id}", "refund", details)
    at = open_page(PAGE, project=project_id)
    at.button(key=f"open-{made_}").click().run()
    assert "None of these] The nearest would be refund." in texts(at)
    assert "sure" not in texts(at)


def test_an_answer_that_is_not_sure_enough_asks_to_be_checked(
    store: Store, project_id: int, weights: Path
) -> None:
    run_id = add_run(store, project_id, "classification", weights / "sorter", name="Sorter")
    made_, _ = conversations.start_conversation(store, project_id, run_id, "Where is it?")
    shares = [["refund", 0.6], ["delivery", 0.4]]
    for text, check in (("Where is it?", True), ("And now?", False), ("An old one", None)):
        conversations.add_question(store, made_, text)
        details = {"probabilities": shares} | ({} if check is None else {"please_check": check})
        conversations.add_answer(store, made_, f"run-{run_id}", "refund", details)
    at = open_page(PAGE, project=project_id)
    at.button(key=f"open-{made_}").click().run()
    assert texts(at).count("Please check") == 1


@pytest.mark.usefixtures("server")
def test_the_playground_obeys_the_limit_of_the_model(
    store: Store, project_id: int, weights: Path
) -> None:
    run_id = add_run(store, project_id, "classification", weights / "sorter", name="Sorter")
    with store.write() as session:
        session.get_one(Run, run_id).threshold = {"value": 0.9999, "error": 10.0, "check": 1.0}
    at = open_page(PAGE, project=project_id)
    at.text_area(key="text").set_value("Where is my parcel?")
    next(button for button in at.button if button.label == "Sort it").click()
    at.run(timeout=60)
    assert "Please check] The model is less sure than the limit" in texts(at)
