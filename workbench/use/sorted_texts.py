"""Texts that a person sorted in the playground: on their way to become examples."""

from storage import conversations, trained
from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.data import described, versions
from workbench.data.versions import VersionInfo
from workbench.jobs.job import JobView
from workbench.models.served import run_id_of

Sorted = tuple[str, str]
"""A text and the category that a person gave it."""


def dataset_of(store: Store, run_id: int) -> VersionInfo | None:
    """The newest version of the dataset that a run learned from; None if it is gone."""
    with store.read() as session:
        row = next((r for r in trained.listing(session) if r.run.id == run_id), None)
        dataset_id = row.version.dataset_id if row else None
    return None if dataset_id is None else versions.latest_version(store, dataset_id)


def waiting(store: Store, version: VersionInfo) -> list[Sorted]:
    """What was sorted with models of this dataset and is no example of it yet.

    An answer that was corrected has its correction, one with a thumb up the model's own category.
    The last word on a text counts.
    """
    with store.read() as session:
        models = {
            row.run.id
            for row in trained.listing(session, version.project_id)
            if row.version.dataset_id == version.dataset_id
        }
        told: dict[str, str] = {}
        for row in conversations.judged(session, version.project_id):
            label = row.answer.correction or (row.answer.rating == "up" and row.answer.content)
            if label and run_id_of(row.answer.model) in models:
                told[row.question.content.strip()] = label
    known = described.known_labels(version, [*told]) if told else {}
    return [(text, label) for text, label in told.items() if known.get(text, (0, ""))[1] != label]


def make_examples(store: Store, version: VersionInfo) -> VersionInfo | JobView:
    """The next version, with what waits.

    Raises:
        WorkbenchError: nothing waits, or the version is not the newest.
    """
    rows = waiting(store, version)
    if not rows:
        raise WorkbenchError("No text waits to become an example: sort one first.")
    return described.add_sorted(store, version, rows)
