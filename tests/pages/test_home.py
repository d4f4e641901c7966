"""The home page: the first start, cards, and what can be done with a project."""

import sqlalchemy as sa
from sqlalchemy import event

from storage.database import Store
from tests.helpers.made import add_dataset, add_evaluation, add_model, add_run
from tests.pages.opened import open_page, texts
from workbench.projects import projects


def test_the_first_start_teaches_and_offers_the_sample() -> None:
    at = open_page()
    assert at.title[0].value == "What would you like to teach?"
    assert at.button(key="sample").label == "Open the sample project"
    assert "A table with examples" in texts(at)


def test_the_sample_opens_on_its_data(store: Store) -> None:
    at = open_page()
    at.button(key="sample").click().run()
    assert not at.exception
    (card,) = projects.list_projects(store)
    assert card.project.is_sample
    assert at.query_params["project"] == str(card.project.id)


def test_a_new_project_opens_on_data(store: Store) -> None:
    at = open_page()
    at.button(key="new").click().run()
    at.text_input(key="new-name").set_value("Mails").run()
    at.button(key="new-create").click().run()
    assert not at.exception
    assert [card.project.name for card in projects.list_projects(store)] == ["Mails"]
    assert at.query_params["project"] == "1"


def test_a_project_without_a_name_is_explained_and_the_rest_stays(store: Store) -> None:
    at = open_page()
    at.button(key="new").click().run()
    at.text_area(key="new-description").set_value("for support").run()
    at.button(key="new-create").click().run()
    assert "has no name yet" in at.error[0].value
    assert at.text_area(key="new-description").value == "for support"
    assert projects.list_projects(store) == []


def test_a_card_shows_the_best_result_and_one_next_step(store: Store) -> None:
    project_id = projects.create_project(store, "Mails", "from *customers*")
    version_id, model_id = add_dataset(store, project_id), add_model(store)
    projects.choose_model(store, project_id, model_id)
    run_id = add_run(store, project_id, version_id, model_id)
    add_evaluation(store, run_id, {"tuned": {"accuracy": 0.937}})
    at = open_page()
    assert "93.7 % of exam questions right" in texts(at)
    assert r"from \*customers\*" in texts(at)
    assert at.button(key=f"next-{project_id}").label == "See how good it is"


def test_the_next_step_opens_in_its_project(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    at = open_page()
    at.button(key=f"next-{project_id}").click().run()
    assert not at.exception
    assert at.query_params["project"] == str(project_id)
    assert at.title[0].value != "What would you like to teach?"


def test_the_menu_copies_archives_and_restores(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    at = open_page()
    at.menu_button(key=f"menu-{project_id}").click("Duplicate").run()
    assert [c.project.name for c in projects.list_projects(store)] == ["Mails (copy)", "Mails"]
    at.menu_button(key=f"menu-{project_id}").click("Archive").run()
    assert not at.exception
    assert [c.project.name for c in projects.list_projects(store)] == ["Mails (copy)"]
    at.button(key=f"restore-{project_id}").click().run()
    assert len(projects.list_projects(store)) == 2


def test_deleting_asks_and_says_what_goes(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    add_dataset(store, project_id)
    at = open_page()
    at.menu_button(key=f"menu-{project_id}").click("Delete").run()
    assert "1 dataset" in texts(at)
    assert len(projects.list_projects(store)) == 1
    at.button(key="delete-yes").click().run()
    assert projects.list_projects(store) == []


def test_renaming_to_a_taken_name_is_explained(store: Store) -> None:
    projects.create_project(store, "A")
    project_id = projects.create_project(store, "B")
    at = open_page()
    at.menu_button(key=f"menu-{project_id}").click("Rename or describe").run()
    at.text_input(key=f"edit-name-{project_id}").set_value("a").run()
    at.button(key="edit-save").click().run()
    assert "already a project named 'A'" in at.error[0].value
    assert projects.get_project(store, project_id).name == "B"


def test_many_projects_ask_the_database_no_more_than_one(store: Store) -> None:
    asked = []

    def note(*_: object) -> None:
        asked.append(None)

    def statements() -> int:
        open_page()
        asked.clear()
        open_page()
        return len(asked)

    event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        projects.create_project(store, "Mails 1")
        one = statements()
        for number in range(2, 8):
            projects.create_project(store, f"Mails {number}")
        assert statements() == one < 30
    finally:
        event.remove(sa.Engine, "before_cursor_execute", note)
