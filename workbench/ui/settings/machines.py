"""The cluster on the Installation page: whether it answers, its machines, and what runs there."""

from collections.abc import Callable

import streamlit as st

from workbench.jobs import cluster
from workbench.jobs.launchers.ray_machines import Machine, Room
from workbench.system.installation import cluster_state
from workbench.system.installation.cluster_state import ClusterState
from workbench.ui import context
from workbench.ui.numbers import plural, size
from workbench.ui.text import plain

POLL = "20s"
_HEAD = "head node"


@st.cache_data(show_spinner="Asking the cluster …", ttl=15, max_entries=2)
def _asked(_url: str) -> ClusterState | None:
    return cluster_state.look(context.store())


def show() -> None:
    """What is known of it; nothing where there is none."""
    if not cluster.is_named():
        return
    st.markdown("##### The cluster")
    state = _asked(context.store().url)
    if state is None:
        return
    for problem in state.problems:
        st.warning(plain(problem), icon=":material/lan:")
    if state.machines:
        st.write(_sentence(state))
        st.dataframe(
            [_row(machine) for machine in state.machines],
            hide_index=True, key="machines", width="stretch", alt="Table of the cluster's machines",
        )  # fmt: skip
    running = plural(state.running, "job of this workbench runs", "jobs of this workbench run")
    waiting = plural(state.waiting, "waits", "wait")
    st.caption(plain(f"{running} there, {waiting}. {state.address} · files at {state.files}"))


def _sentence(state: ClusterState) -> str:
    cores = _sum([machine.cores for machine in state.machines])
    gpus = _sum([machine.gpus for machine in state.machines])
    machines = plural(len(state.machines), "machine")
    said = f"{machines} with {plural(int(cores.total), 'processor core')} for jobs{_free(cores)}"
    return (
        f"{said} and {plural(int(gpus.total), 'GPU')}{_free(gpus)}." if gpus.total else f"{said}."
    )


def _sum(rooms: list[Room]) -> Room:
    """All together; what is free is known only if it is of each."""
    free = [room.free for room in rooms if room.free is not None]
    known = len(free) == len(rooms)
    return Room(sum(room.total for room in rooms), sum(free) if known else None)


def _free(room: Room) -> str:
    return "" if room.free is None else f" ({_number(room.free)} free)"


def _row(machine: Machine) -> dict[str, str]:
    names = ", ".join(sorted(set(machine.gpu_names)))
    jobs = [f"Job {number}" for number in cluster_state.own_jobs(machine)]
    others = len(machine.jobs) - len(jobs)
    jobs += [plural(others, "job of others", "jobs of others")] if others else []
    return {
        "Machine": machine.name + (f" ({_HEAD})" if machine.is_head else ""),
        "Cores free": _of(machine.cores, _number),
        "GPUs free": _of(machine.gpus, _number) + (f" {names}" if names else ""),
        "Memory free": _of(machine.memory, size),
        "Disk free": _of(machine.disk, size),
        "At work": ", ".join(jobs) or "–",
    }


def _number(value: float) -> str:
    return f"{value:,g}"


def _of(room: Room | None, words: Callable[[float], str]) -> str:
    """How much is free, and of how much."""
    if room is None or not room.total:
        return "–"
    return f"{'?' if room.free is None else words(room.free)} of {words(room.total)}"
