"""The models that the server offers, as the file models.json lists them.

The file is written by the application whenever a run ends; it is read again once it has
changed, so a new model needs no restart.
"""

import logging
import threading
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.engine.serving.errors import MOST_SHOWN, ApiError
from workbench.jobs.process.job_dir import read_json
from workbench.models.served import UNTRAINED, ServedModel

logger = logging.getLogger(__name__)


def _read(path: Path) -> dict[str, ServedModel] | None:
    """What the file lists, but for entries that cannot be read; None where it is torn."""
    listed = read_json(path)
    if not isinstance(listed, list):
        return None
    found: dict[str, ServedModel] = {}
    for item in listed:
        try:
            model = ServedModel.from_dict(item)
        except WorkbenchError as error:
            logger.warning("An entry of %s is passed over: %s", path, error)
        else:
            found[model.id] = model
    return found


class Registry:
    """The entries of models.json, as they are now."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._entries: dict[str, ServedModel] = {}

    def entries(self) -> dict[str, ServedModel]:
        """Id → entry, in the file's order; what was there before if the file is gone."""
        with self._lock:
            stamp = self._stamp_now()
            if stamp and stamp != self._stamp:
                self._stamp = stamp
                listed = _read(self._path)
                self._entries = self._entries if listed is None else listed
            return self._entries

    def get(self, model_id: str) -> ServedModel:
        """The entry of this id.

        Raises:
            ApiError: 404, there is none.
        """
        entries = self.entries()
        if model_id in entries:
            return entries[model_id]
        trained = entries.get(model_id.removesuffix(UNTRAINED))
        if trained and trained.adapter and trained.family.writes_text:
            return trained.untrained()
        raise ApiError(
            404,
            f"There is no model '{model_id[:MOST_SHOWN]}' here; "
            f"there are {', '.join(entries) or 'none yet'}.",
            code="model_not_found",
            param="model",
        )

    def _stamp_now(self) -> tuple[int, int, int] | None:
        try:
            about = self._path.stat()
        except FileNotFoundError:
            return None
        return about.st_ino, about.st_mtime_ns, about.st_size
