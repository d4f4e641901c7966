"""The kinds of jobs of `python -m workbench.data.bulk`, each under its limit of memory."""

from collections.abc import Callable
from typing import Any

from workbench.data.bulk import limits
from workbench.data.bulk.change import mend
from workbench.data.bulk.convert import convert
from workbench.data.bulk.export import export
from workbench.data.bulk.prepare import prepare
from workbench.jobs.process.shell import Kind, Process


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
