"""The kinds of jobs of `python -m workbench.data.bulk`, each under its limit of memory."""

from collections.abc import Callable
from typing import Any

from workbench.data.bulk import limits
from workbench.data.bulk.change import apply_change
from workbench.data.bulk.convert import convert
from workbench.data.bulk.export import export
from workbench.data.bulk.prepare import write_examples
from workbench.jobs.process.shell import Handler, Result
from workbench.jobs.process.specs import ChangeSpec, ConvertSpec, ExportSpec, PrepareSpec

Work = Callable[..., Result]


def _with_limit(work: Work, more_bytes: Callable[[], int]) -> Work:
    def limited(*arguments: Any) -> Result:
        limits.limit_memory(more_bytes())
        return work(*arguments)

    return limited


HANDLERS = (
    Handler(ConvertSpec, _with_limit(convert, limits.for_convert)),
    Handler(PrepareSpec, _with_limit(write_examples, limits.for_prepare)),
    Handler(ChangeSpec, _with_limit(apply_change, limits.for_prepare)),
    Handler(ExportSpec, _with_limit(export, limits.for_convert)),
)
