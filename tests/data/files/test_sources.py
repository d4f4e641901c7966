"""Files that are kept: found again, and given up once nothing needs them."""

import io
import os

import pytest

from storage import files
from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.data.examples.plan import Source
from workbench.data.files import sources
from workbench.projects import projects
from workbench.system import drafts


def _kept(text: str) -> Source:
    """A file that was kept long ago (a young one may be about to get its row)."""
    source = sources.keep(io.BytesIO(text.encode()), "/some/where/mails.csv")
    os.utime(files.object_path(source.digest), (0, 0))
    return source


def test_a_file_is_kept_under_its_own_name_only() -> None:
    source = _kept("text\na b\n")

    assert source.name == "mails.csv"
    assert sources.is_kept(source)
    assert sources.open_source(source).cells("text") == ["a b"]


def test_a_file_is_discarded_unless_a_draft_needs_it(store: Store) -> None:
    needed, other = _kept("text\none\n"), _kept("text\ntwo\n")
    project_id = projects.create_project(store, "Mails")
    drafts.save_draft(store, project_id, "data", {"source": needed.__dict__})

    sources.discard(store, [needed, other])

    assert sources.is_kept(needed)
    assert not sources.is_kept(other)
    with pytest.raises(WorkbenchError, match="choose the file again"):
        sources.open_source(other)
