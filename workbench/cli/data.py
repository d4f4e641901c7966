"""`import`: a file becomes a dataset version."""

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from storage import files
from storage.database import Store
from workbench.cli import fields
from workbench.cli.accounts.acting import open_store
from workbench.cli.hub import data_sets
from workbench.cli.output import command, emit
from workbench.core.errors import WorkbenchError
from workbench.core.fields.field import fields_in
from workbench.core.tasks import EXTRACTION, ROLES, TASKS, task_named
from workbench.core.words import plural
from workbench.data import datasets, replay
from workbench.data.examples import left_out, unused
from workbench.data.examples.numbers import KEY
from workbench.data.examples.plan import Source, plan_from
from workbench.data.files.reader import read_table
from workbench.data.readers import ReadOptions
from workbench.data.splits.split_by import facts, parse
from workbench.data.versions import VersionInfo
from workbench.projects import projects


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    parser = command(commands, "import", _import, "Make a dataset from a file or several.")
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE")
    data_sets.add_options(parser)
    parser.add_argument("--project", required=True, metavar="NAME", help="made if it is new")
    parser.add_argument("--task", help=f"{', '.join(TASKS)}; guessed without")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="ROLE=COLUMN",
        help=f"which column plays a role ({', '.join(ROLES)}); guessed without",
    )
    fields.add_columns(parser)
    fields.add_options(parser)
    parser.add_argument("--test", type=Path, metavar="FILE", help="exam questions of your own")
    parser.add_argument("--name", default="", help="name of the dataset; the file's without")
    parser.add_argument(
        "--assistant",
        default="",
        metavar="WHO",
        help="in mails and chats, whose messages are the answers: a name, an address or @DOMAIN; "
        "found out without",
    )
    parser.add_argument(
        "--choose",
        default="",
        metavar="NAME",
        help="the answer to what is asked of a file that cannot be understood without you; the "
        "question and its choices are said without",
    )
    parser.add_argument(
        "--split-by",
        default="random",
        metavar="HOW",
        help="how the exam is drawn: random, group:COLUMN (rows with the same value stay on one "
        "side), or time:COLUMN (the newest rows)",
    )
    parser.add_argument(
        "--learn-reasoning",
        action="store_true",
        help="learn the reasoning that stands before or beside answers, as <think> text",
    )
    parser.add_argument(
        "--none-of-these",
        default="",
        metavar="CATEGORY",
        help="the category of texts that belong to none of the others",
    )
    parser.add_argument(
        "--as-it-is",
        action="store_true",
        help="do not make the changes again that were made to the dataset's newest version",
    )


def _import(options: argparse.Namespace) -> int:
    store = open_store()
    paths = [existing(path) for path in options.files]
    others, of_fields = fields.columns_of(options)
    mapping = {**pairs(others, "--map"), **of_fields}
    test_path = existing(options.test) if options.test else None
    told = fields.told_of(options)
    task = task_named(options.task).name if options.task else None
    task = EXTRACTION.name if task is None and (of_fields or told) else task
    split_by = parse(options.split_by)
    data_sets.check(options)
    with project_named(store, options.project) as project_id:
        source = data_sets.fetched(store, project_id, options) if options.hub else None
        path, name = as_kept(source) if source else as_one(paths)
        saved = datasets.save_version(
            store,
            project_id=project_id,
            path=path,
            task=task,
            mapping=mapping,
            dataset_name=options.name,
            options=ReadOptions(assistant=options.assistant, choice=options.choose),
            test_path=test_path,
            source_name=name,
            split_by=split_by,
            near_duplicates=test_path is None,
            reasoning=options.learn_reasoning,
            out_of_scope=options.none_of_these,
            fields=told,
        )
    version = datasets.get_version(store, saved.version_id)
    changed, plan = None, plan_from(version.task, version.mapping)
    if saved.created and not options.as_it_is:
        changed = replay.replay_now(store, version, read_table(path, name, plan.read))
    notes = list(saved.report.get("notes") or ())
    drawn = saved.report.get("split") or facts(split_by, [])
    splits = ", ".join(f"{count} {split}" for split, count in saved.splits.items())
    emit(
        options,
        {
            "dataset_id": saved.dataset_id,
            "dataset": version.dataset_name,
            "version": (changed or version).number,
            "rows": (changed or version).rows,
            "dropped": (changed or version).dropped,
            "splits": (changed or version).splits,
            "made_again": (changed.change or {}).get("rows") if changed else 0,
            "split": drawn,
            "task": version.task,
            "fields": fields.as_told(fields_in(version.mapping)),
            "roles": plan.roles,
            "notes": notes,
            "rows_read": saved.report.get("rows_read"),
            "put_together": saved.report.get("put_together"),
            "left_out": saved.report.get("dropped") or {},
            "unused": saved.report.get("unused") or {},
            "findings": saved.report.get("findings") or [],
            **({KEY: saved.report[KEY]} if KEY in saved.report else {}),
        },
        f"Dataset {saved.dataset_id} ('{version.dataset_name}'), version {version.number}: "
        f"{saved.rows} examples ({splits}), {saved.dropped} left out. "
        + " ".join(
            [
                f"The exam is drawn {drawn['text']}.",
                *notes,
                *_account(saved),
                *_made_again(changed),
                *_of_fields(version),
            ]
        ),
    )
    return 0


