"""`preview`: examples as a model sees them, with the parts that it learns."""

import argparse
from typing import Any

from storage.database import Store
from workbench.cli.accounts.acting import open_store
from workbench.cli.data import version_of
from workbench.cli.output import command, emit
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.data import previews
from workbench.data.previews import Preview
from workbench.data.versions import VersionInfo
from workbench.models import catalogue
from workbench.models.model_info import ModelInfo
from workbench.projects import projects

_ROWS = 5
_OPEN, _CLOSE = "⟦", "⟧"
"""Around what is learned, in the readable form."""


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    parser = command(commands, "preview", _preview, "Print examples as the model sees them.")
    parser.add_argument("--dataset", type=int, required=True, metavar="ID")
    parser.add_argument("--version", type=int, metavar="N", help="the newest without")
    parser.add_argument(
        "--rows", type=int, default=_ROWS, metavar="N", help=f"the first of all parts ({_ROWS})"
    )
    parser.add_argument(
        "--model",
        default="",
        metavar="MODEL",
        help="whose chat template: name, folder or hub id; the project's base model without",
    )


def _preview(options: argparse.Namespace) -> int:
    if options.rows < 1:
        raise WorkbenchError(f"--rows takes a number from 1, but got {options.rows}.")
    store = open_store()
    version = version_of(store, options.dataset, options.version)
    model = _model(store, version, options.model)
    found = previews.previews(version, model, options.rows)
    value = {
        "dataset_id": version.dataset_id,
        "version": version.number,
        "task": version.task,
        "model": model.name if model else None,
        "template": _template(version, model),
        "rows": [_as_dict(preview) for preview in found],
    }
    emit(options, value, "\n\n".join(map(_readable, found)))
    return 0


def _template(version: VersionInfo, model: ModelInfo | None) -> str:
    """Whose it is; empty where there is none."""
    apart = previews.rewrites(task_named(version.task), model)
    return "" if apart else previews.template_for(model)[1]


def _model(store: Store, version: VersionInfo, asked: str) -> ModelInfo | None:
    if asked:
        return catalogue.resolve_model(store, asked)
    model_id = projects.get_project(store, version.project_id).base_model_id
    return catalogue.get_model(store, model_id) if model_id is not None else None


def _as_dict(preview: Preview) -> dict[str, Any]:
    return {
        "text": preview.text,
        "learned": [list(span) for span in preview.learned],
        "row_id": preview.row_id,
        "split": preview.split,
    }


def _readable(preview: Preview) -> str:
    head = f"Row {preview.row_id} ({preview.split}); learned: {_OPEN}…{_CLOSE}"
    marked = (
        f"{_OPEN}{piece.text}{_CLOSE}" if piece.learned else piece.text for piece in preview.pieces
    )
    return f"--- {head}\n{''.join(marked)}"
