"""The Train page: when a training would be ready, and whether that is soon enough."""

import datetime as dt

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from storage.tables import Run
from tests.helpers.made import add_dataset, add_run
from tests.pages.opened import open_page, texts
from workbench.core.hours.office_hours import OfficeHours
from workbench.data import versions
from workbench.jobs import office
from workbench.models import catalogue
from workbench.projects import projects
from workbench.ui.numbers import browser_zone
from workbench.ui.text import plain

PAGE = "pages/train/train.py"
ALL_DAY = OfficeHours(dt.time(0, 1), dt.time(0, 0), frozenset(range(7)))
"""But for a minute after midnight."""


@pytest.fixture
def project_id(store: Store) -> int:
    """A project with data to sort and the encoder chosen."""
    project_id = projects.create_project(store, "Mails")
    add_dataset(store, project_id)
    projects.choose_model(store, project_id, _model_id(store))
    return project_id


def _model_id(store: Store) -> int:
    return next(one.id for one in catalogue.list_models(store) if one.family == "encoder")


def _said(at: AppTest) -> str:
    return next((str(one.value) for one in at.markdown if "if you start it now" in one.value), "")


def _late(at: AppTest) -> list[str]:
    return [str(one.value) for one in at.warning if "will not be ready" in str(one.value)]


def test_nothing_is_said_where_it_begins_at_once(store: Store, project_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    assert _said(at) == ""
    assert not at.datetime_input


def test_office_hours_are_waited_for_and_told(store: Store, project_id: int) -> None:
    office.change(store, ALL_DAY)
    at = open_page(PAGE, project=project_id)
    assert "Ready **" in _said(at)
    assert plain(f"Trainings stand still from {ALL_DAY.words}.") in _said(at)
    local = dt.datetime.now(browser_zone()).replace(tzinfo=None)
    at.datetime_input(key="ready-by").set_value(local + dt.timedelta(minutes=1)).run()
    assert not at.exception
    (late,) = _late(at)
    assert "choose a quicker setting or a smaller model" in late
    at.datetime_input(key="ready-by").set_value(local + dt.timedelta(days=60)).run()
    assert _late(at) == []


def test_who_waits_before_it_counts_even_if_nobody_knows_how_long(
    store: Store, project_id: int
) -> None:
    version_id = versions.list_versions(store, project_id)[0].id
    add_run(store, project_id, version_id, _model_id(store), status="queued", name="Before")
    at = open_page(PAGE, project=project_id)
    assert _said(at)
    assert "stand still" not in texts(at)
    alone = _said(at)
    with store.write() as session:
        for run in session.query(Run):
            run.recipe = {**run.recipe, "epochs": 500}
    later = _said(open_page(PAGE, project=project_id))
    assert later != alone, "a longer training before it makes it later"
