"""`models`: which base models there are; adds and removes some."""

import argparse
from pathlib import Path
from typing import Any

from storage.database import Store
from storage.schema import open_store
from workbench.cli.output import command, emit, finished, working_store
from workbench.core.errors import WorkbenchError
from workbench.core.words import short_count
from workbench.models import catalogue
from workbench.models.model_info import LOADING, ModelInfo


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    models = command(commands, "models", _list, "List the base models; add or remove one.")
    actions = models.add_subparsers(metavar="ACTION")
    add = command(actions, "add", _add, "Add a model, and try it.")
    add.add_argument("what", metavar="FOLDER_OR_FILE_OR_HUB_ID")
    remove = command(actions, "remove", _remove, "Take an added model out of the list.")
    remove.add_argument("name", metavar="MODEL")


def ready(store: Store, model: ModelInfo) -> ModelInfo:
    """The model once it can be used: waits while one of this machine is tried.

    Raises:
        WorkbenchError: it cannot be used; why.
    """
    if model.state == LOADING and model.job_id is not None and model.source == "folder":
        finished(store, model.job_id)
        return catalogue.get_model(store, model.id)
    return model


def _list(options: argparse.Namespace) -> int:
    models = catalogue.list_models(open_store())
    value = {"models": [_as_dict(model) | {"state": model.state} for model in models]}
    lines = (
        f"{m.name}: {m.family}, {short_count(m.parameters)} parameters, {m.state}" for m in models
    )
    emit(options, value, "\n".join(lines))
    return 0


def _add(options: argparse.Namespace) -> int:
    store = working_store()
    known = {model.id for model in catalogue.list_models(store)}
    if Path(options.what).expanduser().exists():
        model_id = catalogue.add_folder(store, Path(options.what))
    else:
        model_id = catalogue.add_hub(store, options.what)[0]
    job_id = catalogue.get_model(store, model_id).job_id
    try:
        if job_id is not None:
            finished(store, job_id)
    except WorkbenchError:
        if model_id not in known:
            catalogue.remove_model(store, model_id)
        raise
    model = catalogue.get_model(store, model_id)
    lines = (f"  {name}: {sentence}" for name, sentence in model.checks.items())
    emit(options, _as_dict(model), "\n".join([f"{model.name} is there.", *lines]))
    return 0


def _remove(options: argparse.Namespace) -> int:
    store = open_store()
    wanted = options.name.lower()
    for model in catalogue.list_models(store):
        if wanted in (model.name.lower(), model.location.lower()):
            catalogue.remove_model(store, model.id)
            emit(options, {"removed": model.name}, f"{model.name} is no longer in the list.")
            return 0
    raise WorkbenchError(
        f"There is no model '{options.name}': `python -m workbench models` lists those that are."
    )


def _as_dict(model: ModelInfo) -> dict[str, Any]:
    return {
        "model": model.name,
        "family": model.family,
        "parameters": model.parameters,
        "packed_layers": model.packed_layers,
        "checks": model.checks,
        "conversions": list(model.conversions),
    }
