"""A store that acts for somebody: its sessions know whom, and it shares what the other has."""

from storage import acting
from storage.acting import Acting
from storage.database import Store

JO = Acting(person_id=7, name="Jo")


def test_sessions_know_for_whom_they_act(store: Store) -> None:
    other = store.acting_as(JO)
    with other.read() as reading, other.write() as writing:
        assert acting.of(reading) == acting.of(writing) == JO
    with store.read() as reading, store.write() as writing:
        assert acting.of(reading) is acting.of(writing) is None
    assert other.engine is store.engine
