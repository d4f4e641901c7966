"""The model server's address stays, as long as nobody else has it."""

import socket

import pytest

from storage import files
from storage.database import Store
from storage.tables import Job
from workbench.jobs.process.specs import ServeSpec
from workbench.use import server, server_port


def test_the_port_stays(store: Store) -> None:
    assert server_port.known() is None
    port = server_port.usual()
    assert 1024 <= port <= 65_535
    assert server_port.usual() == server_port.known() == port


def test_another_is_taken_where_a_program_has_it(store: Store) -> None:
    port = server_port.usual()
    with socket.create_server(("127.0.0.1", port)):
        other = server_port.usual()
        assert other not in (0, port)
    assert server_port.usual() == other


@pytest.mark.parametrize("content", ["", "[1]", "80", "99999", '"x"', "true", "1e4"])
def test_a_damaged_file_is_no_port(store: Store, content: str) -> None:
    (files.folder("serve") / "port").write_text(content)
    assert server_port.known() is None
    assert server_port.usual() == server_port.known()


def test_the_next_server_gets_it(store: Store) -> None:
    job_id = server.start_server(store)
    with store.read() as session:
        spec = session.get_one(Job, job_id).spec
    assert ServeSpec.from_dict({"job_id": job_id, "attempt": 1, **spec}).port == server_port.known()
    assert server.start_server(store) == job_id


def test_staying_awake_is_switched_on_and_off(store: Store) -> None:
    assert not server_port.stays_awake()
    server_port.stay_awake(store, True)
    server_port.stay_awake(store, True)
    assert server_port.stays_awake()
    server_port.stay_awake(store, False)
    server_port.stay_awake(store, False)
    assert not server_port.stays_awake()
