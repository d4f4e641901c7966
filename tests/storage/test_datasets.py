"""Queries on datasets."""

from typing import Any

import pytest
import sqlalchemy as sa

from storage import datasets, projects
from storage.database import Store
from storage.tables import DatasetVersion


def _values(**more: Any) -> dict[str, Any]:
    return {
        "task": "classification",
        "content_hash": "c" * 64,
        "source_hash": "s" * 64,
        "source_name": "mails.csv",
        "mapping": {"roles": {"text": "mail"}, "test": {"digest": "t" * 64, "name": "x.csv"}},
        "rows": 10,
        "dropped": 0,
        "splits": {"train": 8, "validation": 1, "test": 1},
        "split_seed": 42,
        "report": {},
        **more,
    }


@pytest.fixture
def dataset_id(store: Store) -> int:
    with store.write() as session:
        project = projects.add(session, "Mails", "")
        return datasets.add(session, project.id, "Categories").id


def test_versions_are_numbered_from_one(store: Store, dataset_id: int) -> None:
    with store.write() as session:
        numbers = [datasets.add_version(session, dataset_id, **_values()).number for _ in range(3)]

    assert numbers == [1, 2, 3]
    with store.read() as session:
        assert [v.number for v in datasets.versions_of_dataset(session, dataset_id)] == [1, 2, 3]
        found = datasets.versions_of_project(session, 1)
        assert [(v.number, d.name) for v, d in found] == [
            (3, "Categories"),
            (2, "Categories"),
            (1, "Categories"),
        ]


def test_a_dataset_is_found_whatever_the_case_of_its_name(store: Store, dataset_id: int) -> None:
    with store.read() as session:
        found = datasets.named(session, 1, "CATEGORIES")
        assert found is not None
        assert found.id == dataset_id
        assert datasets.named(session, 2, "Categories") is None


def test_only_the_newest_version_can_be_the_same(store: Store, dataset_id: int) -> None:
    with store.write() as session:
        assert datasets.newest_if_same(session, dataset_id, "c" * 64, {}) is None
        version = datasets.add_version(session, dataset_id, **_values())
        mapping = version.mapping
        assert datasets.newest_if_same(session, dataset_id, "c" * 64, mapping) is version
        assert datasets.newest_if_same(session, dataset_id, "c" * 64, {}) is None
        assert datasets.newest_if_same(session, dataset_id, "d" * 64, mapping) is None
        datasets.add_version(session, dataset_id, **{**_values(), "content_hash": "d" * 64})
        assert datasets.newest_if_same(session, dataset_id, "c" * 64, mapping) is None


def test_a_dataset_goes_with_its_versions_and_names_its_objects(
    store: Store, dataset_id: int
) -> None:
    with store.write() as session:
        datasets.add_version(session, dataset_id, **_values())
        dataset = datasets.get(session, dataset_id)
        assert dataset is not None
        assert datasets.objects(session, dataset_id) == {"c" * 64, "s" * 64, "t" * 64}
        datasets.delete(session, dataset)

    with store.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(DatasetVersion)) == 0
