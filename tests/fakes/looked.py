"""A dataset in categories, and checkups of it that have found what a test wants."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from storage import files
from storage.database import Store
from storage.tables import SUCCEEDED, Job
from workbench.data import checkups, datasets, versions
from workbench.data.checkup import record
from workbench.data.checkup.finding import Finding, FlaggedRow
from workbench.data.versions import VersionInfo, get_version
from workbench.jobs.job import JobView
from workbench.projects import projects

LABELS = ("delivery", "refund", "other")


def mails(store: Store, folder: Path, rows: int = 60) -> VersionInfo:
    """The first version of a table with rows 2, 3 …, of three categories in turn."""
    path = folder / "mails.csv"
    lines = [f"question number {i},{LABELS[i % 3]}\n" for i in range(rows)]
    path.write_text("text,label\n" + "".join(lines))
    project_id = projects.create_project(store, "Mails")
    saved = datasets.save_version(store, project_id=project_id, path=path)
    return get_version(store, saved.version_id)


def conversations(store: Store, folder: Path, said: str) -> VersionInfo:
    """The first version of 20 conversations, rows 1, 2 …; `said` holds {} for an address."""
    path = folder / "talks.jsonl"
    turns = [
        [
            {"role": "user", "content": f"Question {i}: {said.format('max@x.de')}"},
            {"role": "assistant", "content": "Thank you."},
        ]
        for i in range(20)
    ]
    path.write_text("".join(json.dumps({"messages": each}) + "\n" for each in turns))
    project_id = projects.create_project(store, "Talks")
    saved = datasets.save_version(store, project_id=project_id, path=path)
    return get_version(store, saved.version_id)


def row(version: VersionInfo, number: int) -> dict[str, str]:
    """A row of a version; empty if it has none of this number."""
    found = versions.rows_by_id(version, [number]).to_pylist()
    return found[0] if found else {}


def looked_through(
    store: Store, version: VersionInfo, *findings: Finding, score: int = 80, **facts: Any
) -> JobView:
    """A checkup that has ended with these findings, and with every row on the map."""
    job = checkups.start(store, version.id)
    folder = files.folder("jobs", str(job.id))
    ids = pq.read_table(version.path)["row_id"].to_pylist()
    places = {"row_id": ids, "x": [0.01 * i for i in ids], "y": [0.5] * len(ids)}
    pq.write_table(pa.table(places), folder / record.MAP)
    record.write(folder, score, findings, {"rows": version.rows, **facts})
    with store.write() as session:
        session.get_one(Job, job.id).status = SUCCEEDED
    found = checkups.newest(store, version)
    assert found is not None
    return found


def duplicates() -> Finding:
    """Rows 2, 5 and 8 are alike: 5 and 8 can be taken out, 8 can be written anew."""
    flagged_rows = [
        FlaggedRow(2, 1),
        FlaggedRow(5, 1, drop=True),
        FlaggedRow(8, 1, drop=True, role="text", after="new"),
    ]
    return Finding(
        "duplicates",
        "3 rows are alike",
        "Rows 2, 5 and 8 say the same.",
        "The model learns them by heart.",
        0.1,
        flagged_rows,
        "Take the copies out",
        "Write them anew",
    )
