"""Run one job (any kind but serve): `python -m workbench.engine JOB_DIR`.

On a machine of a cluster the folder is not there yet: `python -m workbench.engine ADDRESS` brings it
from the files that the cluster shares, and runs it then. `python -m workbench.engine ADDRESS WORKERS CPUS
GPUS` lets so many machines do it together, each with so many cores and graphics cards.
"""

import sys
from pathlib import Path


def main(where: str, *shared: str) -> int:
    """Do the job at a folder, or at an address of a store; the exit code."""
    if shared:
        from workbench.engine.training.parallel.workers import share_out

        return share_out(where, int(shared[0]), float(shared[1]), float(shared[2]))
    if "://" in where:
        from workbench.jobs.process.remote.helper import carry_or_help

        return carry_or_help(where, [sys.executable, "-m", "workbench.engine"])
    from workbench.engine.kinds import HANDLERS
    from workbench.engine.runtime.quiet import quiet
    from workbench.jobs.process.shell import run

    return run(Path(where), HANDLERS, quiet=quiet)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
