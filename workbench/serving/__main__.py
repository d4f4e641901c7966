"""Serve models: `python -m workbench.serving JOB_DIR` (a job of the kind serve)."""

import sys
from pathlib import Path
from typing import Any

from workbench.trainer.lean import load_bitsandbytes, loading
from workbench.trainer.process import Process, run


def serve(process: Process) -> dict[str, Any]:
    """Imported late, so that the first sign of life comes before the heavy libraries."""
    with loading():
        load_bitsandbytes()
        from workbench.serving.server import serve_models

    return serve_models(process)


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), {"serve": serve}))
