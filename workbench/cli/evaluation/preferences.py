"""`preference-pairs`: pairs of a better and a worse answer, out of what people said, as a dataset."""

import argparse
from typing import Any

from workbench.cli.accounts.acting import open_store
from workbench.cli.data import project_named
from workbench.cli.output import command, emit
from workbench.core.words import plural
from workbench.evaluation.people import preferred


def add_commands(commands: Any) -> None:
    """Add the command of this module."""
    found = command(
        commands,
        "preference-pairs",
        _preferences,
        "Make pairs of answers from corrections, thumbs and votes, to learn which is better.",
    )
    found.add_argument("--project", required=True, metavar="NAME")
    found.add_argument(
        "--name", default="", help=f"the dataset's name; '{preferred.DATASET}' without"
    )
    found.add_argument(
        "--count", action="store_true", help="only tell how many there are; nothing is made"
    )


def _preferences(options: argparse.Namespace) -> int:
    store = open_store()
    with project_named(store, options.project) as project_id:
        found = preferred.gathered(store, project_id)
        value: dict[str, Any] = {"pairs": len(found), "by_source": found.by_source}
        if options.count:
            said = f"{plural(len(found), 'pair')}: {found.words}." if len(found) else found.too_few
            emit(options, {**value, "enough": found.are_enough}, said)
            return 0
        saved = preferred.make_dataset(store, project_id, options.name)
    value |= {
        "dataset_id": saved.dataset_id,
        "version_id": saved.version_id,
        "version": saved.number,
        "rows": saved.rows,
        "splits": saved.splits,
        "created": saved.created,
    }
    new = "" if saved.created else " Nothing was added since."
    emit(
        options,
        value,
        f"Dataset {saved.dataset_id}, version {saved.number}: {plural(saved.rows, 'pair')} of answers "
        f"({found.words}).{new}",
    )
    return 0
