"""Texts sorted in the playground, on their way to become examples."""

import pytest

from storage.database import Store
from tests.helpers import made
from workbench.core.errors import WorkbenchError
from workbench.data import described
from workbench.data.versions import VersionInfo
from workbench.projects import projects
from workbench.use import conversations, taught

TOLD = [("Delivery", "Where a parcel is."), ("Refund", "Money back for a thing.")]


@pytest.fixture
def version(store: Store) -> VersionInfo:
    project_id = projects.create_project(store, "Mails")
    return described.start_described(store, project_id, "Topics", TOLD)


@pytest.fixture
def run_id(store: Store, version: VersionInfo) -> int:
    return made.add_run(
        store, version.project_id, version.id, made.add_model(store), adapter="/adapter"
    )


def _corrected(store: Store, version: VersionInfo, run_id: int, text: str, label: str) -> None:
    project_id = version.project_id
    conversation_id, _ = conversations.start_conversation(store, project_id, run_id, text)
    answer = conversations.add_answer(store, conversation_id, f"run-{run_id}", "Refund", {})
    assert answer is not None
    conversations.correct(store, answer, label)


def test_the_last_word_on_a_text_counts(store: Store, version: VersionInfo, run_id: int) -> None:
    _corrected(store, version, run_id, "Where is it?", "Refund")
    _corrected(store, version, run_id, " Where is it? ", "Delivery")
    assert taught.waiting(store, version) == [{"text": "Where is it?", "label": "Delivery"}]
    newest = taught.make_examples(store, version)
    assert isinstance(newest, VersionInfo)
    assert (newest.rows, newest.report["labels"]) == (1, {"Delivery": 1})
    assert taught.dataset_of(store, run_id) == newest


def test_models_of_another_dataset_say_nothing_of_this_one(
    store: Store, version: VersionInfo
) -> None:
    other = made.add_dataset(store, version.project_id, name="Others")
    model_id = made.add_model(store)
    run_id = made.add_run(store, version.project_id, other, model_id, adapter="/adapter")
    _corrected(store, version, run_id, "Where is it?", "Delivery")
    assert taught.waiting(store, version) == []


@pytest.mark.usefixtures("run_id")
def test_nothing_waits_before_a_text_is_sorted(store: Store, version: VersionInfo) -> None:
    assert taught.waiting(store, version) == []
    with pytest.raises(WorkbenchError, match="sort a text or correct an answer"):
        taught.make_examples(store, version)
