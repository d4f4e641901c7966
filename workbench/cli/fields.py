"""`fields`: what is pulled out of texts, shown and said anew; the options of `import` on that."""

import argparse
from collections.abc import Sequence
from typing import Any

from workbench.cli.accounts.acting import open_store
from workbench.cli.output import command, emit
from workbench.core.errors import WorkbenchError
from workbench.core.fields.field import Fields, leaves
from workbench.core.fields.json_schema import json_schema
from workbench.core.fields.typed import HOW, parsed
from workbench.core.tasks import EXTRACTION, task_named
from workbench.data.columns.field_columns import as_source
from workbench.data.field_schema import ToldFields, check_has_fields, fields_of, restated
from workbench.data.versions import latest_version

COLUMN = "field"
"""In `--map field=COLUMN`, a column that is a field."""


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    parser = command(
        commands, "fields", _fields, "Show the fields of a dataset, or say what they are."
    )
    parser.add_argument("dataset", type=int, metavar="DATASET")
    add_options(parser)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options by which a user says what fields are."""
    parser.add_argument(
        "--field",
        action="append",
        default=[],
        metavar="NAME=KIND",
        help=f"what a field that is pulled out holds: {HOW}; guessed from the examples without",
    )
    parser.add_argument(
        "--field-help",
        action="append",
        default=[],
        metavar="NAME=SENTENCE",
        help="what a field is, in a sentence that the model is told",
    )
    for option, told in (("--may-be-missing", "may be missing"), ("--never-missing", "never is")):
        parser.add_argument(
            option, action="append", default=[], metavar="NAME", help=f"a field that {told}"
        )


def add_columns(parser: argparse.ArgumentParser) -> None:
    """The option by which columns become fields."""
    parser.add_argument(
        "--fields",
        default="",
        metavar="COLUMN,COLUMN",
        help="columns that are the fields to pull out, one each; or --map field=COLUMN once for each",
    )


def told_of(options: argparse.Namespace) -> ToldFields:
    """What the options say of fields.

    Raises:
        WorkbenchError: one is not written as it has to be.
    """
    helps = dict(_pair(text) for text in options.field_help)
    missing = dict.fromkeys(options.may_be_missing, True)
    missing |= dict.fromkeys(options.never_missing, False)
    return ToldFields(tuple(map(parsed, options.field)), helps, missing)


def _pair(text: str) -> tuple[str, str]:
    name, equals, sentence = text.partition("=")
    if not equals or not name.strip():
        raise WorkbenchError(f"--field-help takes NAME=SENTENCE, but got '{text}'.")
    return name.strip(), sentence.strip()


def columns_of(options: argparse.Namespace) -> tuple[list[str], dict[str, str]]:
    """What `--map` says of other roles, and the role that `--fields` and `--map field=…` fill.

    Raises:
        WorkbenchError: columns are named in both ways, or for a task without fields.
    """
    mapped = [text for text in options.map if text.partition("=")[0].strip() == COLUMN]
    names = [text.partition("=")[2].strip() for text in mapped]
    listed = [name.strip() for name in options.fields.split(",") if name.strip()]
    if names and listed:
        raise WorkbenchError("--fields and --map field=… say the same: use one of them.")
    rest = [text for text in options.map if text not in mapped]
    if not (names or listed):
        return rest, {}
    if options.task:
        check_has_fields(task_named(options.task))
    return rest, {EXTRACTION.learned: as_source(names or listed)}


def as_told(fields: Fields) -> list[dict[str, Any]]:
    """The fields as the commands tell them."""
    return [
        {
            "name": title,
            "kind": field.kind,
            "list": field.is_list,
            "choices": list(field.choices),
            "may_be_missing": field.may_be_missing,
            "help": field.help,
        }
        for title, field in leaves(fields)
    ]


def sentences(fields: Fields) -> Sequence[str]:
    """A line for each field."""
    return [_line(title, field) for title, field in leaves(fields)]


def _line(title: str, field: Any) -> str:
    choices = f" ({', '.join(map(str, field.choices))})" if field.choices else ""
    missing = ", may be missing" if field.may_be_missing else ", never missing"
    return f"{title}: {field.title}{choices}{missing}{f'. {field.help}' if field.help else ''}"


def _fields(options: argparse.Namespace) -> int:
    store = open_store()
    version, told = latest_version(store, options.dataset), told_of(options)
    check_has_fields(task_named(version.task))
    if told:
        version = restated(store, version, told)
    fields = fields_of(version)
    value = {
        "dataset_id": version.dataset_id,
        "dataset": version.dataset_name,
        "version": version.number,
        "fields": as_told(fields),
        "json_schema": json_schema(fields),
    }
    emit(options, value, "\n".join(sentences(fields)) or "Any JSON object: the names differ.")
    return 0
