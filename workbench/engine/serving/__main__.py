"""Serve models: `python -m workbench.engine.serving JOB_DIR` (a job of the kind serve)."""

import sys
from pathlib import Path

from workbench.engine.runtime.fast_imports import load_bitsandbytes, loading
from workbench.engine.runtime.quiet import quiet
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Handler, Result, run
from workbench.jobs.process.specs import ServeSpec
from workbench.jobs.process.stop import Stop


def serve(spec: ServeSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Imported late, so that the first sign of life comes before the heavy libraries."""
    with loading():
        load_bitsandbytes()
        from workbench.engine.serving.server import serve_models

    return serve_models(spec, report, stop)


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), (Handler(ServeSpec, serve),), quiet=quiet))
