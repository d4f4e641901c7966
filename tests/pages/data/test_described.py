"""Categories described on the Data page, made a model of, checked by sorting texts."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage import files
from storage.database import Store
from storage.tables import Job, Run
from tests.helpers import made
from tests.pages.opened import open_page, texts
from workbench.core.tasks.descriptions import descriptions_in
from workbench.data import datasets, described, taught
from workbench.data.files.reader import read_table
from workbench.data.versions import VersionInfo
from workbench.jobs.process.specs import BaseModelRef, TrainSpec
from workbench.models import catalogue
from workbench.models.trained import TrainedModel, write_trained
from workbench.projects import projects
from workbench.system import drafts
from workbench.ui.use import texts_file
from workbench.use import conversations
from workbench.use import taught as told_in_use

PAGE = "pages/data/data.py"
TOLD = [("Delivery", "Where a parcel is."), ("Refund", "Money back for a thing.")]


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails")


def _typed(at: AppTest, rows: list[tuple[str, str]]) -> AppTest:
    for place, (name, text) in enumerate(rows):
        at.text_input(key=f"describe-0-{place}-name").set_value(name)
        at.text_input(key=f"describe-0-{place}-text").set_value(text)
    return at.run()


def _version(store: Store, project_id: int) -> VersionInfo:
    return described.start_described(store, project_id, "Topics", TOLD)


def _trained(store: Store, version: VersionInfo) -> int:
    """A finished training from descriptions; its folder says what it is and has no weights."""
    adapter = files.home() / "adapter"
    adapter.mkdir()
    base = BaseModelRef("tiny", adapter, "encoder")
    labels = tuple(version.labels)
    task = version.task
    write_trained(adapter, TrainedModel(task=task, family="encoder", base=base, labels=labels))
    run_id = made.add_run(
        store, version.project_id, version.id, made.add_model(store), adapter=str(adapter)
    )
    with store.write() as session:
        run = session.get_one(Run, run_id)
        run.result = {**(run.result or {}), "described": 2, "rows": 0, "scores": {}}
    return run_id


def test_descriptions_are_typed_kept_over_a_refresh_and_saved(
    store: Store, project_id: int
) -> None:
    at = open_page(PAGE, project=project_id)
    assert "No examples yet?" in [tab.label for tab in at.tabs]
    _typed(at, TOLD)

    again = open_page(PAGE, project=project_id)
    assert again.text_input(key="describe-0-1-text").value == TOLD[1][1]
    again.button(key="describe-save").click().run()

    assert not again.exception
    (version,) = datasets.list_versions(store, project_id)
    assert descriptions_in(version.mapping) == dict(TOLD)
    assert "2 categories described, no examples yet" in texts(again)
    assert again.button(key="describe-next").label == "Next: choose a model"


def test_one_category_is_not_enough_and_nothing_is_lost(store: Store, project_id: int) -> None:
    at = _typed(open_page(PAGE, project=project_id), TOLD[:1])
    at.button(key="describe-save").click().run()
    assert "At least two categories" in at.error[0].value
    assert at.text_input(key="describe-0-0-name").value == "Delivery"
    assert datasets.list_versions(store, project_id) == []


def test_rows_of_the_editor_come_and_go(project_id: int) -> None:
    at = _typed(open_page(PAGE, project=project_id), [*TOLD, ("Other", "All else.")])
    at.button(key="describe-add").click().run()
    assert at.text_input(key="describe-0-3-name").value == ""
    at.button(key="describe-0-0-drop").click().run()
    assert at.text_input(key="describe-1-0-name").value == "Refund"
    assert at.text_input(key="describe-1-1-name").value == "Other"


def test_another_dataset_is_not_described_by_mistake(store: Store, project_id: int) -> None:
    described.start_described(store, project_id, "categories", TOLD)
    at = open_page(PAGE, project=project_id)
    assert at.text_input(key="describe-name").value == "Categories 2"
    assert "is there already" not in texts(at)
    at.text_input(key="describe-name").set_value("CATEGORIES ").run()
    assert "'categories' is there already" in texts(at)


def test_a_saved_dataset_is_described_anew(store: Store, project_id: int) -> None:
    version = _version(store, project_id)
    at = open_page(PAGE, project=project_id)
    page = f"describe-{version.dataset_id}"
    assert not [box for box in at.text_input if box.key.startswith(page)]
    at.session_state[f"told-{page}"] = True
    at.run()
    at.text_input(key=f"{page}-0-0-text").set_value("Everything about parcels.").run()
    at.button(key=f"save-{page}").click().run()
    assert not at.exception
    newest = datasets.list_versions(store, project_id)[0]
    assert (newest.number, descriptions_in(newest.mapping)["Delivery"]) == (
        2,
        "Everything about parcels.",
    )


def test_what_was_typed_stands_beside_categories_that_came_since(
    store: Store, project_id: int
) -> None:
    version = _version(store, project_id)
    page = f"describe-{version.dataset_id}"
    typed = [["Delivery", "All of parcels."], ["Other", "What is left."]]
    drafts.save_draft(store, project_id, page, {"rows": typed})
    taught.add_taught(store, version, [{"text": "Where is my invoice?", "label": "Invoice"}])

    at = open_page(PAGE, project=project_id)
    at.session_state[f"told-{page}"] = True
    at.run()
    rows = [
        (
            at.text_input(key=f"{page}-0-{n}-name").value,
            at.text_input(key=f"{page}-0-{n}-text").value,
        )
        for n in range(3)
    ]
    assert rows == [("Invoice", ""), ("Delivery", "All of parcels."), ("Other", "What is left.")]
    assert at.text_input(key=f"{page}-0-0-name").disabled
    assert not at.text_input(key=f"{page}-0-1-name").disabled


def test_a_page_that_is_only_looked_at_keeps_no_draft(store: Store, project_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    at.run()
    assert drafts.get_draft(store, project_id, "describe") == {}


def test_a_model_is_made_of_descriptions_by_an_ordinary_training(
    store: Store, project_id: int
) -> None:
    _version(store, project_id)
    projects.choose_model(store, project_id, _ready(store))
    at = open_page("pages/train/train.py", project=project_id)
    assert "no examples yet" in texts(at)
    at.button(key="start").click().run()
    assert not at.exception
    with store.read() as session:
        (job,) = session.query(Job).filter_by(kind="train")
        assert TrainSpec.from_dict(job.spec).descriptions == dict(TOLD)


def _ready(store: Store) -> int:
    return catalogue.resolve_model(store, "all-MiniLM-L6-v2").id


def test_the_pages_say_that_nobody_has_checked_it(store: Store, project_id: int) -> None:
    run_id = _trained(store, _version(store, project_id))
    at = open_page("pages/evaluate/evaluate.py", project=project_id)
    assert "nobody has checked it yet: label some texts to find out" in texts(at)
    assert at.button(key="to-label").label == "Sort some texts"
    at = open_page("pages/train/train.py", project=project_id, run=run_id)
    assert "Nobody has checked it yet" in texts(at)


@pytest.mark.parametrize("page", ["data/checkup", "data/explore", "model/model", "home/projects"])
def test_other_pages_bear_a_dataset_without_examples(
    page: str, store: Store, project_id: int
) -> None:
    _version(store, project_id)
    assert not open_page(f"pages/{page}.py", project=project_id).exception


def test_a_checkup_of_no_examples_is_refused_with_the_next_step(
    store: Store, project_id: int
) -> None:
    at = open_page(
        "pages/data/checkup.py", dataset=_version(store, project_id).dataset_id, project=project_id
    )
    at.button(key="check").click().run()
    assert "no examples to look through yet: sort some texts first" in at.error[0].value


def test_texts_sorted_in_the_playground_become_examples(store: Store, project_id: int) -> None:
    version = _version(store, project_id)
    run_id = _trained(store, version)
    _sorted(store, project_id, run_id, "Where is it?", "Refund", correction="Delivery")
    _sorted(store, project_id, run_id, "My money, please", "Refund", rating="up")
    _sorted(store, project_id, run_id, "Hello", "Refund", rating="down")

    at = open_page("pages/use/playground.py", project=project_id)
    assert "2 texts" in texts(at)
    at.button(key="make-examples").click().run()

    newest = datasets.list_versions(store, project_id)[0]
    assert newest.report["labels"] == {"Delivery": 1, "Refund": 1}
    assert descriptions_in(newest.mapping) == dict(TOLD)
    assert told_in_use.waiting(store, newest) == []


def test_each_line_can_be_a_text_of_its_own(store: Store, project_id: int) -> None:
    _trained(store, _version(store, project_id))
    at = open_page("pages/use/playground.py", project=project_id)
    at.text_area(key="text").set_value("First one\n\nSecond one\nThird one")
    at.checkbox(key="each-line").set_value(True)
    at.button[[b.label for b in at.button].index("Sort it")].click().run()
    (listed,) = conversations.list_conversations(store, project_id)
    (turn,) = conversations.turns(store, listed.id)
    assert turn.question.content == "First one"
    assert drafts.get_draft(store, project_id, "to-sort") == {"texts": ["Second one", "Third one"]}


def test_texts_of_a_file_without_categories_are_sorted_in_parts(
    store: Store, project_id: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "mails.csv"
    path.write_text("mail,category\n" + "".join(f"Mail number {n},\n" for n in range(25)), "utf-8")
    table = read_table(path)
    monkeypatch.setattr(texts_file, "show", lambda one: texts_file.choose(table, one, "file"))
    _trained(store, _version(store, project_id))

    at = open_page("pages/use/playground.py", project=project_id)
    assert at.selectbox(key="texts-column").value == "mail"
    assert at.button(key="texts-sort").label == "Sort texts 1 to 20 of 25"
    at.button(key="texts-sort").click().run()

    kept = drafts.get_draft(store, project_id, "to-sort")["texts"]
    assert kept == [f"Mail number {n}" for n in range(20)]
    assert at.button(key="texts-sort").label == "Sort texts 21 to 25 of 25"


def _sorted(
    store: Store, project_id: int, run_id: int, text: str, answer: str, **opinion: str
) -> None:
    conversation_id, _ = conversations.start_conversation(store, project_id, run_id, text)
    message_id = conversations.add_answer(store, conversation_id, f"run-{run_id}", answer, {})
    assert message_id is not None
    conversations.rate(store, message_id, opinion.get("rating", ""))
    conversations.correct(store, message_id, opinion.get("correction", ""))
