"""Run one job (any kind but serve): `python -m workbench.engine JOB_DIR`.

On a machine of a cluster the folder is not there yet: `python -m workbench.engine ADDRESS` brings it
from the files that the cluster shares, and runs it then.
"""

import sys
from pathlib import Path


def main(where: str) -> int:
    """Do the job at a folder, or at an address of a store; the exit code."""
    if "://" in where:
        from workbench.jobs.process.remote.carrier import carry

        return carry(where, [sys.executable, "-m", "workbench.engine"])
    from workbench.engine.kinds import HANDLERS
    from workbench.engine.runtime.quiet import quiet
    from workbench.jobs.process.shell import run

    return run(Path(where), HANDLERS, quiet=quiet)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
