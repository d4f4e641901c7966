"""Conversations in the playground: their list, old links, and whose they are."""

from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import Run
from tests.helpers.tiny import PEFT_USES_AN_OLD_NAME
from tests.pages.opened import open_page, texts
from tests.pages.use.asked import PAGE, add_run, shown
from workbench.projects import projects
from workbench.use import conversations

pytestmark = pytest.mark.filterwarnings(PEFT_USES_AN_OLD_NAME)


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
