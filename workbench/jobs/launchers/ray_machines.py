"""The machines of a Ray cluster, as its head node tells of them.

The fields are those of Ray 2.60 (`ray.dashboard.modules.node`). What a head node does not say yet, as of
a machine that has just joined, is None.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_ALIVE, _RUNNING = "ALIVE", "RUNNING"
_TAKEN = re.compile(r"([\d.]+)/([\d.]+) (CPU|GPU)")


@dataclass(frozen=True)
class Room:
    """How much of something there is for jobs."""

    total: float
    free: float | None


@dataclass(frozen=True)
class Machine:
    """One machine."""

    name: str
    is_head: bool
    cores: Room
    gpus: Room
    gpu_names: tuple[str, ...]
    memory: Room | None
    """Bytes."""
    disk: Room | None
    """Bytes, of the disk with the system's folder for temporary files."""
    jobs: tuple[str, ...]
    """The submission ids of what runs there."""


def machines_in(nodes: Mapping[str, Any], jobs: Iterable[Mapping[str, Any]]) -> list[Machine]:
    """The machines that are there, the head node first.

    Args:
        nodes: the answer to `/nodes?view=summary`.
        jobs: the answer to `/api/jobs/`.
    """
    told = nodes.get("data") or {}
    taken = told.get("nodeLogicalResources") or {}
    at_work: dict[str, list[str]] = {}
    for job in jobs:
        if job.get("status") == _RUNNING and job.get("submission_id"):
            at_work.setdefault(str(job.get("driver_node_id")), []).append(job["submission_id"])
    found = [
        _machine(node, taken, at_work)
        for node in told.get("summary") or []
        if (node.get("raylet") or {}).get("state") == _ALIVE
    ]
    return sorted(found, key=lambda machine: (not machine.is_head, machine.name))


def _machine(
    node: Mapping[str, Any], taken: Mapping[str, str], at_work: Mapping[str, list[str]]
) -> Machine:
    raylet = node["raylet"]
    node_id = str(raylet.get("nodeId") or "")
    used = {what: float(number) for number, _, what in _TAKEN.findall(taken.get(node_id) or "")}
    knows_taken = node_id in taken
    return Machine(
        str(node.get("hostname") or raylet.get("nodeManagerHostname") or node_id),
        bool(raylet.get("isHeadNode")),
        _for_jobs(raylet, "CPU", used, knows_taken),
        _for_jobs(raylet, "GPU", used, knows_taken),
        tuple(str(gpu.get("name") or "") for gpu in node.get("gpus") or []),
        _memory(node.get("mem")),
        _disk(node.get("disk")),
        tuple(sorted(at_work.get(node_id, []))),
    )


def _for_jobs(raylet: Mapping[str, Any], what: str, used: Mapping[str, float], knows: bool) -> Room:
    total = float((raylet.get("resourcesTotal") or {}).get(what) or 0.0)
    return Room(total, total - used.get(what, 0.0) if knows else None)


def _memory(told: Any) -> Room | None:
    """Of total, available, percent, used."""
    return Room(float(told[0]), float(told[1])) if told else None


def _disk(told: Any) -> Room | None:
    """The one with the least room."""
    disks = [Room(float(disk["total"]), float(disk["free"])) for disk in (told or {}).values()]
    return min(disks, key=lambda disk: disk.free or 0.0, default=None)
