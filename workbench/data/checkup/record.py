"""What a checkup found, as files in its job's folder: summaries in JSON, rows in Parquet."""

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core import parquet
from workbench.core.errors import WorkbenchError
from workbench.data.checkup.finding import Finding, FlaggedRow
from workbench.data.edits.edit import Edit
from workbench.jobs.process.job_dir import write_json

logger = logging.getLogger(__name__)

SUMMARY, FLAGGED_ROWS = "checkup.json", "marks.parquet"
MAP, UNLABELLED = "map.parquet", "unlabelled.parquet"
DAMAGED = "The checkup is damaged on the disk: let it run again."
REMOVE, CHANGE = "remove", "change"
"""The two kinds of fixes: rows go, or texts of rows are written anew."""
_SCHEMA = pa.schema(
    [
        ("kind", pa.string()),
        ("row_id", pa.int64()),
        ("group", pa.int64()),
        ("drop", pa.bool_()),
        ("role", pa.string()),
        ("after", pa.large_string()),
        ("value", pa.float64()),
        ("note", pa.large_string()),
    ]
)
_BATCH = 50_000


@dataclass(frozen=True)
class Checkup:
    """A dataset's state of health."""

    score: int
    """0 to 100; what the findings' harm leaves."""
    findings: list[Finding]
    """The most harmful first, without their rows (see `flagged_rows`)."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What else was measured: `rows`, `embedded` (how many were read by the encoder), `unsorted` (how
    many rows of the table have no category), `curve`, `split`, `words`, each as the module says that
    measures it; `notes`, sentences on what could not be looked at."""


def write(folder: Path, score: int, findings: Sequence[Finding], facts: dict[str, Any]) -> None:
    """Keep a checkup; its summary is written last."""
    with pq.ParquetWriter(folder / FLAGGED_ROWS, _SCHEMA, compression="zstd") as writer:
        for finding in findings:
            for start in range(0, len(finding.flagged_rows), _BATCH):
                writer.write_table(
                    _table(finding.kind, finding.flagged_rows[start : start + _BATCH])
                )
    told = [finding.as_dict() for finding in findings]
    write_json(folder / SUMMARY, {"score": score, "findings": told, "facts": facts})


def _table(kind: str, flagged_rows: Sequence[FlaggedRow]) -> pa.Table:
    columns = {
        name: [getattr(flagged, name) for flagged in flagged_rows] for name in _SCHEMA.names[1:]
    }
    return pa.table({"kind": [kind] * len(flagged_rows), **columns}, _SCHEMA)


def read(folder: Path) -> Checkup:
    """The checkup in a folder.

    Raises:
        WorkbenchError: it is not there any more, or damaged.
    """
    try:
        values = json.loads((folder / SUMMARY).read_text("utf-8"))
        findings = [Finding(**finding) for finding in values["findings"]]
        return Checkup(int(values["score"]), findings, dict(values["facts"]))
    except FileNotFoundError:
        raise WorkbenchError("The checkup is not on the disk any more: let it run again.") from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        logger.warning("The checkup in %s cannot be read: %s", folder, error)
        raise WorkbenchError(DAMAGED) from error


def flagged_rows(folder: Path, kind: str) -> pa.Table:
    """The rows of one finding, in the order that the check gave them.

    Raises:
        WorkbenchError: the checkup is not there any more, or damaged.
    """
    path = folder / FLAGGED_ROWS
    if not path.is_file():
        raise WorkbenchError("The checkup is not on the disk any more: let it run again.")
    return parquet.read(path, DAMAGED, filters=[("kind", "=", kind)])


def those_that(fix: str, found: pa.Table, leave: Iterable[int] = ()) -> pa.Table:
    """The flagged rows that a fix acts on, without those of rows that the user wants left alone."""
    import pyarrow.compute as pc

    wanted = found["drop"] if fix == REMOVE else pc.is_valid(found["after"])
    kept = pc.invert(pc.is_in(found["row_id"], value_set=pa.array(list(leave), pa.int64())))
    return found.filter(pc.and_(wanted, kept))


def edit_of(fix: str, flagged_rows: pa.Table) -> Edit:
    """What a fix does, from the flagged rows that it acts on (see `record.those_that`)."""
    ids = flagged_rows["row_id"].to_pylist()
    if fix == REMOVE:
        return Edit(remove=frozenset(ids))
    roles, after = flagged_rows["role"].to_pylist(), flagged_rows["after"].to_pylist()
    return Edit(change={(i, role): text for i, role, text in zip(ids, roles, after, strict=True)})
