"""The catalogue of base models: the bundled ones, folders on disk, and models of the hub."""

import shutil
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from storage import files, models
from storage.database import Store
from storage.tables import BaseModel
from workbench.core import names
from workbench.core.errors import WorkbenchError
from workbench.jobs import queue
from workbench.jobs.process.specs import AddSpec
from workbench.models import bundled, inspect
from workbench.models.downloads import add_hub as add_hub
from workbench.models.downloads import free_name, target_of
from workbench.models.formats import part_of
from workbench.models.model_info import LOADING, ModelInfo, describe


def list_models(store: Store) -> list[ModelInfo]:
    """Every model of the catalogue, the bundled ones first."""
    found = store.known("models", partial(_listed, store))
    missing = bundled.BUNDLED.keys() - {model.name for model in found}
    if missing:
        # They come with the install, whoever looks first.
        with store.acting_as(None).write() as session:
            for name in bundled.BUNDLED:
                if name in missing:
                    _add_bundled(session, name)
        found = _listed(store)
    return list(found)


def _listed(store: Store) -> list[ModelInfo]:
    with store.read() as session:
        return [describe(session, model) for model in models.listed(session)]


def get_model(store: Store, model_id: int) -> ModelInfo:
    """The model of this id.

    Raises:
        WorkbenchError: there is none.
    """
    return store.known(("model", model_id), partial(_model, store, model_id))


def _model(store: Store, model_id: int) -> ModelInfo:
    with store.read() as session:
        return describe(session, _existing(session, model_id))


def resolve_model(store: Store, text: str) -> ModelInfo:
    """The model that a name, a folder or a hub id means; added to the catalogue if it is new.

    Raises:
        WorkbenchError: nothing is meant by it, or it cannot be had.
    """
    known = list_models(store)
    for model in known:
        if text.lower() in (model.name.lower(), model.location.lower()):
            return model
    if Path(text).expanduser().exists():
        return get_model(store, add_folder(store, Path(text)))
    if text.count("/") == 1 and not text.startswith((".", "/", "~")):
        return get_model(store, add_hub(store, text)[0])
    names = ", ".join(model.name for model in known)
    raise WorkbenchError(
        f"There is no model '{text}': name one of the catalogue ({names}), a folder or .gguf "
        "file that holds a model, or a hub id such as HuggingFaceTB/SmolLM2-360M-Instruct."
    )


def add_folder(store: Store, path: Path) -> int:
    """Add the model in a folder or a GGUF file, and have it tried; the model's id.

    A folder that can be loaded is used where it is; what is in another form is converted once.

    Raises:
        WorkbenchError: there is no model that can be trained here.
    """
    path = path.expanduser().absolute()
    if names.shown(str(path)) != str(path):
        raise WorkbenchError(
            f"The folder {names.shown(str(path))} has characters in its name that cannot be seen: "
            "rename it, then add it."
        )
    facts = inspect.inspect_folder(path)
    with store.write() as session:
        model = models.located(session, "folder", str(path))
        target = _converted(session, path, model) if facts.conversions else None
        kept = {**facts.as_dict(), **({"path": str(target)} if target else {})}
        if model and model.facts == kept and describe(session, model).state == LOADING:
            return model.id  # it is about to be tried as it is
        if model is None:
            name = free_name(session, path.stem if path.is_file() else path.name)
            model = models.add(
                session, name=name, source="folder", location=str(path), kind="", facts={}
            )
        model.kind, model.facts = facts.family, kept
        spec = AddSpec(source=path, family=facts.family, model_type=facts.model_type, target=target)
        queue.enqueue(session, f"Trying of {model.name}", spec)
        return model.id


def _converted(session: Session, path: Path, known: BaseModel | None) -> Path:
    """The folder for what a conversion makes: the model's own, or a new one."""
    if known and (known.facts or {}).get("path"):
        return Path(known.facts["path"])
    folder, name = files.home() / "models", path.stem if path.is_file() else path.name
    taken = {str((model.facts or {}).get("path")) for model in models.listed(session)}
    target, number = folder / name, 2
    while target.exists() or str(target) in taken:
        target, number = folder / f"{name}-{number}", number + 1
    return target


def remove_model(store: Store, model_id: int) -> None:
    """Take an added model out of the catalogue; what was downloaded or converted leaves the disk.

    Raises:
        WorkbenchError: it is bundled, still loading, or runs were trained from it.
    """
    waiting = get_model(store, model_id)
    if waiting.source == "folder" and waiting.state == LOADING and waiting.job_id is not None:
        queue.cancel_job(store, waiting.job_id)
    with store.write() as session:
        model = _existing(session, model_id)
        info = describe(session, model)
        _check_removable(session, info)
        models.delete(session, model)
    if info.source == "hub":
        shutil.rmtree(part_of(target_of(info.location)), ignore_errors=True)
    own = info.path is not None and info.path.parent == files.home() / "models"
    if (
        str(info.path) != info.location and info.path and own
    ):  # never what a restored row points to elsewhere
        shutil.rmtree(info.path, ignore_errors=True)


def _check_removable(session: Session, model: ModelInfo) -> None:
    if model.is_bundled:
        raise WorkbenchError(f"{model.name} came with the workbench and stays.")
    if model.state == LOADING:
        at = "tried" if model.source == "folder" else "downloaded"
        raise WorkbenchError(f"{model.name} is still being {at}: wait until that has ended.")
    if count := models.run_count(session, model.id):
        trained = "a trained model is" if count == 1 else f"{count} trained models are"
        raise WorkbenchError(
            f"{model.name} cannot be removed because {trained} built on it: delete those runs first."
        )


def _add_bundled(session: Session, name: str) -> None:
    about = bundled.BUNDLED[name]
    if models.named(session, name) is not None:
        return
    models.add(
        session,
        name=name,
        source="bundled",
        location=about.source,
        kind=about.family,
        facts={},  # they are in the code, so that they are always those of this version
    )


def _existing(session: Session, model_id: int) -> BaseModel:
    model = models.get(session, model_id)
    if model is None:
        raise WorkbenchError(
            "This base model is no longer in the catalogue: choose another on the Model page."
        )
    return model
