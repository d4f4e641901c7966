"""`describe`: categories described in a sentence each, without or beside examples."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.accounts.acting import open_store
from workbench.cli.data import existing, pairs, project_named
from workbench.cli.output import command, emit
from workbench.core.errors import WorkbenchError
from workbench.core.tasks.descriptions import descriptions_in
from workbench.data import described
from workbench.data.files.reader import read_table

COLUMNS = ("category", "description")


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    parser = command(
        commands, "describe", _describe, "Describe categories, to sort without any example."
    )
    parser.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="a table with these columns: "
        f"{', '.join(COLUMNS)}",
    )  # fmt: skip
    parser.add_argument(
        "--category",
        action="append",
        default=[],
        metavar="NAME=SENTENCE",
        help="a category and what belongs there; once for each",
    )
    parser.add_argument("--project", required=True, metavar="NAME", help="made if it is new")
    parser.add_argument(
        "--name", default="Categories", help="of the dataset, which is made if it is new"
    )


def _describe(options: argparse.Namespace) -> int:
    store = open_store()
    rows = [*_rows(options.file), *pairs(options.category, "--category").items()]
    with project_named(store, options.project) as project_id:
        version = described.start_described(store, project_id, options.name, rows)
    told = descriptions_in(version.mapping)
    value = {
        "dataset_id": version.dataset_id,
        "dataset": version.dataset_name,
        "version": version.number,
        "version_id": version.id,
        "rows": version.rows,
        "descriptions": told,
    }
    beside = f"beside {version.rows:,} examples" if version.rows else "and no examples yet"
    emit(
        options,
        value,
        f"Dataset {version.dataset_id} ('{version.dataset_name}'), version {version.number}: "
        f"{len(told)} categories described, {beside}.",
    )
    return 0


def _rows(path: Path | None) -> list[tuple[str, str]]:
    """Category and description of each row of a table.

    Raises:
        WorkbenchError: there is no such file, or it has other columns.
    """
    if path is None:
        return []
    table = read_table(existing(path), path.name)
    names = {name.strip().casefold(): name for name in table.columns}
    if not {*COLUMNS} <= {*names}:
        raise WorkbenchError(
            f"{path.name} has no columns {' and '.join(COLUMNS)}: name its first line so."
        )
    columns = [table.data.column(names[name]).to_pylist() for name in COLUMNS]
    return [(name or "", text or "") for name, text in zip(*columns, strict=True)]
