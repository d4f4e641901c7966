"""Run one job: `python -m workbench.conversion JOB_DIR` (see kinds)."""

import sys
from pathlib import Path

from workbench.conversion.kinds import KINDS
from workbench.trainer.process import run

if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), KINDS, quiet=None))
