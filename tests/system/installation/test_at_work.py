"""Everything that runs or waits: of all lanes and projects, and who asked for it."""

from storage.database import Store
from storage.tables import Job, Person
from tests.helpers import full_home
from tests.helpers.full_home import DONE, SERVING, WAITING, WORKING
from workbench.system.installation.at_work import at_work


def test_open_jobs_stand_lane_by_lane_with_who_asked_for_them(store: Store) -> None:
    full_home.fill(store)
    with store.write() as session:
        session.add(Person(email="ann@example.org", name="Ann"))
        session.flush()
        session.get_one(Job, WORKING).person_id = 1
    found = {one.job_id: one for one in at_work(store)}
    assert DONE not in found
    assert list(found)[-1] == SERVING
    assert (found[WORKING].person, found[WORKING].runs) == ("Ann", True)
    assert (found[WAITING].person, found[WAITING].runs) == ("", False)
    assert {one.project for one in found.values()} == {"Mails"}
    assert (found[WORKING].lane, found[SERVING].lane) == ("Models", "Model server")
