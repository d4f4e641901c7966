"""A training as the worker starts it, for benchmarks: a process of its own, and what it left."""

import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from workbench.jobs.process.job_dir import JobDir, read_json, write_json  # noqa: E402
from workbench.jobs.process.specs import TrainSpec  # noqa: E402


def trained(spec: TrainSpec, folder: Path) -> dict[str, Any]:
    """The result of a training in a new job folder.

    Raises:
        SystemExit: it did not succeed; its log is told.
    """
    job = JobDir(folder)
    job.path.mkdir()
    write_json(job.spec, spec.as_dict())
    with job.log.open("ab") as log:
        subprocess.run(
            [sys.executable, "-m", "workbench.engine", str(job.path)],
            cwd=ROOT, stdout=log, stderr=log, check=False,
        )  # fmt: skip
    result = read_json(job.result)
    if not isinstance(result, dict) or result.get("status") != "succeeded":
        raise SystemExit(f"{result}\n{job.log.read_text('utf-8')}")
    return result
