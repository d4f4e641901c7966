"""The versions of the datasets of a project: what is there, how to get it, how to be rid of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy.orm import Session

from storage import conversions, datasets, files, leftovers, projects
from storage.database import Store
from storage.entered import drafts
from storage.tables import Dataset, DatasetVersion, Job
from workbench.core import names, parquet
from workbench.core.errors import WorkbenchError
from workbench.core.tasks.descriptions import descriptions_in
from workbench.core.words import joined, plural
from workbench.data.examples.plan import Plan
from workbench.data.splits.assign import DEFAULT_FRACTIONS
from workbench.data.splits.split_by import split_by_from
from workbench.jobs.job import spec_of
from workbench.jobs.process.specs import (
    ChangeSpec,
    CheckSpec,
    ExportSpec,
    PromptSpec,
    PushSpec,
    VersionSpec,
)


@dataclass(frozen=True)
class VersionInfo:
    """A version of a dataset, as pages and other services see it."""

    id: int
    project_id: int
    dataset_id: int
    dataset_name: str
    number: int
    task: str
    rows: int
    dropped: int
    splits: dict[str, int]
    labels: list[str]
    """The categories in alphabetical order; empty for other tasks."""
    mean_chars: float
    mapping: dict[str, Any]
    report: dict[str, Any]
    source_name: str
    source_hash: str
    split_seed: int
    change: dict[str, Any] | None
    """How it was made from version `of`: `kind` (fix, edit, label, return), `title` and `rows`
    (how many it touched); None for what came from the file."""
    created_at: dt.datetime
    path: Path
    """The canonical examples, as Parquet."""

    @property
    def has_turns(self) -> bool:
        """Whether an exam by turns can ask its rows."""
        return bool(self.report.get("turns"))


_Version = TypeVar("_Version", VersionInfo, DatasetVersion)


def list_versions(store: Store, project_id: int) -> list[VersionInfo]:
    """Every version of the project's datasets, the newest first."""
    return list(store.known(("versions", project_id), partial(_versions, store, project_id)))


def _versions(store: Store, project_id: int) -> list[VersionInfo]:
    with store.read() as session:
        return [_info(*found) for found in datasets.versions_of_project(session, project_id)]


def before_saved(versions: Sequence[_Version], saved_id: int | None) -> list[_Version]:
    """The versions of a dataset without one (`saved_id`) and what was made after it."""
    number = next((version.number for version in versions if version.id == saved_id), None)
    return [version for version in versions if number is None or version.number < number]


def get_version(store: Store, version_id: int) -> VersionInfo:
    """The version of this id.

    Raises:
        WorkbenchError: there is none.
    """
    return store.known(("version", version_id), partial(_version, store, version_id))


def _version(store: Store, version_id: int) -> VersionInfo:
    with store.read() as session:
        found = datasets.version_with_dataset(session, version_id)
    if found is None:
        raise WorkbenchError(
            f"There is no dataset version {version_id} (any more): choose one on the Data page."
        )
    return _info(*found)


def check_there(version: VersionInfo) -> None:
    """Refuse a version whose examples have gone from the disk, or are not what was saved.

    Raises:
        WorkbenchError: they are not there, or damaged.
    """
    if not version.path.is_file():
        raise WorkbenchError(
            f"The examples of version {version.number} of '{version.dataset_name}' are not on the "
            "disk any more: save the data again."
        )
    parquet.check(version.path, _damaged(version))


def read_examples(version: VersionInfo, **options: Any) -> pa.Table:
    """A version's examples; `options` are those of `pyarrow.parquet.read_table`.

    Raises:
        WorkbenchError: they are not on the disk any more, or damaged.
    """
    check_there(version)
    return parquet.read(version.path, _damaged(version), **options)


def first_examples(version: VersionInfo, most: int) -> pa.Table:
    """The first of a version's examples, without a look at the others.

    Raises:
        WorkbenchError: they are not on the disk any more, or damaged.
    """
    check_there(version)
    try:
        with pq.ParquetFile(version.path) as file:
            batches = [next(file.iter_batches(most))] if file.metadata.num_rows else []
            return pa.Table.from_batches(batches, file.schema_arrow)
    except (pa.ArrowException, OSError) as error:
        raise WorkbenchError(_damaged(version)) from error


def _damaged(version: VersionInfo) -> str:
    return (
        f"The examples of version {version.number} of '{version.dataset_name}' are damaged on the "
        f"disk ({version.path}): restore a backup, go back to another version, or save the data "
        "again."
    )


