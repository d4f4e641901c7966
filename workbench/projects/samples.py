"""The sample project: e-mails to a made-up stationery shop, with their categories and replies."""

from pathlib import Path

from storage.database import Store
from workbench.data import datasets as ingest

NAME = "Customer e-mails (sample)"
DESCRIPTION = (
    "E-mails to Quillberry, a made-up stationery shop: sort them into categories, "
    "or learn to write its replies."
)
FILE = Path(__file__).with_name("quillberry_emails.csv")


def add_datasets(store: Store, project_id: int) -> None:
    """Give the project its two datasets; the categories last, so that pages offer them first."""
    for name, task, mapping in (
        ("Replies", "completion", {"prompt": "From: {customer}\n\n{email}", "response": "reply"}),
        ("Categories", "classification", {"text": "email", "label": "category"}),
    ):
        ingest.save_version(
            store, project_id=project_id, dataset_name=name, task=task, path=FILE, mapping=mapping
        )
