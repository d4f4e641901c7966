"""What a head node tells of its machines, read with care."""

from typing import Any

from workbench.jobs.launchers.ray_machines import Machine, Room, machines_in


def node(name: str, **raylet: Any) -> dict[str, Any]:
    """One of `/nodes?view=summary`."""
    told = {"nodeId": f"id-{name}", "state": "ALIVE", "isHeadNode": False, "resourcesTotal": {}}
    return {"hostname": name, "raylet": told | raylet}


def read(
    *nodes: dict[str, Any], taken: dict[str, str] | None = None, jobs: tuple[Any, ...] = ()
) -> list[Machine]:
    return machines_in(
        {"data": {"summary": list(nodes), "nodeLogicalResources": taken or {}}}, jobs
    )


def test_the_head_stands_first_and_who_is_lost_is_left_out() -> None:
    found = read(node("b"), node("a"), node("gone", state="DEAD"), node("head", isHeadNode=True))
    assert [machine.name for machine in found] == ["head", "a", "b"]
    assert [machine.is_head for machine in found] == [True, False, False]


def test_what_is_free_is_what_jobs_have_not_taken() -> None:
    total = {"CPU": 8.0, "GPU": 2.0, "memory": 5e9}
    said = "2.5/8.0 CPU\n1.0/2.0 GPU\n0B/4.66GiB memory"
    (machine,) = read(node("m", resourcesTotal=total), taken={"id-m": said})
    assert (machine.cores, machine.gpus) == (Room(8.0, 5.5), Room(2.0, 1.0))


def test_of_a_machine_that_has_just_joined_little_is_known() -> None:
    (machine,) = read(node("m", resourcesTotal={"CPU": 4.0}))
    assert machine.cores == Room(4.0, None)
    assert machine.memory is None
    assert machine.disk is None
    assert machine.gpu_names == ()


def test_memory_and_the_fullest_disk_are_told() -> None:
    disks = {"/": {"total": 100, "free": 9}, "/tmp": {"total": 50, "free": 5}}
    gpus = [{"name": "NVIDIA H200"}, {"name": "NVIDIA H200"}]
    more = {"mem": [16, 4, 75.0, 12], "disk": disks, "gpus": gpus}
    (machine,) = read({**node("m"), **more})
    assert machine.memory == Room(16, 4)
    assert machine.disk == Room(50, 5)
    assert machine.gpu_names == ("NVIDIA H200", "NVIDIA H200")


def test_a_job_counts_where_it_runs_while_it_runs() -> None:
    jobs = [
        {"submission_id": "job-2-a1-x", "status": "RUNNING", "driver_node_id": "id-m"},
        {"submission_id": "job-1-a1-x", "status": "RUNNING", "driver_node_id": "id-m"},
        {"submission_id": "job-3-a1-x", "status": "SUCCEEDED", "driver_node_id": "id-m"},
        {"submission_id": None, "status": "RUNNING", "driver_node_id": "id-m"},
        {"submission_id": "job-4-a1-x", "status": "PENDING", "driver_node_id": None},
    ]
    (machine,) = read(node("m"), jobs=tuple(jobs))
    assert machine.jobs == ("job-1-a1-x", "job-2-a1-x")


def test_an_answer_without_anything_is_no_machine() -> None:
    assert machines_in({}, []) == []
