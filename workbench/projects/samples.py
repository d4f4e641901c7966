"""The sample project: e-mails to a made-up stationery shop, with their categories and replies."""

from pathlib import Path

from storage import projects
from storage.database import Store
from workbench.core.tasks import CLASSIFICATION, COMPLETION
from workbench.data import datasets
from workbench.projects import samples
from workbench.projects.projects import _existing, _free_name

NAME = "Customer e-mails (sample)"
DESCRIPTION = (
    "E-mails to Quillberry, a made-up stationery shop: sort them into categories, "
    "or learn to write its replies."
)
FILE = Path(__file__).with_name("quillberry_emails.csv")


def add_datasets(store: Store, project_id: int) -> None:
    """Give the project its two datasets; the categories last, so that pages offer them first."""
    for name, task, mapping in (
        ("Replies", COMPLETION, {"prompt": "From: {customer}\n\n{email}", "response": "reply"}),
        ("Categories", CLASSIFICATION, {"text": "email", "label": "category"}),
    ):
        datasets.save_version(
            store,
            project_id=project_id,
            dataset_name=name,
            task=task.name,
            path=FILE,
            mapping=mapping,
        )


def create_sample_project(store: Store) -> int:
    """The sample project with its two datasets; opened again if it is there already."""
    with store.write() as session:
        if found := projects.sample(session):
            found.archived_at = None
            return found.id
        name = _free_name(session, samples.NAME)
        project_id = projects.add(session, name, samples.DESCRIPTION, is_sample=True).id
    try:
        samples.add_datasets(store, project_id)
    except BaseException:
        with store.write() as session:  # no sample project is better than half of one
            projects.delete(session, _existing(session, project_id))
        raise
    return project_id
