"""How many tries of a sweep are at work side by side: on a cluster as many as it is given, here one."""

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.evaluation.sweeps.sweeps import Sweep
from workbench.jobs import limits, placing


def at_once(store: Store, project_id: int) -> int:
    """How many may run now; one where what is said of the cluster cannot be, as the worker's log tells."""
    try:
        return placing.at_once(store, project_id)
    except WorkbenchError:
        return 1


def takes_another(store: Store, sweep: Sweep, most: int) -> bool:
    """Whether one more may begin beside those that run, of which there may be `most`.

    While one waits for its turn or for a machine, another would wait behind it, and would be chosen
    without what is learned meanwhile. A person's limit of jobs holds for what is done side by side.
    """
    running = sweep.running
    if len(running) >= most:
        return False
    if any(one.run is not None and one.run.job.is_waiting for one in running):
        return False
    return limits.allow_another(store, sweep.id)
