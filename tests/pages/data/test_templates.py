"""The preview of a model whose chat template does harm: a sentence, and the page goes on."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Store
from tests.helpers import hostile_templates
from tests.helpers.folders import model_folder
from tests.pages.opened import open_page, paste
from workbench.data.files import reader
from workbench.models import catalogue
from workbench.projects import projects

NAME = "Parcel writer"
TABLE = "question\tanswer\n" + "".join(
    f"Where is my parcel {i}?\tParcel {i} is on its way to you.\n" for i in range(40)
)
_MOST_SECONDS = 10.0


@pytest.fixture(autouse=True)
def _no_reader_left() -> Iterator[None]:
    yield
    reader.end_all()


@pytest.mark.parametrize("name", hostile_templates.EACH_KIND)
def test_the_preview_says_what_is_wrong(store: Store, tmp_path: Path, name: str) -> None:
    folder = model_folder(tmp_path / NAME)
    (folder / "tokenizer_config.json").write_text("{}")
    project_id = projects.create_project(store, "Mails")
    projects.choose_model(store, project_id, catalogue.add_folder(store, folder))
    hostile_templates.plant(folder, name)
    at = open_page("pages/data/data.py", project=project_id)
    began = time.monotonic()
    at = paste(at, TABLE)
    assert time.monotonic() - began < _MOST_SECONDS
    (said,) = [one.value for one in at.warning if "chat template" in one.value]
    hostile_templates.check(said.replace("\\", "").replace("\u2060", ""), NAME)
    assert at.button(key="data-save")
