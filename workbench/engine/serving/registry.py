"""The models that the server offers, as models.json lists them, and names that follow a release.

The files are written by the application, whenever a run ends or a version goes live; they are read
again once they have changed, so that neither needs a restart. Who has a request's model keeps it,
whatever the name stands for by then.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import in_place_for
from workbench.engine.serving.errors import MOST_SHOWN, ApiError
from workbench.engine.serving.watching.reread import Reread
from workbench.jobs.process.serve_files import LIVE, LiveName
from workbench.models.served import UNTRAINED, ServedModel

logger = logging.getLogger(__name__)
Entries = dict[str, ServedModel]


def _models(listed: Any) -> Entries | None:
    """What models.json lists, but for entries that cannot be read; None where it is torn."""
    if not isinstance(listed, list):
        return None
    found = {}
    for item in listed:
        try:
            model = ServedModel.from_dict(item)
        except WorkbenchError as error:
            logger.warning("An entry of models.json is passed over: %s", error)
        else:
            found[model.id] = model
    return found


def _names(listed: Any) -> dict[str, LiveName] | None:
    if not isinstance(listed, list):
        return None
    try:
        return {name.id: name for name in map(LiveName.from_dict, listed)}
    except WorkbenchError as error:
        logger.warning("live.json is passed over: %s", error)
        return None


class Registry:
    """The models on offer, as they are now."""

    def __init__(self, path: Path) -> None:
        self.folder = path.parent
        """Where the files lie that the application and the server share."""
        self._models: Reread[Entries] = Reread(path, _models, {})
        self._names: Reread[dict[str, LiveName]] = Reread(path.with_name(LIVE), _names, {})

    def entries(self, project_id: int | None = None) -> Entries:
        """Id → entry, in the file's order; of one project, or all."""
        return {id: one for id, one in self._models.now().items() if _is_of(one, project_id)}

    def offered(self, project_id: int | None = None) -> Entries:
        """Name → entry: what is live first, then `entries`; of one project, or all."""
        entries = self.entries(project_id)
        live = {
            name.id: replace(found, id=name.id, title=f"{name.project}, live")
            for name in self._live(project_id)
            if (found := _resolved(name.model, entries)) is not None
        }
        return {**live, **entries}

    def get(self, model_id: str, project_id: int | None = None) -> ServedModel:
        """The entry that a name stands for now; its id is that of the run, not a live name.

        Args:
            project_id: the project whose models alone may be had; None for all.

        Raises:
            ApiError: 404, there is none.
        """
        entries = self.entries(project_id)
        names = {name.id: name for name in self._live(project_id)}
        if model_id in names:
            return self._live_model(names[model_id], entries)
        if (found := _resolved(model_id, entries)) is not None:
            return found
        there = ", ".join(self.offered(project_id)) or "none yet"
        raise _missing(f"There is no model '{model_id[:MOST_SHOWN]}' here; there are {there}.")

    def _live(self, project_id: int | None) -> Iterator[LiveName]:
        names = self._names.now().values()
        return (name for name in names if project_id in (None, name.project_id))

    def _live_model(self, name: LiveName, entries: Entries) -> ServedModel:
        if not name.model:
            others = ", ".join(entries) or "none yet"
            raise _missing(
                f"Nothing is live in the project '{name.project}': make a version live on its "
                f"Evaluate page, or ask one of {others}."
            )
        found = _resolved(name.model, entries)
        if found is None:
            raise _missing(
                f"{name.model}, which is live in the project '{name.project}', is not there any "
                "more or cannot be read: make another version live."
            )
        return found


def _resolved(model_id: str, entries: Entries) -> ServedModel | None:
    """The entry of an id: a listed one, its base model, or a rung in its place; None for another."""
    if model_id in entries:
        return entries[model_id]
    name, _, other = model_id.rpartition(":")
    trained = entries.get(name)
    if trained is None or trained.adapter is None:
        return None
    if f":{other}" == UNTRAINED:
        return trained.untrained() if trained.family.writes_text else None
    known = trained.task and other in in_place_for(task_named(trained.task))
    return trained.in_place(other) if known else None


def _is_of(entry: ServedModel, project_id: int | None) -> bool:
    return project_id is None or entry.project_id == project_id


def _missing(sentence: str) -> ApiError:
    return ApiError(404, sentence, code="model_not_found", param="model")
