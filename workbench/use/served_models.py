"""Writes models.json, the list of what the model server may offer.

The server reads it again whenever it changes. It is a picture of the database: trained runs
with their weights, newest first, then the base models that can be asked untrained.
"""

import threading
from pathlib import Path

from storage import files, projects
from storage.database import Store
from storage.trained import Trained
from workbench.core.chats.calls import holds_call
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import asked_as
from workbench.core.tasks.rungs import in_place_for
from workbench.jobs.process.job_dir import read_json, write_json
from workbench.jobs.process.specs import BaseModelRef
from workbench.models import catalogue, live_names
from workbench.models.families import FAMILIES
from workbench.models.model_info import READY, ModelInfo
from workbench.models.served import BASE, RUN, UNTRAINED, ServedModel
from workbench.models.trained import FACTS, LEANED_ON, read_trained
from workbench.training.trained_run import threshold_of, trained_in
from workbench.use import keys

_writing = threading.Lock()
"""Pages of one web process come here at the same time."""


def registry_path() -> Path:
    """Where models.json lies."""
    return files.folder("serve") / "models.json"


def refresh(store: Store) -> list[ServedModel]:
    """Bring models.json up to date (left alone if nothing changed); what of it may be seen.

    The server is one for all projects, so its list is the workbench's own, whoever looks.
    """
    models = _write(store.acting_as(None))
    with store.read() as session:
        seen = projects.names(session)
    return [model for model in models if model.project_id is None or model.project_id in seen]


def _write(store: Store) -> list[ServedModel]:
    """Bring the file up to date; all that it lists."""
    runs = [model for row in trained_in(store) if (model := _of_run(row))]
    bases = [_of_base(model) for model in catalogue.list_models(store) if _can_be_asked(model)]
    models = [*runs, *bases]
    items = [model.as_dict() for model in models]
    with _writing:
        if read_json(registry_path()) != items:
            write_json(registry_path(), items)
        live_names.tell_server(store)
        keys.tell_server(store)
    return models


def model_named(store: Store, model_id: str) -> ServedModel:
    """The model as the server offers it.

    Raises:
        WorkbenchError: there is none of this id.
    """
    models = {model.id: model for model in refresh(store)}
    live = next((one.model for one in live_names.listing(store) if one.id == model_id), "")
    model_id = live or model_id
    name, _, rung = model_id.rpartition(":")
    if name in models and models[name].task and rung in in_place_for(asked_as(models[name].task)):
        return models[name].in_place(rung)
    found = models.get(model_id.removesuffix(UNTRAINED))
    if found is None and (sentence := damaged(store).get(model_id.removesuffix(UNTRAINED))):
        raise WorkbenchError(sentence)
    if found is None:
        raise WorkbenchError(
            f"There is no model '{model_id}' that could answer: choose one of "
            f"{', '.join(models) or 'none yet, train one first'}."
        )
    return found


def damaged(store: Store, project_id: int | None = None) -> dict[str, str]:
    """Model → why it is not offered, of trained models that are there but cannot be read."""
    found = {}
    for row in trained_in(store, project_id):
        folder = Path((row.run.result or {})["adapter"])
        try:
            if (folder / FACTS).exists():
                read_trained(folder)
        except WorkbenchError as error:
            found[f"{RUN}{row.run.id}"] = f"{row.run.name}: {error}"
    return found


def _of_run(row: Trained) -> ServedModel | None:
    """The model of a run, from what was stored with its adapter; None if the folder is gone."""
    folder = Path((row.run.result or {})["adapter"])
    try:
        about = read_trained(folder)
    except WorkbenchError:
        return None
    return ServedModel(
        id=f"{RUN}{row.run.id}",
        title=f"{row.run.name} · {row.project.name}",
        family_name=about.family,
        task=about.task,
        base=about.base,
        adapter=folder,
        labels=about.labels,
        out_of_scope=about.out_of_scope,
        pair=about.pair,
        system=about.system,
        quantization=about.quantization,
        leans_on=folder if (folder / LEANED_ON).is_file() else None,
        max_length=about.max_length,
        long_texts=about.long_texts,
        fields=about.fields,
        threshold=threshold_of(row.run),
        tools=about.tools,
        calls_tools=about.calls_tools
        or any(holds_call(str(one)) for one in row.version.report.get("remarks") or ()),
        project_id=row.project.id,
        created_at_s=int(row.run.created_at.timestamp()),
    )


def _of_base(model: ModelInfo) -> ServedModel:
    return ServedModel(
        id=f"{BASE}{model.name}",
        title=f"{model.name}, untrained",
        family_name=model.family,
        base=BaseModelRef(model.name, model.path or Path(), model.family, model.revision),
    )


def _can_be_asked(model: ModelInfo) -> bool:
    """Whether it answers without having learned: it writes, or gives vectors of texts."""
    known = model.family in FAMILIES
    return known and model.state == READY and model.path is not None
