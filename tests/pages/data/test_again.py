"""The Data page where a dataset that was mended gets a newer file."""

import pytest

from storage.database import Store
from tests.pages.opened import open_page, paste, texts
from workbench.data import changes, datasets
from workbench.data.edits.edit import Edit
from workbench.projects import projects

PAGE = "pages/data/data.py"
TABLE = "text\tcategory\n" + "".join(f"message number {i}\tkind {i % 3}\n" for i in range(60))


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails")


def test_what_was_mended_is_made_again_on_a_newer_file(store: Store, project_id: int) -> None:
    at = paste(open_page(PAGE, project=project_id), TABLE)
    at.text_input(key="data-name").set_value("My mails").run()
    at.button(key="data-save").click().run()
    (first,) = datasets.list_versions(store, project_id)
    edit = Edit(frozenset({4}), {(6, "text"): "hello there"})
    changes.apply_edit_here(store, first.id, edit, "edit", "By hand")

    at.button(key="data-another").click().run()
    paste(at, TABLE + "one more\tkind 1\n")
    at.text_input(key="data-name").set_value("My mails").run()
    assert at.checkbox(key="data-again").value
    assert at.checkbox(key="data-again").label == (
        "Make my earlier changes again: 1 row changed and 1 row taken out"
    )
    at.button(key="data-save").click().run()

    newest, from_file, *_ = datasets.list_versions(store, project_id)
    assert (newest.number, newest.rows, from_file.rows) == (4, 60, 61)
    assert "made again: they are version 4" in texts(at)
    assert "61 examples are saved as version 3" in texts(at)


def test_earlier_changes_can_be_left_out(store: Store, project_id: int) -> None:
    at = paste(open_page(PAGE, project=project_id), TABLE)
    at.text_input(key="data-name").set_value("My mails").run()
    at.button(key="data-save").click().run()
    (first,) = datasets.list_versions(store, project_id)
    changes.apply_edit_here(store, first.id, Edit(frozenset({4})), "edit", "By hand")

    at.button(key=f"edit-{first.id}").click().run()
    at.checkbox(key="data-again").uncheck().run()
    assert not open_page(PAGE, project=project_id).checkbox(key="data-again").value
    at.button(key="data-save").click().run()

    newest, *older = datasets.list_versions(store, project_id)
    assert (newest.number, newest.rows, newest.change) == (3, 60, None)
    assert len(older) == 2
    assert "made again" not in texts(at)
