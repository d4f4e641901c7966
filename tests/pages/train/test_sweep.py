"""Several settings on the Train page: started, watched, told, and compared."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.cli.training.test_sweep import conduct
from tests.helpers import sweeps as made
from tests.helpers.sweeps import Ground
from tests.pages.opened import open_page, texts
from workbench.evaluation.sweeps import sweeps
from workbench.evaluation.sweeps.conductor import Conductor
from workbench.evaluation.sweeps.timer import Timer
from workbench.jobs import placing
from workbench.jobs.cluster import CLUSTER, HERE
from workbench.projects import projects

PAGE = "pages/train/train.py"


@pytest.fixture
def ground(store: Store, tmp_path: Path) -> Ground:
    found = made.ground(store, tmp_path)
    projects.choose_model(store, found.project_id, found.model.id)
    return found


def form(ground: Ground) -> AppTest:
    """The Train page with the form opened."""
    at = open_page(PAGE, project=ground.project_id)
    at.session_state["sweep"] = True
    return at.run()


def test_a_sweep_is_started_with_a_time_and_a_number(store: Store, ground: Ground) -> None:
    at = form(ground)
    assert "Give it an hour" in texts(at)
    assert "will fit" in texts(at)
    at.number_input(key="sweep-minutes").set_value(20)
    at.number_input(key="sweep-most").set_value(5)
    at.toggle(key="sweep-expert").set_value(True).run()
    at.multiselect(key="sweep-vary").set_value(["learning_rate", "warmup_ratio"]).run()
    at.text_input(key="sweep-range-warmup_ratio").set_value("0:0.2")
    at.button(key="sweep-start").click().run()
    assert not at.exception, at.exception
    spec = made.spec_of(store, sweeps.list_sweeps(store, ground.project_id)[0].id)
    assert (spec.minutes, spec.most, spec.recipe.exam) == (20, 5, "apart")
    assert set(spec.space) == {"learning_rate", "warmup_ratio"}
    assert spec.space["warmup_ratio"] == {"low": 0.0, "high": 0.2, "log": False}
    assert "Starts in a moment" in texts(at)


def test_a_range_that_makes_no_sense_is_a_sentence(store: Store, ground: Ground) -> None:
    at = form(ground)
    at.toggle(key="sweep-expert").set_value(True).run()
    at.text_input(key="sweep-range-learning_rate").set_value("fast").run()
    assert "needs at least two values" in texts(at) or "must be a number" in texts(at)
    assert not sweeps.list_sweeps(store, ground.project_id)


def test_what_came_out_is_told_and_the_tries_stand_together(
    store: Store, ground: Ground, tmp_path: Path
) -> None:
    sweep_id = ground.start(store, most=3)
    conduct(store, sweep_id, [0.8, 0.9, 0.7], tmp_path)
    made.learn(store, 1, {0: 0.9, 12: 0.5})
    made.learn(store, 2, {0: 0.9, 12: 0.4})
    at = open_page(PAGE, project=ground.project_id, sweep=sweep_id)
    said = texts(at)
    assert "number 2 is the best on practice questions: 90.0 %" in said
    assert "the exam was not used to choose" in said.lower()
    assert "1 other try" in said
    table = at.dataframe[0].value
    assert table["Try"].tolist() == ["1", "2 ★", "3"]
    assert "Pace (learning rate)" in table
    assert at.button(key="evaluate").label == "See how good the best is"
    listed = open_page(PAGE, project=ground.project_id)
    assert "best: try 2, 90.0 % on practice questions" in texts(listed)
    assert {box.label for box in listed.expander} >= {"Its tries"}
    assert "made it anew" not in texts(listed)
    dropped = open_page(PAGE, project=ground.project_id, run=3)
    assert "its model was dropped" in texts(dropped)


def test_a_running_sweep_tells_its_try_and_can_be_stopped(store: Store, ground: Ground) -> None:
    sweep_id = ground.start(store)
    at = open_page(PAGE, project=ground.project_id, sweep=sweep_id)
    assert "of 60 minutes used" in str(at.get("progress")[0].proto)
    at.button(key="sweep-cancel").click().run()
    at.button(key="cancel-sweep-yes").click().run()
    assert sweeps.get_sweep(store, sweep_id).job.status == "cancelled"


@pytest.fixture
def cluster(ground: Ground, store: Store, monkeypatch: pytest.MonkeyPatch) -> Ground:
    """The same on a cluster that takes three jobs at a time."""
    monkeypatch.setenv("WORKBENCH_RAY_ADDRESS", "http://head:8265")
    monkeypatch.setenv("WORKBENCH_RAY_JOBS", "3")
    placing.put_project(store, ground.project_id, CLUSTER)
    return ground


def test_on_the_cluster_the_form_says_how_many_are_tried_at_a_time(
    store: Store, cluster: Ground
) -> None:
    at = form(cluster)
    assert "On the cluster up to 3 are tried at a time." in texts(at)
    at.number_input(key="sweep-most").set_value(2).run()
    assert "On the cluster up to 2 are tried at a time." in texts(at)
    placing.put_project(store, cluster.project_id, HERE)
    assert "tried at a time" not in texts(form(cluster))


def test_several_tries_at_work_are_told_side_by_side(
    store: Store, cluster: Ground, tmp_path: Path
) -> None:
    sweep_id = cluster.start(store)
    conductor = Conductor(store, sweep_id, made.spec_of(store, sweep_id), Timer(tmp_path))
    for run_id in (1, 2):
        conductor.look()
        made.set_job(store, run_id, "running")
    conductor.look()
    made.end_try(store, 1, 0.8)
    said = texts(open_page(PAGE, project=cluster.project_id, sweep=sweep_id))
    assert "Tries 2 and 3 of at most 4, side by side" in said
    assert "Try 2: Getting the model" in said
    assert "Try 3: Waits for its turn" in said


def test_any_trainings_are_put_beside_each_other(
    store: Store, ground: Ground, tmp_path: Path
) -> None:
    conduct(store, ground.start(store, most=2), [0.8, 0.9], tmp_path)
    at = open_page(PAGE, project=ground.project_id, compare="1,2")
    table = at.dataframe[0].value
    assert table["Training"].tolist() == ["Sweep 1, try 1", "Sweep 1, try 2"]
    assert len(table["Practice questions"]) == 2
    gone = open_page(PAGE, project=ground.project_id, compare="1,77")
    assert "There is no training run 77" in texts(gone)


def test_a_sweep_that_there_is_not_is_a_sentence(ground: Ground) -> None:
    at = open_page(PAGE, project=ground.project_id, sweep=77)
    assert "There is no sweep 77" in texts(at)
