"""The models that the server offers, as the file models.json lists them.

The file is written by the application whenever a run ends; it is read again once it has
changed, so a new model needs no restart.
"""

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench.engine.serving.errors import ApiError
from workbench.jobs.process.job_dir import read_json

UNTRAINED = ":base"
"""`run-3:base` is the base model of run 3, asked just as the run is: same system prompt,
template and wording of the question. That is what makes the two comparable."""


@dataclass(frozen=True)
class Entry:
    """One model on offer."""

    id: str
    title: str
    kind: str
    """causal or encoder."""
    task: str | None
    """None for a base model that was taught nothing here."""
    base: dict[str, Any]
    """name, path and revision."""
    adapter: Path | None
    labels: tuple[str, ...]
    system: str
    quantization: str
    template_from: Path
    """The folder whose chat template and tokenizer count."""
    created_at_s: int

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Entry":
        adapter = Path(values["adapter"]) if values.get("adapter") else None
        return cls(
            id=values["id"],
            title=values.get("title") or values["id"],
            kind=values["kind"],
            task=values.get("task"),
            base=values["base"],
            adapter=adapter,
            labels=tuple(values.get("labels") or ()),
            system=values.get("system") or "",
            quantization=values.get("quantization") or "none",
            template_from=adapter or Path(values["base"]["path"]),
            created_at_s=int(values.get("created") or 0),
        )

    def untrained(self) -> "Entry":
        """The base model, asked as this model is."""
        return replace(self, id=self.id + UNTRAINED, adapter=None)

    @property
    def sorts(self) -> bool:
        """Whether it answers with a category."""
        return self.task == "classification"


class Registry:
    """The entries of models.json, as they are now."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._entries: dict[str, Entry] = {}

    def entries(self) -> dict[str, Entry]:
        """Id → entry, in the file's order; what was there before if the file is gone."""
        with self._lock:
            stamp = self._stamp_now()
            if stamp and stamp != self._stamp:
                listed = read_json(self._path) or []
                self._entries = {item["id"]: Entry.from_dict(item) for item in listed}
                self._stamp = stamp
            return self._entries

    def get(self, model_id: str) -> Entry:
        """The entry of this id.

        Raises:
            ApiError: 404, there is none.
        """
        entries = self.entries()
        if model_id in entries:
            return entries[model_id]
        trained = entries.get(model_id.removesuffix(UNTRAINED))
        if trained and trained.adapter and trained.kind == "causal":
            return trained.untrained()
        raise ApiError(
            404,
            f"There is no model '{model_id}' here; there are {', '.join(entries) or 'none yet'}.",
            code="model_not_found",
            param="model",
        )

    def _stamp_now(self) -> tuple[int, int, int] | None:
        try:
            about = self._path.stat()
        except FileNotFoundError:
            return None
        return about.st_ino, about.st_mtime_ns, about.st_size
