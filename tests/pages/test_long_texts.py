"""Texts longer than models read, as the Data, Model and Train pages tell of them."""

from pathlib import Path

import pytest

from storage.database import Store
from tests.pages.opened import open_page, paste, texts
from workbench.data import datasets
from workbench.models import catalogue
from workbench.projects import projects

SHORT = "My parcel number {n} has not come yet and I should like to know why."
LONG = "The letter number {n} goes on about parcels and their ways through the country. " * 60


@pytest.fixture
def project_id(store: Store, tmp_path: Path) -> int:
    """A project with texts to sort, five of them long, and the encoder chosen."""
    project_id = projects.create_project(store, "Letters")
    path = tmp_path / "letters.csv"
    path.write_text(table(), "utf-8")
    datasets.save_version(
        store,
        project_id=project_id,
        path=path,
        task="classification",
        mapping={"text": "text", "label": "kind"},
        dataset_name="Letters",
    )
    encoder = next(m for m in catalogue.list_models(store) if m.family == "encoder")
    projects.choose_model(store, project_id, encoder.id)
    return project_id


def table() -> str:
    lines = [f'"{(LONG if n % 8 == 3 else SHORT).format(n=n)}",{"ab"[n % 2]}' for n in range(40)]
    return "\n".join(["text,kind", *lines])


def test_the_train_page_says_how_many_which_and_what_is_done(project_id: int) -> None:
    at = open_page("pages/train/train.py", project=project_id)
    (said,) = [str(own.value) for own in at.info if "longer than" in str(own.value)]
    assert "About 5 of 40 texts" in said
    assert "256 tokens" in said
    assert "windows" in said
    listed = next(own.value for own in at.dataframe if "Text" in own.value.columns)
    assert len(listed) == 5
    assert all(text.startswith("The letter number") for text in listed["Text"])


def test_the_model_page_says_it_of_the_chosen_model(project_id: int) -> None:
    at = open_page("pages/model/model.py", project=project_id)
    assert any("About 5 of 40 texts" in str(own.value) for own in at.info)


def test_the_data_page_says_it_before_a_model_is_chosen(store: Store) -> None:
    project_id = projects.create_project(store, "New")
    at = paste(open_page("pages/data/data.py", project=project_id), table())
    assert "5 of these 40 are longer than the 256 tokens" in texts(at)
