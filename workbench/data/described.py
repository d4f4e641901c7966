"""Datasets whose categories are described: saved without any example, and grown by sorted texts."""

import csv
import io
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from storage import files
from storage.database import Store
from workbench.core.cells import harmless
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import CLASSIFICATION
from workbench.core.tasks.descriptions import KEY, checked, descriptions_in
from workbench.core.words import plural
from workbench.data import changes, datasets, versions
from workbench.data.edits.edit import Edit
from workbench.data.examples.plan import Plan, Source
from workbench.data.examples.prepare import Prepared
from workbench.data.splits.assign import TRAIN, assign, question_key, sizes
from workbench.data.versions import VersionInfo
from workbench.jobs.job import JobView

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


def add_sorted(
    store: Store, version: VersionInfo, rows: Sequence[tuple[str, str]]
) -> VersionInfo | JobView:
    """The next version: with texts that a person has sorted; one that is an example already gets
    the new category.

    New texts are given to training, practice and exam in the shares of the dataset.

    Args:
        rows: text and its category.

    Raises:
        WorkbenchError: nothing would change, or the version is not the newest.
    """
    edit = _edit(version, {text.strip(): label for text, label in rows if text.strip()})
    title = f"{plural(edit.rows, 'text')} sorted by hand"
    return changes.apply_edit(store, version.id, edit, changes.LABEL, title)


def known_labels(version: VersionInfo, texts: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Text → row id and category, of those texts that are examples already."""
    wanted = pc.field("text").isin(pa.array([*texts], pa.large_string()))
    found = versions.read_examples(version, filters=wanted, columns=["row_id", "text", "label"])
    return {row["text"]: (row["row_id"], row["label"]) for row in found.to_pylist()}


def _edit(version: VersionInfo, told: Mapping[str, str]) -> Edit:
    known = known_labels(version, [*told])
    change = {
        (row, "label"): told[text] for text, (row, label) in known.items() if told[text] != label
    }
    new = {text: label for text, label in told.items() if text not in known}
    sides = versions.read_examples(version, columns=["row_id", "split", "text", "label"])
    first = max([0, *sides["row_id"].to_pylist()]) + 1
    return Edit(change=change, add=_rows(version, sides, new, first))


def _rows(
    version: VersionInfo, data: pa.Table, new: Mapping[str, str], first: int
) -> tuple[Mapping[str, str], ...]:
    """The new rows, each on a side of the exam; the others keep theirs."""
    plan = changes.plan_of(version)
    before = data["text"].to_pylist()
    keys = [question_key(text) for text in before]
    earlier = dict(zip(keys, data["split"].to_pylist(), strict=True))
    splits = (
        [TRAIN] * len(new)  # of an exam of the user's own nothing is given away
        if plan.test
        else assign(
            [*keys, *map(question_key, new)],
            [*data["label"].to_pylist(), *new.values()],
            fractions=plan.fractions,
            seed=plan.seed,
            earlier=earlier,
        )[len(keys) :]
    )
    return tuple(
        {"row_id": str(first + place), "split": split, "text": text, "label": label}
        for place, ((text, label), split) in enumerate(zip(new.items(), splits, strict=True))
    )
