"""Office hours and limits on the pages: set by administrators, told where one waits for them."""

import datetime as dt

import pytest

from storage import jobs
from storage.acting import Acting
from storage.database import Store
from storage.tables import Person, Project
from tests.helpers import accounts, made
from tests.pages.opened import open_page, texts
from workbench.core.hours.office_hours import OfficeHours
from workbench.jobs import limits, office
from workbench.jobs.limits import Limits

ROOT, JO = Acting(1, "Root", administrator=True), Acting(2, "Jo")
SETTINGS = "pages/settings/settings.py"
NOW = dt.datetime.now().astimezone()
ALL_DAY = OfficeHours(
    (NOW - dt.timedelta(hours=1)).time().replace(second=0, microsecond=0),
    (NOW + dt.timedelta(hours=2)).time().replace(second=0, microsecond=0),
    frozenset(range(7)),
)
"""Hours that it is now, whenever the test runs."""


@pytest.fixture
def people(store: Store) -> Store:
    with store.write() as session:
        session.add_all(
            [Person(id=1, name="Root", email="r@x.org", administrator=True),
             Person(id=2, name="Jo", email="j@x.org"), Project(id=1, name="p")]
        )  # fmt: skip
    return store


def test_an_administrator_sets_office_hours(people: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts.act_as(monkeypatch, ROOT)
    at = open_page(SETTINGS)
    at.toggle(key="office-on").set_value(True)
    at.time_input(key="office-ends").set_value(dt.time(17, 30))
    at.button(key="office-save").click().run()
    assert not at.exception
    found = office.hours(people)
    assert found is not None
    assert found.words == "08:00 to 17:30, Monday to Friday"


def test_an_administrator_sets_limits_of_everybody_and_of_one(
    people: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts.act_as(monkeypatch, ROOT)
    at = open_page(SETTINGS)
    at.number_input(key="limits-jobs-None").set_value(4)
    at.button(key="limits-save-None").click().run()
    at.selectbox(key="limits-of").set_value(2).run()
    assert at.number_input(key="limits-jobs-2").value == 4
    at.number_input(key="limits-disk-2").set_value(500)
    at.button(key="limits-save-2").click().run()
    assert not at.exception
    assert limits.of_everybody(people) == Limits(jobs=4)
    assert limits.of_people(people) == {2: Limits(4, 500)}
    at.button(key="limits-own-none").click().run()
    assert limits.of_people(people) == {}


@pytest.mark.parametrize("who", [JO, None])
def test_nobody_else_is_asked(
    people: Store, monkeypatch: pytest.MonkeyPatch, who: Acting | None
) -> None:
    accounts.act_as(monkeypatch, who)
    at = open_page(SETTINGS)
    assert "Office hours" not in texts(at)


def test_the_queue_says_what_waits_for_the_office_hours_and_when_it_is_ready(
    people: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.add_run(people, 1, made.add_dataset(people, 1), made.add_model(people), status="queued")
    with people.write() as session:
        jobs.add(session, "evaluate", "An exam", {}, project_id=1)
    office.change(people, ALL_DAY)
    accounts.act_as(monkeypatch, ROOT)
    at = open_page("pages/queue/queue.py")
    said = texts(at).replace("\\", "")
    assert f"waits until {ALL_DAY.ends:%H:%M}: office hours" in said
    assert said.count("office hours") == 1
    assert "Ready " in said
