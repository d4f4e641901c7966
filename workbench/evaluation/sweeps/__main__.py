"""Look after a sweep: `python -m workbench.evaluation.sweeps JOB_DIR`."""

import sys
from pathlib import Path

from workbench.evaluation.sweeps.work import HANDLERS
from workbench.jobs.process.shell import run

if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), HANDLERS))
