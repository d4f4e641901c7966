"""What was entered on a page is kept; what is entered already costs nobody a turn to write."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from storage.database import Store
from workbench.projects import projects
from workbench.system import drafts


@pytest.fixture
def writes(store: Store) -> Iterator[list[None]]:
    """One entry a transaction that may write."""
    found: list[None] = []

    def note(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("workbench_write"):
            found.append(None)

    event.listen(store.engine, "begin", note)
    yield found
    event.remove(store.engine, "begin", note)


def test_only_what_differs_is_written(store: Store, writes: list[None]) -> None:
    project_id = projects.create_project(store, "Mails")
    begun = len(writes)
    drafts.save_draft(store, project_id, "train", {"preset": "quick"})
    assert len(writes) == begun + 1
    drafts.save_draft(store, project_id, "train", {"preset": "quick"})
    assert len(writes) == begun + 1
    drafts.save_draft(store, project_id, "train", {"preset": "thorough"})
    assert len(writes) == begun + 2
    assert drafts.get_draft(store, project_id, "train") == {"preset": "thorough"}
    drafts.save_draft(store, project_id, "train", {})
    assert drafts.get_draft(store, project_id, "train") == {}


def test_what_a_page_changes_in_what_it_was_given_is_saved(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    drafts.save_draft(store, project_id, "data", {"rows": ["one"]})
    with store.looking():
        entered = drafts.get_draft(store, project_id, "data")
        entered["rows"].append("two")
        drafts.save_draft(store, project_id, "data", entered)
    assert drafts.get_draft(store, project_id, "data") == {"rows": ["one", "two"]}
