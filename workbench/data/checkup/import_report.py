"""Report of an import: what the quick checks find in examples that are not saved yet."""

import dataclasses
from typing import Any

from workbench.core.progress import Progress, silent
from workbench.core.tasks import Task, task_named
from workbench.core.words import joined, plural
from workbench.data.checkup.finding import Finding
from workbench.data.checkup.rows import rows_of
from workbench.data.checkup.run import run_at_import, sought_at_import
from workbench.data.examples.prepare import Prepared

GOOD, NOTICE, WARNING = "good", "notice", "warning"
_MENDED = " Save first; then 'Check up and mend' can mend it."


def judge(prepared: Prepared, *, progress: Progress = silent) -> Prepared:
    """The examples with the `findings` of the quick checks in their report, the weightiest first.

    Each has a `level` (good, notice or warning), its `title`, `text` and `effect`; the one that
    says that nothing was found, and those of older reports, have only a level and a text.
    """
    task = task_named(prepared.plan.task)
    rows = dataclasses.replace(
        rows_of(task, prepared.data, seed=prepared.plan.seed, progress=progress),
        left_out=prepared.report["dropped"],
        given_away=prepared.report.get("given_away", ()),
    )
    found = [_as_dict(finding) for finding in run_at_import(rows)] or [_fine(task, len(rows))]
    return dataclasses.replace(prepared, report={**prepared.report, "findings": found})


def _fine(task: Task, rows: int) -> dict[str, Any]:
    """What was looked for in vain."""
    return {
        "level": GOOD,
        "text": f"Nothing odd was found in {plural(rows, 'example')}. Looked for: "
        f"{joined(sought_at_import(task))}.",
    }


def _as_dict(finding: Finding) -> dict[str, Any]:
    """A finding as the report keeps it."""
    mended = _MENDED if finding.remove or finding.change else ""
    return {
        "level": NOTICE if finding.level == "minor" else WARNING,
        "kind": finding.kind,
        "title": finding.title,
        "text": f"{finding.text}{mended}",
        "effect": finding.effect,
    }
