"""`models`: which base models there are, and which are suggested; adds and removes some."""

import argparse
import sys
from pathlib import Path
from typing import Any

from storage.database import Store
from workbench.cli import model_list
from workbench.cli.accounts.acting import open_store
from workbench.cli.model_facts import model_facts
from workbench.cli.output import command, emit, finished, working_store
from workbench.core.errors import WorkbenchError
from workbench.core.words import short_count, size
from workbench.models import catalogue, downloads
from workbench.models.model_info import LOADING, ModelInfo
from workbench.models.online.search import Found, search
from workbench.models.online.session import page_of


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    models = command(
        commands,
        "models",
        model_list.show,
        "List the base models, and what is suggested; add or remove one.",
    )
    model_list.add_options(models)
    actions = models.add_subparsers(metavar="ACTION")
    add = command(actions, "add", _add, "Add a model, and try it.")
    add.add_argument("what", metavar="FOLDER_OR_FILE_OR_HUB_ID")
    add.add_argument(
        "--accept-licence",
        "--accept-license",
        action="store_true",
        help="of a model of the hub: do not ask, and keep that its licence was accepted",
    )
    finder = command(actions, "search", _search, "Search the Hugging Face hub by name.")
    finder.add_argument("words", nargs="+", metavar="WORDS")
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


def _search(options: argparse.Namespace) -> int:
    found = search(" ".join(options.words))
    lines = [_line(model) for model in found]
    none = "The hub has no model with these words in its name: try a shorter part of it."
    emit(options, {"models": [model.as_dict() for model in found]}, "\n".join(lines) or none)
    return 0


def _line(model: Found) -> str:
    told = (
        model.does,
        f"{short_count(model.parameters)} parameters" if model.parameters else "",
        size(model.size_bytes) if model.size_bytes else "",
        f"licence {model.licence or 'not told'}",
        "gated" if model.is_gated else "",
    )
    refused = f" Cannot be trained here: {model.refused}" if model.refused else ""
    return f"{model.hub_id}: {', '.join(part for part in told if part)}.{refused}"


def _add(options: argparse.Namespace) -> int:
    store = working_store()
    known = {model.id for model in catalogue.list_models(store)}
    if Path(options.what).expanduser().exists():
        model_id = catalogue.add_folder(store, Path(options.what))
    else:
        model_id = _from_hub(store, options)
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
    emit(options, model_facts(model), "\n".join([f"{model.name} is there.", *lines]))
    return 0


def _from_hub(store: Store, options: argparse.Namespace) -> int:
    """Start the download of a model that is not here; what it is, is told on stderr first."""
    if downloads.is_known(store, options.what):
        return downloads.add_hub(store, options.what, accepted=options.accept_licence)[0]
    about = downloads.look_up(options.what)
    licence = about.facts.licence
    print(
        f"{about.hub_id}: download {size(about.download_bytes)}, {size(downloads.free_bytes())} free on "
        f"the disk, {f'licence {licence}' if licence else 'no licence is named'} "
        f"({page_of(about.hub_id)}).",
        file=sys.stderr,
        flush=True,
    )
    accepted = options.accept_licence
    if not accepted and sys.stdin.isatty():
        print("Accept the licence and download it? [y/N] ", end="", file=sys.stderr, flush=True)
        accepted = sys.stdin.readline().strip().lower() in ("y", "yes")
        if not accepted:
            raise WorkbenchError("Nothing was downloaded.")
    return downloads.add_found(store, about, accepted=accepted)[0]


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
