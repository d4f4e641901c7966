"""Run one job: `python -m workbench.data.bulk JOB_DIR` (see kinds)."""

import sys
from pathlib import Path

from workbench.data.bulk.kinds import HANDLERS
from workbench.jobs.process.shell import run

if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), HANDLERS))