def _account(saved: datasets.SavedVersion) -> list[str]:
    """What became of the file, in sentences."""
    said = (
        left_out.sentence(saved.report.get("dropped") or {}),
        unused.sentence(saved.report.get("unused") or {}),
    )
    return [sentence for sentence in said if sentence]


def _of_fields(version: VersionInfo) -> list[str]:
    told = fields.sentences(fields_in(version.mapping))
    return ["\nFields:", *(f"\n- {line}" for line in told)] if told else []


def _made_again(changed: VersionInfo | None) -> list[str]:
    if changed is None or changed.change is None:
        return []
    rows = plural(changed.change["rows"], "row")
    return [f"Earlier changes to {rows} were made again: they are version {changed.number}."]


def as_one(paths: list[Path]) -> tuple[Path, str]:
    """A file and its name; several become one, in the order in which they are given."""
    if len(paths) == 1 and paths[0].is_file():
        return paths[0], paths[0].name
    with contextlib.ExitStack() as stack:
        streams = [
            (stack.enter_context(path.open("rb")), name)
            for given in paths
            for path, name in (_saved(given) if given.is_dir() else [(given, given.name)])
        ]
        source = datasets.keep_all(streams)
    return as_kept(source)


def _saved(folder: Path) -> list[tuple[Path, str]]:
    """The files of a data set that `save_to_disk` wrote, and what they are called beside others."""
    found = [path for path in sorted(folder.rglob("*.arrow")) if path.is_file()]
    return [(path, "-".join(path.relative_to(folder.parent).parts)) for path in found]


def as_kept(source: Source) -> tuple[Path, str]:
    """Where a file lies that is kept, and its name."""
    return files.object_path(source.digest), source.name


@contextlib.contextmanager
def project_named(store: Store, name: str) -> Iterator[int]:
    """The id of the project with this name; a new one is made, and goes again on an error."""
    known = {title: number for number, title in projects.project_names(store).items()}
    if name in known:
        yield known[name]
        return
    project_id = projects.create_project(store, name)
    try:
        yield project_id
    except BaseException:
        projects.delete_project(store, project_id)
        raise


def existing(path: Path) -> Path:
    """`path`, if there is such a file, or a folder that `save_to_disk` wrote.

    Raises:
        WorkbenchError: there is none.
    """
    if not path.is_file() and not (path.is_dir() and _saved(path)):
        raise WorkbenchError(f"There is no file {path}: check its name and folder.")
    return path


def pairs(texts: list[str], option: str) -> dict[str, str]:
    """`["a=b"]` → `{"a": "b"}`.

    Raises:
        WorkbenchError: one has no "=".
    """
    for text in texts:
        if "=" not in text:
            raise WorkbenchError(f"{option} takes NAME=VALUE, but got '{text}': write it with '='.")
    return dict(text.split("=", 1) for text in texts)


def version_of(store: Store, dataset_id: int, number: int | None) -> VersionInfo:
    """The version of a dataset with this number, or its newest.

    Raises:
        WorkbenchError: there is no such dataset or version.
    """
    newest = datasets.latest_version(store, dataset_id)
    if number is None:
        return newest
    found = datasets.list_versions(store, newest.project_id)
    mine = {version.number: version for version in found if version.dataset_id == dataset_id}
    if number not in mine:
        raise WorkbenchError(
            f"'{newest.dataset_name}' has no version {number}: the newest is {newest.number}."
        )
    return mine[number]
