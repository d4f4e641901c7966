"""Datasets whose categories are described, and saved without any example; sorted texts are added in `taught`."""

import csv
import io
from collections.abc import Mapping, Sequence

import pyarrow as pa

from storage import files
from storage.database import Store
from workbench.core.cells import harmless
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import CLASSIFICATION
from workbench.core.tasks.descriptions import KEY, checked, descriptions_in
from workbench.data import changes, datasets
from workbench.data.examples.plan import Plan, Source
from workbench.data.examples.prepare import Prepared
from workbench.data.splits.assign import sizes
from workbench.data.versions import VersionInfo

SOURCE_NAME = "descriptions of categories.csv"
ROLES = {"text": "description", "label": "category"}


def is_only_described(version: VersionInfo) -> bool:
    """Whether a version has descriptions of its categories and no example."""
    return not version.rows and bool(descriptions_in(version.mapping))


def start_described(
    store: Store, project_id: int, name: str, rows: Sequence[tuple[str, str]]
) -> VersionInfo:
    """A dataset of described categories without an example; described anew if it is there already.

    Args:
        rows: category and what belongs there, in a sentence.

    Raises:
        WorkbenchError: a description does not do, or the name is one of another task's dataset.
    """
    told = checked(rows)
    wanted = " ".join(name.split()).casefold()
    for version in datasets.list_versions(store, project_id):  # the newest first
        if version.dataset_name.casefold() == wanted:
            return describe(store, version, told)
    source = Source(files.put(io.BytesIO(as_file(told))), SOURCE_NAME)
    plan = Plan(CLASSIFICATION.name, ROLES, descriptions=told)
    report = {"dropped": {}, "lengths": {}, "mean_chars": 0.0, "labels": {}, "findings": []}
    prepared = Prepared(_no_examples(), plan, report, sizes([]), 0)
    saved = datasets.save_prepared(store, project_id, name, source, prepared)
    return datasets.get_version(store, saved.version_id)


def _no_examples() -> pa.Table:
    kinds = {"text": pa.large_string(), "label": pa.large_string()}
    return pa.schema({"row_id": pa.int64(), "split": pa.string(), **kinds}).empty_table()


def as_file(told: Mapping[str, str]) -> bytes:
    """The descriptions as a table (CSV), which `describe` reads again."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(("category", "description"))
    rows.writerows((harmless(name), harmless(said)) for name, said in told.items())
    return text.getvalue().encode("utf-8")


def describe(store: Store, version: VersionInfo, told: Mapping[str, str]) -> VersionInfo:
    """The next version of a dataset: the same examples, with these descriptions.

    Raises:
        WorkbenchError: it has them already, sorts nothing, or is not the newest version.
    """
    if version.task != CLASSIFICATION.name:
        raise WorkbenchError(
            f"'{version.dataset_name}' is not sorted into categories: choose another name."
        )
    if dict(told) == descriptions_in(version.mapping):
        raise WorkbenchError("These descriptions are saved already: change one first.")
    if not version.rows:
        checked(told.items())
    return changes.describe(store, version, {**version.mapping, KEY: dict(told)}, len(told))
