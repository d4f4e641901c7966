"""Datasets: a user's file becomes an immutable version of examples, whole or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from storage import datasets, files
from storage.database import Store
from storage.tables import DatasetVersion
from workbench.core import names, parquet
from workbench.core.errors import WorkbenchError
from workbench.core.feedback import ROLE as FEEDBACK
from workbench.core.tasks import task_named
from workbench.core.tasks.descriptions import KEY, descriptions_in
from workbench.core.tasks.text_pair import woven_in
from workbench.data.asking.answers import check_answered, for_sets
from workbench.data.checkup.import_report import judge
from workbench.data.columns import guessing
from workbench.data.examples.example_table import splits_by_question
from workbench.data.examples.plan import Plan, Source
from workbench.data.examples.prepare import Prepared, prepare
from workbench.data.examples.quality import check_out_of_scope
from workbench.data.field_schema import ToldFields, completed
from workbench.data.files.reader import read_table
from workbench.data.files.sources import (
    discard,
    keep,
    keep_all,
    keep_text,
    open_source,
    reading_alike,
    title_of,
)
from workbench.data.readers import ReadOptions, Table
from workbench.data.splits.assign import DEFAULT_FRACTIONS, DEFAULT_SEED
from workbench.data.splits.split_by import SplitBy, check_column
from workbench.data.versions import (
    VersionInfo,
    delete_dataset,
    get_version,
    latest_version,
    list_versions,
    same_split,
)

__all__ = [
    "SavedVersion",
    "VersionInfo",
    "delete_dataset",
    "discard",
    "earlier_splits",
    "get_version",
    "keep",
    "keep_all",
    "keep_text",
    "latest_version",
    "list_versions",
    "open_source",
    "reading_alike",
    "same_split",
    "save_prepared",
    "save_version",
]

NAME_LIMIT = 80


@dataclass(frozen=True)
class SavedVersion:
    """What saving gave."""

    dataset_id: int
    version_id: int
    number: int
    rows: int
    dropped: int
    splits: dict[str, int]
    report: dict[str, Any]
    created: bool
    """False if the newest version was this very one already."""


def earlier_splits(store: Store, project_id: int, dataset_name: str, plan: Plan) -> dict[str, str]:
    """Question key → split, from those versions of the dataset that were split the same way."""
    with store.read() as session:
        dataset = datasets.named(session, project_id, dataset_name.strip())
        found = datasets.versions_of_dataset(session, dataset.id) if dataset else []
    if plan.test:
        return {}
    task = task_named(plan.task)
    splits: dict[str, str] = {}
    for version in found:
        path = files.object_path(version.content_hash)
        if same_split(version, plan) and parquet.is_whole(path):
            splits |= splits_by_question(task, parquet.examples(path))
    return splits


def save_prepared(
    store: Store, project_id: int, dataset_name: str, source: Source, prepared: Prepared
) -> SavedVersion:
    """Save examples as the next version of the dataset, which is made if there is none.

    Examples and a mapping as those of the newest version are not saved again.

    Raises:
        WorkbenchError: the name does not do.
        StorageError: the disk is full.
    """
    name = _check_name(dataset_name)
    digest = files.put_file(prepared.file) if prepared.file else files.put(prepared.parquet())
    mapping = prepared.plan.as_mapping()
    with store.write() as session:
        dataset = datasets.named(session, project_id, name) or datasets.add(
            session, project_id, name
        )
        mapping = _described(session, dataset.id, prepared.plan.task, mapping)
        mapping = completed(prepared, mapping, _newest_mapping(session, dataset.id))
        version = datasets.newest_if_same(session, dataset.id, digest, mapping)
        created = version is None
        version = version or datasets.add_version(
            session,
            dataset.id,
            task=prepared.plan.task,
            content_hash=digest,
            source_hash=source.digest,
            source_name=source.name,
            mapping=mapping,
            rows=len(prepared),
            dropped=prepared.dropped,
            splits=prepared.splits,
            split_seed=prepared.plan.seed,
            report=prepared.report,
        )
    return _describe(version, created)


def _newest_mapping(session: Session, dataset_id: int) -> dict[str, Any]:
    newest = next(reversed(datasets.versions_of_dataset(session, dataset_id)), None)
    return dict(newest.mapping) if newest else {}


def _described(
    session: Session, dataset_id: int, task: str, mapping: dict[str, Any]
) -> dict[str, Any]:
    """The mapping with the descriptions of the newest version, unless it has its own: they tell of
    the categories, whatever file the examples came from."""
    newest = next(reversed(datasets.versions_of_dataset(session, dataset_id)), None)
    told = descriptions_in(newest.mapping) if newest and newest.task == task else {}
    return {KEY: told, **mapping} if told else mapping


def _describe(version: DatasetVersion, created: bool) -> SavedVersion:
    return SavedVersion(
        version.dataset_id,
        version.id,
        version.number,
        version.rows,
        version.dropped,
        dict(version.splits),
        dict(version.report),
        created,
    )


def _check_name(name: str) -> str:
    name = names.typed(name)
    if not name:
        raise WorkbenchError("The dataset has no name yet: type one, such as 'Customer e-mails'.")
    if len(name) > NAME_LIMIT:
        raise WorkbenchError(
            f"The name of the dataset has {len(name)} characters: shorten it to {NAME_LIMIT}."
        )
    return name


def save_version(
    store: Store,
    *,
    project_id: int,
    path: Path,
    task: str | None = None,
    mapping: Mapping[str, str] | None = None,
    dataset_name: str = "",
    system: str = "",
    options: ReadOptions | None = None,
    test_path: Path | None = None,
    fractions: tuple[float, float, float] = DEFAULT_FRACTIONS,
    seed: int = DEFAULT_SEED,
    split_by: SplitBy | None = None,
    near_duplicates: bool = False,
    reasoning: bool = False,
    out_of_scope: str = "",
    source_name: str = "",
    fields: ToldFields | None = None,
) -> SavedVersion:
    """Read, map, split and save a file in one go, for callers without a page.

    Args:
        task: guessed when None.
        mapping: role → column or template; what is not given is guessed.
        dataset_name: the file's name without its ending, when empty.
        test_path: the user's own exam, in place of the test split.
        split_by: how the exam is drawn; at random when None.
        near_duplicates: whether near-duplicates stay on one side of the exam.
        reasoning: whether the reasoning before answers is learned.
        out_of_scope: the category of texts that belong to none of the others.
        source_name: what the user calls the file, if its path does not say.
        fields: what is said of the fields that are pulled out; guessed without.

    Raises:
        WorkbenchError: one sentence with the row, column or file, and what to do; so where the
            file has to be explained, and neither a choice nor task and mapping do.
    """
    source_name = names.shown(source_name or path.name)
    if out_of_scope and task and task_named(task).answers_are_sets:
        raise WorkbenchError(
            "Where a text may have several categories it may also have none, so no category stands for "
            f"none of the others: import the file without naming '{out_of_scope}' as such."
        )
    table = read_table(path, source_name, options)
    if task and task_named(task).answers_are_sets and (choice := for_sets(table)):
        options = replace(options or ReadOptions(), choice=choice)
        table = read_table(path, source_name, options)
    if not _is_told(task, mapping):
        check_answered(table, options.choice if options else "")
    task = task_named(task).name if task else guessing.guess_task(table).task
    roles = _complete(table, task, woven_in(mapping or {}, task_named(task).question_role))
    by = check_column(split_by or SplitBy(), table)
    test_table = read_table(test_path, "", reading_alike(table.options)) if test_path else None
    source = Source(files.put_file(path), source_name)
    test = Source(files.put_file(test_path), names.shown(test_path.name)) if test_path else None
    plan = Plan(
        task,
        roles,
        system,
        table.options,
        test,
        fractions=fractions,
        seed=seed,
        split_by=by,
        near_duplicates=near_duplicates,
        reasoning=reasoning,
        out_of_scope=out_of_scope,
    )
    name = dataset_name or title_of(source_name)
    earlier = earlier_splits(store, project_id, name, plan)
    prepared = judge(prepare(plan, table, test_table, earlier=earlier))
    check_out_of_scope(out_of_scope, prepared.report.get("labels", {}))
    if fields:
        own = fields.of(prepared)
        prepared = replace(prepared, plan=replace(prepared.plan, fields=own))
    return save_prepared(store, project_id, name, source, prepared)


def _is_told(task: str | None, mapping: Mapping[str, str] | None) -> bool:
    """Whether task and columns are given, and nothing has to be guessed."""
    return bool(task) and {*task_named(task or "").required} <= {*(mapping or {})}


def _complete(table: Table, task: str, roles: dict[str, str]) -> dict[str, str]:
    """The given roles; the required ones that are missing are guessed, and so is the feedback that
    tells bad answers, unless it is given as empty."""
    if FEEDBACK in task_named(task).optional and FEEDBACK not in roles:
        found = guessing.guess_roles(table, task).get(FEEDBACK)
        roles = {**roles, FEEDBACK: found} if found and found not in roles.values() else roles
    if all(role in roles for role in task_named(task).required):
        return roles
    return guessing.guess_all_roles(table, task, roles)
