"""Serve models: `python -m workbench.engine.serving JOB_DIR` (a job of the kind serve)."""

import sys
from pathlib import Path
from typing import Any

from workbench.engine.runtime.fast_imports import load_bitsandbytes, loading
from workbench.engine.runtime.quiet import quiet
from workbench.jobs.process.shell import Process, run


def serve(process: Process) -> dict[str, Any]:
    """Imported late, so that the first sign of life comes before the heavy libraries."""
    with loading():
        load_bitsandbytes()
        from workbench.engine.serving.server import serve_models

    return serve_models(process)


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), {"serve": serve}, quiet=quiet))
