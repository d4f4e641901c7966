"""Run one job: `python -m workbench.trainer JOB_DIR` (any kind but serve)."""

import sys
from pathlib import Path

from workbench.trainer.kinds import KINDS
from workbench.trainer.process import run

if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), KINDS))
