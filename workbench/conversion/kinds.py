"""The kinds of jobs of `python -m workbench.conversion`, each under its limit of memory."""

from collections.abc import Callable
from typing import Any

from workbench.conversion import limits
from workbench.conversion.convert import convert
from workbench.conversion.export import export
from workbench.conversion.mend import mend
from workbench.conversion.prepare import prepare
from workbench.trainer.process import Kind, Process


def _limited(kind: Kind, more_bytes: Callable[[], int]) -> Kind:
    def limited(process: Process) -> dict[str, Any]:
        limits.limit_memory(more_bytes())
        return kind(process)

    return limited


KINDS: dict[str, Kind] = {
    "convert": _limited(convert, limits.for_convert),
    "prepare": _limited(prepare, limits.for_prepare),
    "mend": _limited(mend, limits.for_prepare),
    "export": _limited(export, limits.for_convert),
}
