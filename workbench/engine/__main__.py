"""Run one job: `python -m workbench.engine JOB_DIR` (any kind but serve)."""

import sys
from pathlib import Path

from workbench.engine.kinds import HANDLERS
from workbench.engine.runtime.quiet import quiet
from workbench.jobs.process.shell import run

if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), HANDLERS, quiet=quiet))
