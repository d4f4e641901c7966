"""The playground: a real model server with tiny models, asked through the page."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from storage import files
from storage.database import Store
from storage.tables import DatasetVersion, Job, Run
from tests.helpers import made, tiny
from tests.helpers.tiny import PEFT_USES_AN_OLD_NAME
from tests.pages.opened import open_page, texts
from workbench.core.tasks import task_named
from workbench.data import changes, datasets
from workbench.engine.serving.model_cache import ModelCache
from workbench.projects import projects
from workbench.system import drafts
from workbench.ui.use import answering
from workbench.use import conversations, playground, served_models, server_key
from workbench.use import server as model_server

PAGE = "pages/use/playground.py"
LABELS = ("delivery", "invoice", "refund")
pytestmark = pytest.mark.filterwarnings(PEFT_USES_AN_OLD_NAME)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base model and two adapters: one writes replies, one sorts."""
    folder = tmp_path_factory.mktemp("weights")
    base = tiny.make_base(folder / "base", context=100_000, endless=True)
    tiny.make_adapter(base, folder / "replies", seed=1)
    tiny.make_adapter(base, folder / "others", seed=4)
    tiny.make_adapter(base, folder / "fields", seed=3, task="extraction")
    tiny.make_adapter(base, folder / "sorter", seed=2, task="classification", labels=LABELS)
    return folder


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails")


def add_run(store: Store, project_id: int, task: str, adapter: Path, name: str = "Run 1") -> int:
    """A finished run whose exam has two rows."""
    role, answer = task_named(task).required
    table = pyarrow.table(
        {
            "row_id": [*range(1, 12)],
            "split": ["train", "test", "test", *["train"] * 8],
            role: ["Learned", "Where is my parcel?", "I want my money back.", *map(str, range(8))],
            answer: ["delivery", "delivery", "refund", *["refund"] * 8],
        }
    )
    path = Path(str(files.home())) / "exam.parquet"
    pyarrow.parquet.write_table(table, path)
    version_id = made.add_dataset(store, project_id, name=name, task=task, rows=3)
    model_id = made.add_model(store, name=f"Tiny {name}", kind="causal")
    run_id = made.add_run(store, project_id, version_id, model_id, name=name, adapter=str(adapter))
    with store.write() as session:
        version = session.get(DatasetVersion, version_id)
        assert version is not None
        version.content_hash = files.put_file(path)
        version.mapping = {"roles": {role: role, answer: answer}}
    return run_id


@pytest.fixture
def shelf() -> ModelCache:
    return tiny.shelf()


@pytest.fixture
def server(store: Store, shelf: ModelCache) -> Iterator[None]:
    """A model server that the worker would have started."""
    with store.write() as session:
        job = Job(kind="serve", title="Model server", spec={}, status="running", attempt=1)
        session.add(job)
        session.flush()
        name = f"job-{job.id}"
    key_file = server_key.key_file()
    registry = served_models.registry_path()
    with tiny.running(registry, shelf, name=name, key_file=key_file) as running:
        with store.write() as session:
            found = session.get(Job, job.id)
            assert found is not None
            found.progress = {"port": running.port}
        yield


def ask(at: AppTest, text: str) -> AppTest:
    return at.chat_input(key="ask").set_value(text).run(timeout=60)


def shown(at: AppTest) -> list[str]:
    return [element.value for element in at.get("text")]


def set_draft(store: Store, project_id: int, **values: Any) -> None:
    drafts.save_draft(store, project_id, "use", values)


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


def test_history_new_rename_delete(store: Store, project_id: int, weights: Path) -> None:
    run_id = add_run(store, project_id, "completion", weights / "replies")
    made_, _ = conversations.start_conversation(store, project_id, run_id, "First question")
    conversations.add_answer(store, made_, f"run-{run_id}", "Answer", {})
    at = open_page(PAGE, project=project_id)
    assert "Answer" not in shown(at)
    at.button(key=f"open-{made_}").click().run()
    assert "Answer" in shown(at)
    at.menu_button(key=f"more-{made_}").click("Rename conversation").run()
    at.text_input(key=f"title-{made_}").set_value("Parcels").run()
    at.button(key="title-save").click().run()
    assert conversations.list_conversations(store, project_id)[0].title == "Parcels"
    at.menu_button(key=f"more-{made_}").click("Delete conversation").run()
    assert "cannot be undone" in texts(at)
    at.button(key="delete-yes").click().run()
    assert conversations.list_conversations(store, project_id) == []
    assert not at.exception


def test_an_old_link_to_a_deleted_run_opens_the_newest(
    store: Store, project_id: int, weights: Path
) -> None:
    add_run(store, project_id, "completion", weights / "replies", name="Kept")
    at = open_page(PAGE, project=project_id, run=99)
    assert "not there any more" in at.toast[0].value


def test_another_projects_conversation_is_not_shown(
    store: Store, project_id: int, weights: Path
) -> None:
    add_run(store, project_id, "completion", weights / "replies")
    other = projects.create_project(store, "Other")
    made_, _ = conversations.start_conversation(store, other, None, "Secret question")
    at = open_page(PAGE, project=project_id, conversation=made_)
    assert "Secret question" not in shown(at)
    with store.read() as session:
        assert session.query(Run).count() == 1


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
