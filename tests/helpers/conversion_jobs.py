"""Running a conversion's job in the test's own process, without its limit of memory."""

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

from storage import files
from storage.database import Store
from tests.fakes.harness import job_of
from workbench.data.bulk.change import apply_change
from workbench.data.bulk.convert import convert
from workbench.data.bulk.export import export
from workbench.data.bulk.prepare import write_examples
from workbench.data.bulk.write_answers import put_answers
from workbench.data.readers import Table, table_file
from workbench.jobs.process.job_dir import JobDir, read_json, write_json
from workbench.jobs.process.shell import Handler, run
from workbench.jobs.process.specs import (
    ChangeSpec,
    ConvertSpec,
    ExportSpec,
    PrepareSpec,
    WriteAnswersSpec,
)

HANDLERS = (
    Handler(ConvertSpec, convert),
    Handler(PrepareSpec, write_examples),
    Handler(ExportSpec, export),
    Handler(ChangeSpec, apply_change),
    Handler(WriteAnswersSpec, put_answers),
)


def do(folder: Path, spec: dict[str, Any]) -> dict[str, Any]:
    """The result of a job with this spec, done in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(JobDir(folder).spec, {"job_id": 1, "attempt": 1, **spec})
    assert run(folder, HANDLERS) == 0
    result: dict[str, Any] = read_json(JobDir(folder).result)
    return result


def converted(path: Path, folder: Path, name: str = "", **options: Any) -> dict[str, Any]:
    """The result of converting the file at `path`."""
    spec = {"kind": "convert", "source": str(path), "name": name or path.name}
    return do(folder, {**spec, "options": options})


def refused(path: Path, folder: Path, name: str = "") -> str:
    """Why a file cannot be converted; nothing is left of the attempt."""
    result = converted(path, folder, name)
    assert result["status"] == "failed", result
    left = {found.name for found in folder.iterdir()}
    assert not left & {"table.parquet", "table.json", "unpacked"}, left
    return str(result["reason"])


def table_in(folder: Path) -> Table:
    """All that a conversion wrote."""
    return table_file.read_whole(folder, table_file.columns_of(folder))


def gzipped(path: Path) -> Path:
    """The file, packed beside itself."""
    target = path.with_name(path.name + ".gz")
    with gzip.open(target, "wb") as stream:
        stream.write(path.read_bytes())
    return target


def zipped(target: Path, parts: dict[str, bytes]) -> Path:
    """An archive of these parts."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target


def json_lines(rows: list[Any]) -> str:
    """One row a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def worked_off(store: Store, job_id: int) -> dict[str, Any]:
    """Do a job at once, in this process, and record its end."""
    job = job_of(store, job_id)
    folder = files.folder("jobs", str(job_id))
    result = do(folder, job.spec)
    with store.write() as session:
        job = session.merge(job)
        job.status, job.result, job.reason = result["status"], result, result["reason"]
    return result
