"""Prints what the checkup finds in real sets, with the rows, so that somebody can say what is false.

    .venv/bin/python scripts/findings.py [FOLDER] [--rows N] [--skip-large]

FOLDER holds data sets as files (default: what WORKBENCH_BENCH_DATA names, or ../shared/data beside
the checkout); without it there is nothing to do. Every table in it is imported and checked up in a
fresh home, as the page does it. Of each finding at most N pieces of evidence (default 8) are printed,
drawn evenly from all: a row, or the rows that belong together. They are numbered on; a finding is
false where what it says of the rows is not so, or where the fix would make the set worse.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from storage import files  # noqa: E402
from storage.database import Store  # noqa: E402
from storage.schema import open_store  # noqa: E402
from storage.tables import Job  # noqa: E402
from workbench.core import parquet  # noqa: E402
from workbench.core.errors import WorkbenchError  # noqa: E402
from workbench.core.words import shortened  # noqa: E402
from workbench.data import checkups, datasets  # noqa: E402
from workbench.data.checkup import record  # noqa: E402
from workbench.data.checkup.finding import Finding  # noqa: E402
from workbench.data.versions import get_version  # noqa: E402
from workbench.engine.kinds import HANDLERS  # noqa: E402
from workbench.engine.runtime.quiet import quiet  # noqa: E402
from workbench.jobs.process.job_dir import JobDir, write_json  # noqa: E402
from workbench.jobs.process.shell import run  # noqa: E402
from workbench.projects import projects  # noqa: E402

DATA = Path(os.environ.get("WORKBENCH_BENCH_DATA") or ROOT.parent / "shared" / "data")
NO_TABLES = {".md", ""}
LARGE_BYTES = 600_000
CHARACTERS = 160


def main() -> int:
    """Check up every table; returns the exit code."""
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", nargs="?", type=Path, default=DATA)
    asked.add_argument("--rows", type=int, default=8)
    asked.add_argument("--skip-large", action="store_true")
    options = asked.parse_args()
    if not options.folder.is_dir():
        print(f"There is no folder {options.folder}: name one that holds data sets.")
        return 0
    shown = findings = 0
    with tempfile.TemporaryDirectory() as home:
        os.environ["WORKBENCH_HOME"] = home
        store = open_store()
        for path in _tables(options.folder, options.skip_large):
            try:
                found, evidence = _look(store, path, options.rows, shown)
            except WorkbenchError as error:
                print(f"\n## {path.relative_to(options.folder)}\n{error}")
                continue
            findings, shown = findings + found, evidence
        store.close()
    print(f"\n{findings} findings, {shown} pieces of evidence printed.")
    return 0


def _tables(folder: Path, skip_large: bool) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix in NO_TABLES or path.stem.startswith("LICENSE"):
            continue
        if not (skip_large and path.stat().st_size > LARGE_BYTES):
            yield path


def _look(store: Store, path: Path, most: int, shown: int) -> tuple[int, int]:
    """Print a table's findings; how many there are, and the number of the last evidence."""
    project_id = projects.create_project(store, f"{path.parent.name} {path.stem}"[:60])
    made = datasets.save_version(store, project_id=project_id, path=path)
    version = get_version(store, made.version_id)
    job = checkups.start(store, version.id)
    folder = JobDir(files.folder("jobs", str(job.id)))
    with store.read() as session:
        spec = session.get_one(Job, job.id).spec
    write_json(folder.spec, {"job_id": job.id, "attempt": 1, **spec})
    if run(folder.path, HANDLERS, quiet=quiet):
        raise WorkbenchError(f"The checkup of {path.name} failed: see {folder.path}.")
    checkup = record.read(folder.path)
    texts = {row["row_id"]: row for row in parquet.examples(Path(spec["data"])).to_pylist()}
    print(f"\n## {path.parent.name}/{path.name}: {version.task}, {len(texts):,} rows")
    for finding in checkup.findings:
        shown = _print(finding, folder.path, texts, most, shown)
    return len(checkup.findings), shown


def _print(finding: Finding, folder: Path, texts: dict[int, Any], most: int, shown: int) -> int:
    print(f"\n[{finding.kind}, {finding.level}] {finding.title}\n  {finding.text}")
    groups: dict[Any, list[Any]] = {}
    for row in record.flagged_rows(folder, finding.kind).to_pylist():
        groups.setdefault(row["group"] or -row["row_id"], []).append(row)
    evidence = list(groups.values())
    step = max(1, len(evidence) // most)
    for group in evidence[::step][:most]:
        shown += 1
        for row in group[:3]:
            print(f"  {shown:4} {_row(row, texts)}")
    return shown


def _row(row: dict[str, Any], texts: dict[int, Any]) -> str:
    said = {k: v for k, v in texts.get(row["row_id"], {}).items() if k not in ("row_id", "split")}
    values = " | ".join(shortened(" ".join(str(v).split()), CHARACTERS) for v in said.values() if v)
    after = f" => {shortened(row['after'], CHARACTERS)}" if row["after"] is not None else ""
    return f"row {row['row_id']} ({row['note']}): {values}{after}"


if __name__ == "__main__":
    sys.exit(main())