def latest_version(store: Store, dataset_id: int) -> VersionInfo:
    """The newest version of a dataset.

    Raises:
        WorkbenchError: there is no such dataset, or it has no version.
    """
    with store.read() as session:
        dataset = datasets.get(session, dataset_id)
        found = datasets.versions_of_dataset(session, dataset_id) if dataset else []
    if not dataset or not found:
        raise WorkbenchError(
            f"There is no dataset {dataset_id} (any more): choose one on the Data page."
        )
    return _info(found[-1], dataset)


def _info(version: DatasetVersion, dataset: Dataset) -> VersionInfo:
    report = dict(version.report)
    return VersionInfo(
        id=version.id,
        project_id=dataset.project_id,
        dataset_id=dataset.id,
        dataset_name=dataset.name,
        number=version.number,
        task=version.task,
        rows=version.rows,
        dropped=version.dropped,
        splits=dict(version.splits),
        labels=sorted({*report.get("labels", {}), *descriptions_in(version.mapping)}),
        mean_chars=float(report.get("mean_chars", 0)),
        mapping=dict(version.mapping),
        report=report,
        source_name=version.source_name,
        source_hash=version.source_hash,
        split_seed=version.split_seed,
        change=version.change,
        created_at=version.created_at,
        path=files.object_path(version.content_hash),
    )


def deletion_summary(store: Store, dataset_id: int) -> str:
    """What deleting the dataset would take with it: "2 versions and 1 training run"."""
    with store.read() as session:
        versions = len(datasets.versions_of_dataset(session, dataset_id))
        runs = len(datasets.run_names(session, dataset_id))
    parts = [plural(versions, "version")] + ([plural(runs, "training run")] if runs else [])
    return joined(parts)


def delete_dataset(store: Store, dataset_id: int) -> None:
    """Delete a dataset with its versions and those of its files that nothing else needs.

    Raises:
        WorkbenchError: a model was trained on it, whose result would lose its ground.
    """
    with store.write() as session:
        dataset = datasets.get(session, dataset_id)
        if dataset is None:
            return
        if names := datasets.run_names(session, dataset_id):
            raise WorkbenchError(
                f"'{dataset.name}' cannot be deleted, because {joined(names[:3])} learned from it: "
                "delete those runs on the Train page first."
            )
        objects = datasets.objects(session, dataset_id)
        versions = {version.id for version in datasets.versions_of_dataset(session, dataset_id)}
        conversions.release(session, _jobs_on(session, dataset.project_id, versions))
        if project := projects.get(session, dataset.project_id):
            drafts.forget(session, project, edits_draft(dataset_id))
        datasets.delete(session, dataset)
        leftovers.remove_objects(session, objects)


def _jobs_on(session: Session, project_id: int, versions: set[int]) -> list[Job]:
    """The jobs that looked through, changed or exported one of these versions."""
    kinds: tuple[type[VersionSpec] | type[PromptSpec], ...] = (
        ExportSpec, PushSpec, CheckSpec, ChangeSpec, PromptSpec,
    )  # fmt: skip
    read = {kind.kind: kind for kind in kinds}
    return [
        job
        for job in conversions.of_project(session, project_id, read)
        if (spec := spec_of(job, read[job.kind])) and spec.version_id in versions
    ]


def edits_draft(dataset_id: int) -> str:
    """The name of the project's draft that holds a dataset's edits by hand until they are saved."""
    return f"explore-{dataset_id}"


def rename_dataset(store: Store, dataset_id: int, name: str) -> None:
    """Give a dataset another name.

    Raises:
        WorkbenchError: the name is empty, or another dataset of the project has it.
    """
    name = names.typed(name)
    if not name:
        raise WorkbenchError("The dataset has no name yet: type one, such as 'Customer e-mails'.")
    with store.write() as session:
        dataset = datasets.get(session, dataset_id)
        if dataset is None:
            raise WorkbenchError(f"There is no dataset {dataset_id} (any more): reload the page.")
        other = datasets.named(session, dataset.project_id, name)
        if other is not None and other.id != dataset_id:
            raise WorkbenchError(
                f"There is already a dataset named '{other.name}': choose another."
            )
        dataset.name = name


def rows_by_id(version: VersionInfo, row_ids: list[int]) -> pa.Table:
    """Those rows of a version.

    Raises:
        WorkbenchError: its examples are not on the disk any more.
    """
    return read_examples(version, filters=[("row_id", "in", row_ids or [-1])])


def same_split(version: DatasetVersion | VersionInfo, plan: Plan) -> bool:
    """Whether a version's questions keep their sides under this plan."""
    earlier = version.mapping
    return (
        version.task == plan.task
        and version.split_seed == plan.seed
        and not earlier.get("test")
        and list(earlier.get("fractions") or DEFAULT_FRACTIONS) == list(plan.fractions)
        and split_by_from(earlier.get("split_by")) == plan.split_by
    )
