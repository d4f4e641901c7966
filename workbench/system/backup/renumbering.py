"""Numbers and paths in the rows and files of a project that came from elsewhere.

What the database knows as a reference is found by its foreign keys; the rest stands in JSON, under
names that say which number it is (`run_id`), in a model's name (`run-3`), and in paths (`jobs/12`).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from storage import files
from workbench.core.tasks.rungs import OLDER
from workbench.models.served import RUN
from workbench.system.backup.relocation import Relocation

Numbers = dict[str, dict[int, int]]
"""Table → a row's number there → its number here."""
_NAMED = {
    "project_id": "projects",
    "dataset_id": "datasets",
    "version_id": "dataset_versions",
    "dataset_version_id": "dataset_versions",
    "model_id": "base_models",
    "base_model_id": "base_models",
    "run_id": "runs",
    "live_run_id": "runs",
    "start_run_id": "runs",
    "job_id": "jobs",
    "export_job_id": "jobs",
    "sweep_id": "jobs",
    "sweep_job_id": "jobs",
    "evaluation_id": "evaluations",
    "conversation_id": "conversations",
}
"""What a number in JSON is a number of, by its name."""
_MAY_BE_NONE = {"live_run_id", "start_run_id"}
_NOBODY = 0
"""In the place of what did not come along; no row has it."""
_MODELS = {"model", "other", "answerer"}
"""Names under which JSON names a trained model by its run: run-3, or run 3 where it is a rung."""
_PATHS = {
    *("adapter", "answers", "archive", "asks", "before", "after", "beside", "cache", "checkup"),
    *("continue_from", "data", "earlier", "folder", "former", "key_file", "learned_from", "path"),
    *("predictions", "registry", "source", "start", "table", "target", "file", "location"),
}
"""Names under which JSON has a path."""
_NOWHERE = "not-brought-along"


@dataclass(frozen=True)
class Renumbering:
    """Where everything is now."""

    relocation: Relocation
    allowed: tuple[Path, ...] = ()
    """Folders outside the home that a path may lead to: base models."""
    numbers: Numbers = field(default_factory=dict)

    def number(self, table: str, old: Any) -> int | None:
        """A row's number here; None for one that did not come along."""
        return self.numbers.get(table, {}).get(old) if isinstance(old, int) else None

    def value(self, value: Any, name: str = "") -> Any:
        """A value of a row or a file with its numbers and paths as they are here."""
        if isinstance(value, Mapping):
            return {key: self.value(inner, str(key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner, name) for inner in value]
        if isinstance(value, str):
            return self._text(value, name)
        if name in _NAMED and isinstance(value, int) and not isinstance(value, bool):
            nobody = None if name in _MAY_BE_NONE else _NOBODY
            return self.number(_NAMED[name], value) or nobody
        return self.relocation.value(value)

    def model(self, text: str) -> str:
        """A model's name on the server, or a rung's: run-3, run 3."""
        for prefix in (RUN, OLDER):
            number = text.removeprefix(prefix)
            if number != text and number.isdecimal():
                return f"{prefix}{self.number('runs', int(number)) or _NOBODY}"
        return text

    def _text(self, text: str, name: str) -> str:
        if name in _MODELS and text.startswith((RUN, OLDER)):
            return self.model(text)
        moved = str(self.relocation.value(text))
        if name in _PATHS and moved.startswith(("/", "~")) and not self._is_allowed(moved):
            return str(files.home() / "jobs" / _NOWHERE)
        return moved

    def _is_allowed(self, text: str) -> bool:
        """Whether a path stays in what came along; whoever made the file may mean ill."""
        path = Path(os.path.normpath(text))
        jobs = files.home() / "jobs"
        mine = {jobs / str(number) for number in self.numbers.get("jobs", {}).values()}
        roots = (files.home() / "objects", files.home() / "cache", *self.allowed)
        return any(path.is_relative_to(root) for root in roots) or bool(
            mine & {path, *path.parents}
        )
