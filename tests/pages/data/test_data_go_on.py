"""The Data page of a project that has data: what comes next is one click away."""

import pytest

from storage.database import Store
from tests.helpers.made import add_dataset, add_run
from tests.pages.opened import open_page, paste, texts
from workbench.data import versions
from workbench.models import catalogue
from workbench.projects import projects, samples

PAGE = "pages/data/data.py"


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails")


def test_who_opens_the_sample_is_led_to_the_models(store: Store) -> None:
    at = open_page(PAGE, project=samples.create_sample_project(store))
    said = "Your data is ready: 360 examples in Categories. Go on, or bring another table below."
    assert said in texts(at)
    button = at.button(key="data-go-on")
    assert button.label == "Next: choose a model"
    assert "Which model fits?" in texts(button.click().run())


def test_the_next_step_is_the_projects_own(store: Store, project_id: int) -> None:
    add_dataset(store, project_id)
    model = catalogue.list_models(store)[0].id
    projects.choose_model(store, project_id, model)
    at = open_page(PAGE, project=project_id)
    assert at.button(key="data-go-on").label == "Next: train the model"
    version = versions.list_versions(store, project_id)[0].id
    add_run(store, project_id, version, model, status="running")
    at = open_page(PAGE, project=project_id)
    assert at.button(key="data-go-on").label == "Watch it learn"


def test_it_is_not_there_without_data_nor_while_some_is_brought(
    store: Store, project_id: int
) -> None:
    at = open_page(PAGE, project=project_id)
    assert "data-go-on" not in [button.key for button in at.button]
    add_dataset(store, project_id)
    at = paste(open_page(PAGE, project=project_id), "text\tcategory\n" + "a mail\tx\n" * 12)
    assert "data-go-on" not in [button.key for button in at.button]


def test_who_has_just_described_categories_is_told_once(store: Store, project_id: int) -> None:
    add_dataset(store, project_id)
    at = open_page(PAGE, project=project_id)
    at.session_state["described"] = versions.list_versions(store, project_id)[0].id
    assert "data-go-on" not in [button.key for button in at.run().button]
    at.session_state["described"] = 77  # of another project
    assert "data-go-on" in [button.key for button in at.run().button]
