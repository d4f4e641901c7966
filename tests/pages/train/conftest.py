"""A project that can train."""

import pytest

from storage.database import Store
from tests.helpers.made import add_dataset
from tests.helpers.trainings import model_id
from workbench.projects import projects


@pytest.fixture
def project_id(store: Store) -> int:
    """A project with data to sort and the encoder chosen."""
    project_id = projects.create_project(store, "Mails")
    add_dataset(store, project_id)
    projects.choose_model(store, project_id, model_id(store))
    return project_id
