"""The cluster, where one is named: whether it can be reached, its machines, what of ours is there."""

from dataclasses import dataclass

from storage import jobs
from storage.database import Store
from storage.tables import ACTIVE, OPEN
from workbench.core.errors import WorkbenchError
from workbench.jobs import cluster
from workbench.jobs.cluster import CLUSTER, Cluster, home_name
from workbench.jobs.launchers.ray_jobs import RayJobs
from workbench.jobs.launchers.ray_machines import Machine
from workbench.jobs.process.remote.stores import store_at
from workbench.system.installation.state import check_may_look

PATIENCE_S = 5.0
"""Of a page, for each answer."""


@dataclass(frozen=True)
class ClusterState:
    """What is known at one moment."""

    address: str
    files: str
    problems: tuple[str, ...]
    """What of it cannot be used, a sentence each; none where all is well."""
    machines: tuple[Machine, ...]
    """None while it cannot be reached."""
    running: int
    """Of our jobs."""
    waiting: int


def look(store: Store, ask: RayJobs | None = None) -> ClusterState | None:
    """Ask it, for some seconds at most; None where none is named.

    Raises:
        WorkbenchError: whoever asks does not look after the installation, or what is said of the
            cluster is not whole.
    """
    check_may_look(store)
    named = cluster.configured()
    if named is None:
        return None
    problems: list[str] = []
    machines: list[Machine] = []
    try:
        ask = ask or RayJobs(named.address, named.token, patience_s=PATIENCE_S)
        ask.check()
        machines = ask.machines()
    except WorkbenchError as error:
        problems.append(str(error))
    problems += _trouble_with_files(named)
    with store.read() as session:
        ours = [job.status for job in jobs.listing(session, OPEN) if job.place == CLUSTER]
    running = sum(status in ACTIVE for status in ours)
    return ClusterState(
        named.address, named.files, tuple(problems), tuple(machines), running, len(ours) - running
    )


def _trouble_with_files(named: Cluster) -> list[str]:
    try:
        store_at(named.files).has(f"{home_name()}/name")
    except WorkbenchError as error:
        return [str(error)]
    return []


def own_jobs(machine: Machine) -> list[int]:
    """The numbers of this installation's jobs that run on a machine."""
    ending = f"-{home_name()}"
    mine = [name.removesuffix(ending) for name in machine.jobs if name.endswith(ending)]
    return sorted({int(name.split("-")[1]) for name in mine})
