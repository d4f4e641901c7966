"""Paths in restored rows and files: what began with the old home begins with the new one."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storage import files
from workbench.models import bundled
from workbench.system.backup.manifest import Manifest


@dataclass(frozen=True)
class Relocation:
    """Old folders and where they are now."""

    folders: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, manifest: Manifest, more: Mapping[str, str] | None = None) -> "Relocation":
        """From the place of the backup to this one: its home, the models of the install, and `more`."""
        moved = {
            old: str(bundled.bundled_path(name))
            for name, old in manifest.bundled.items()
            if name in bundled.BUNDLED
        }
        moved |= {manifest.home: str(files.home()), **(more or {})}
        return cls(tuple(sorted(moved.items(), key=lambda pair: -len(pair[0]))))

    def value(self, value: Any) -> Any:
        """A value of a row with its paths moved; a number that JSON has not becomes nothing."""
        if isinstance(value, str):
            return self._path(value)
        if isinstance(value, dict):
            return {key: self.value(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner) for inner in value]
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return value

    def _path(self, text: str) -> str:
        for old, new in self.folders:
            if text == old or text.startswith(f"{old}/"):
                return new + text[len(old) :]
        return text
