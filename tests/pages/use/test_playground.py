"""The playground: a real model server with tiny models, asked through the page."""

import threading
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from storage.database import Store
from storage.tables import Job
from tests.helpers.tiny import PEFT_USES_AN_OLD_NAME
from tests.pages.opened import open_page, texts
from tests.pages.use.asked import PAGE, add_run, ask, set_draft, shown
from workbench.data import changes, datasets
from workbench.engine.serving.model_cache import ModelCache
from workbench.ui.use import answering
from workbench.use import conversations, playground, server_key
from workbench.use import server as model_server

pytestmark = pytest.mark.filterwarnings(PEFT_USES_AN_OLD_NAME)


def test_without_a_trained_model_the_page_says_what_to_do(store: Store, project_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    assert "no trained model" in texts(at)
    assert at.button(key="go-train").label == "Go to Train"
    assert model_server.server_state(store).phase == "off"


def test_the_page_starts_the_server_and_says_so(
    store: Store, project_id: int, weights: Path
) -> None:
    add_run(store, project_id, "completion", weights / "replies")
    at = open_page(PAGE, project=project_id)
    assert model_server.server_state(store).phase == "starting"
    assert at.status[0].label.startswith("Waiting for the worker")
    at.button(key="cancel-server").click().run()
    assert model_server.server_state(store).phase == "off"
    at.button(key="start-server").click().run()
    assert model_server.server_state(store).phase == "starting"


def test_a_server_that_failed_is_explained(store: Store, project_id: int, weights: Path) -> None:
    add_run(store, project_id, "completion", weights / "replies")
    at = open_page(PAGE, project=project_id)
    with store.write() as session:
        job = session.get(Job, model_server.server_state(store).job_id)
        assert job is not None
        job.status, job.reason = "failed", "Memory ran out."
    at.run()
    assert at.error[0].value == "The model could not be started. Memory ran out."
    assert at.button(key="start-server").label == "Try again"


@pytest.mark.usefixtures("server")
def test_base_and_tuned_answer_and_a_refresh_keeps_it(
    store: Store, project_id: int, weights: Path, shelf: ModelCache
) -> None:
    run_id = add_run(store, project_id, "completion", weights / "replies")
    set_draft(store, project_id, max_tokens=16)
    at = ask(open_page(PAGE, project=project_id), "Where is my parcel?")
    assert not at.exception
    (listed,) = conversations.list_conversations(store, project_id)
    (turn,) = conversations.turns(store, listed.id)
    assert {answer.model for answer in turn.answers} == {f"run-{run_id}", f"run-{run_id}:base"}
    assert listed.run_id == run_id
    assert all(answer.details["tokens"] == 16 for answer in turn.answers)
    assert shelf.loads == 1
    again = open_page(PAGE, project=project_id, conversation=listed.id)
    for view in (at, again):
        assert "Where is my parcel?" in shown(view)
        assert {answer.content for answer in turn.answers} <= set(shown(view))
    assert "Your model" in texts(again)
    assert "Before training" in texts(again)


@pytest.mark.usefixtures("server")
def test_what_a_person_thinks_is_kept(store: Store, project_id: int, weights: Path) -> None:
    add_run(store, project_id, "completion", weights / "replies")
    set_draft(store, project_id, max_tokens=16, show_base=False)
    at = ask(open_page(PAGE, project=project_id), "Where is it?")
    (listed,) = conversations.list_conversations(store, project_id)
    ((answer,),) = [turn.answers for turn in conversations.turns(store, listed.id)]
    at.get("feedback")[0].set_value(0).run()
    at.text_area(key=f"better-{answer.id}").set_value("It arrives on Friday.")
    at.button(key=f"save-{answer.id}").click().run()
    ((kept,),) = [turn.answers for turn in conversations.turns(store, listed.id)]
    assert (kept.rating, kept.correction) == ("down", "It arrives on Friday.")
    assert "It arrives on Friday." in shown(at)


@pytest.mark.usefixtures("server")
def test_another_answer_stands_beside_the_first_and_varies(
    store: Store, project_id: int, weights: Path
) -> None:
    run_id = add_run(store, project_id, "completion", weights / "replies")
    set_draft(store, project_id, max_tokens=16, show_base=False)
    at = ask(open_page(PAGE, project=project_id), "Where is it?")
    at.button(key="again").click().run(timeout=60)
    assert not at.exception
    (listed,) = conversations.list_conversations(store, project_id)
    (turn,) = conversations.turns(store, listed.id)
    assert [answer.model for answer in turn.answers] == [f"run-{run_id}"] * 2
    temperatures = [answer.details["settings"]["temperature"] for answer in turn.answers]
    assert temperatures == [0.0, playground.VARIED]
    assert "variety 0.8" in texts(at)
    first, second = (answer.content for answer in turn.answers)
    assert second in shown(at)
    at.segmented_control(key=f"which-{turn.question.id}-run-{run_id}-2").set_value(0).run()
    assert first in shown(at)
    assert second not in shown(at)


@pytest.mark.usefixtures("server")
def test_a_question_in_other_words_gets_a_conversation_of_its_own(
    store: Store, project_id: int, weights: Path
) -> None:
    add_run(store, project_id, "completion", weights / "replies")
    set_draft(store, project_id, max_tokens=16, show_base=False)
    at = ask(open_page(PAGE, project=project_id), "Where is it?")
    at = ask(at, "And the invoice?")
    (listed,) = conversations.list_conversations(store, project_id)
    turn = conversations.turns(store, listed.id)[-1]
    at.text_area(key=f"edited-{turn.question.id}").set_value("And the bill?")
    at.button(key=f"edit-ask-{turn.question.id}").click().run(timeout=60)
    assert not at.exception
    newest, first = conversations.list_conversations(store, project_id)
    assert first.id == listed.id
    assert len(conversations.turns(store, first.id)[-1].answers) == 1
    asked = conversations.turns(store, newest.id)
    assert [turn.question.content for turn in asked] == ["Where is it?", "And the bill?"]
    assert all(turn.answers for turn in asked)


@pytest.mark.usefixtures("server")
def test_two_versions_answer_beside_each_other(
    store: Store, project_id: int, weights: Path
) -> None:
    first = add_run(store, project_id, "completion", weights / "replies", name="First")
    second = add_run(store, project_id, "completion", weights / "others", name="Second")
    set_draft(store, project_id, max_tokens=16, answers=2)
    at = open_page(PAGE, project=project_id, run=second)
    at.selectbox(key=f"beside-run-{second}").set_value(f"run-{first}").run()
    at = ask(at, "Where is it?")
    (listed,) = conversations.list_conversations(store, project_id)
    (turn,) = conversations.turns(store, listed.id)
    models = [answer.model for answer in turn.answers]
    assert sorted(models) == [f"run-{first}"] * 2 + [f"run-{second}"] * 2
    assert "Beside it" in texts(at)
    assert "Your model" in texts(at)
    again = open_page(PAGE, project=project_id, run=second, conversation=listed.id)
    assert again.selectbox(key=f"beside-run-{second}").value == f"run-{first}"


@pytest.mark.usefixtures("server")
def test_a_corrected_answer_becomes_an_example(
    store: Store, project_id: int, weights: Path
) -> None:
    add_run(store, project_id, "completion", weights / "replies")
    set_draft(store, project_id, max_tokens=16, show_base=False)
    at = ask(open_page(PAGE, project=project_id), "Where is it?")
    (listed,) = conversations.list_conversations(store, project_id)
    ((answer,),) = [turn.answers for turn in conversations.turns(store, listed.id)]
    at.text_area(key=f"better-{answer.id}").set_value("It arrives on Friday.")
    at.button(key=f"save-{answer.id}").click().run()
    assert "**1 answer** that you corrected or praised is no example" in texts(at)
    at.button(key="make-examples").click().run()
    assert not at.exception
    newest = datasets.list_versions(store, project_id)[0]
    rows = {row["prompt"]: row["response"] for row in changes.data_of(newest).to_pylist()}
    assert rows["Where is it?"] == "It arrives on Friday."
    assert "corrected or praised is" not in texts(at)


def test_fields_that_are_no_json_are_not_kept_and_nothing_is_lost(
    store: Store, project_id: int, weights: Path
) -> None:
    run_id = add_run(store, project_id, "extraction", weights / "fields")
    made_, _ = conversations.start_conversation(store, project_id, run_id, "Total 5")
    answer = conversations.add_answer(store, made_, f"run-{run_id}", '{"total": 4}', {})
    at = open_page(PAGE, project=project_id, conversation=made_)
    at.text_area(key=f"better-{answer}").set_value('{"total": 5')
    at.button(key=f"save-{answer}").click().run()
    assert "The fields have to be JSON" in at.error[0].value
    assert at.text_area(key=f"better-{answer}").value == '{"total": 5'
    at.text_area(key=f"better-{answer}").set_value('{"total": 5}')
    at.button(key=f"save-{answer}").click().run()
    ((kept,),) = [turn.answers for turn in conversations.turns(store, made_)]
    assert kept.correction == '{"total": 5}'


@pytest.mark.usefixtures("server")
def test_the_nearest_examples_stand_under_the_answer(
    store: Store, project_id: int, weights: Path
) -> None:
    add_run(store, project_id, "completion", weights / "replies")
    set_draft(store, project_id, max_tokens=16, show_base=False)
    at = ask(open_page(PAGE, project=project_id), "Learned")
    (listed,) = conversations.list_conversations(store, project_id)
    (turn,) = conversations.turns(store, listed.id)
    at.session_state[f"nearest-{turn.question.id}"] = True
    at.run()
    assert not at.exception
    assert "Row 1 of your data asks the same." in texts(at)
    assert at.dataframe[0].value["question"].tolist()[0] == "Learned"


@pytest.mark.usefixtures("server")
def test_an_exam_question_shows_what_the_data_says(
    store: Store, project_id: int, weights: Path
) -> None:
    add_run(store, project_id, "completion", weights / "replies")
    set_draft(store, project_id, max_tokens=16)
    at = open_page(PAGE, project=project_id)
    at.button(key="example-2").click().run(timeout=60)
    assert "Where is my parcel?" in shown(at)
    assert "What your data says" in texts(at)
    assert "delivery" in shown(at)


@pytest.mark.usefixtures("server")
def test_stopping_keeps_what_was_written_and_ends_the_computing(
    store: Store, project_id: int, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A press on Stop ends the script with an exception at its next drawing; so does this."""

    def so_far(answer: Any) -> str:
        if answer is not None and len(answer.text) > 40:
            st.stop()
        return "…"

    add_run(store, project_id, "completion", weights / "replies")
    set_draft(store, project_id, max_tokens=2048)
    monkeypatch.setattr(answering, "_so_far", so_far)
    at = open_page(PAGE, project=project_id)
    ask(at, "Write for ever.")
    (listed,) = conversations.list_conversations(store, project_id)
    (turn,) = conversations.turns(store, listed.id)
    assert len(turn.answers) == 2
    assert any(len(answer.content) > 40 for answer in turn.answers)
    assert all(answer.details["finish_reason"] == "stopped" for answer in turn.answers)
    for thread in threading.enumerate():
        if thread.name == "generation":
            thread.join(10)
            assert not thread.is_alive()


def test_programs_are_told_the_address_and_the_key(
    store: Store,
    project_id: int,
    weights: Path,
    server: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_run(store, project_id, "completion", weights / "replies")
    codes = [element.value for element in open_page(PAGE, project=project_id).code]
    key = server_key.key()
    assert codes[0] == key
    assert [key in code for code in codes] == [True, True, True]
    assert f"-H 'Authorization: Bearer {key}'" in codes[1]

    monkeypatch.setenv("WORKBENCH_SERVER_KEY", "off")
    codes = [element.value for element in open_page(PAGE, project=project_id).code]
    assert len(codes) == 2
    assert not [code for code in codes if key in code or "Authorization" in code]
