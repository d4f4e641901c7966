"""The same training with other seeds: mean, spread, and the best by practice rows."""

import statistics
from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import BaseModel, Job, Run
from tests.helpers.exams import add_trained
from tests.helpers.folders import BERT, model_folder
from workbench.core.errors import WorkbenchError
from workbench.training import runs
from workbench.training.repeated import seeds


@pytest.fixture
def run_id(store: Store, tmp_path: Path) -> int:
    trained = add_trained(store, tmp_path)
    with store.write() as session:
        run = session.get_one(Run, trained.run_id)
        folder = model_folder(tmp_path / "tiny", BERT)
        session.get_one(BaseModel, run.base_model_id).location = str(folder)
    return trained.run_id


def ended(store: Store, run_id: int, accuracy: float, loss: float) -> None:
    scores = {"validation": {"loss": loss}, "test": {"tuned": {"accuracy": accuracy}}}
    with store.write() as session:
        run = session.get_one(Run, run_id)
        run.result = {**(run.result or {}), "status": "succeeded", "scores": scores}
        session.query(Job).filter_by(run_id=run_id, kind="train").one().status = "succeeded"


def test_each_further_training_has_a_seed_of_its_own_and_all_else_alike(
    store: Store, run_id: int
) -> None:
    started = [*seeds.start_seeds(store, run_id, 2), *seeds.start_seeds(store, run_id, 1)]
    views = [runs.get_run(store, one.run_id) for one in started]
    assert [view.recipe["seed"] for view in views] == [43, 44, 45]
    assert [view.name for view in views] == ["Run 1, seed 43", "Run 1, seed 44", "Run 1, seed 45"]
    assert len({(v.version_id, v.base_model_id, v.recipe["r"]) for v in views}) == 1
    assert [run.id for run in seeds.seeds_of(store, views[1].id).runs] == [
        run_id, *(view.id for view in views)
    ]  # fmt: skip


def test_mean_spread_and_interval_are_students_and_the_best_is_that_of_the_practice_rows(
    store: Store, run_id: int
) -> None:
    started = seeds.start_seeds(store, run_id, 2)
    values = [
        (run_id, 0.80, 0.30),
        (started[0].run_id, 0.90, 0.40),
        (started[1].run_id, 0.85, 0.20),
    ]
    assert seeds.seeds_of(store, run_id).sentence == ""
    for one in values:
        ended(store, *one)
    found = seeds.seeds_of(store, run_id)
    assert found.mean == pytest.approx(0.85)
    assert found.spread == pytest.approx(statistics.stdev([0.8, 0.9, 0.85]))
    reach = 4.302653 * 0.05 / 3**0.5  # t of two degrees of freedom
    assert found.interval == pytest.approx((0.85 - reach, 0.85 + reach), abs=1e-6)
    assert found.best is not None
    assert found.best.id == started[1].run_id, "not the one with the best exam"
    assert (
        "3 trainings that differ in their random seed alone: 85.0 % on average (72.6 % to 97.4 %"
        in found.sentence
    )
    assert "single ones lie 5.0 points from it" in found.sentence
    assert "Best on its practice rows is 'Run 1, seed 44'." in found.sentence
    told = found.as_dict()
    assert (told["metric"], told["best"]) == ("accuracy", started[1].run_id)
    assert [one["seed"] for one in told["runs"]] == [42, 43, 44]


def test_another_recipe_is_another_training(store: Store, run_id: int) -> None:
    started = seeds.start_seeds(store, run_id, 1)
    with store.write() as session:
        run = session.get_one(Run, started[0].run_id)
        run.recipe = {**run.recipe, "r": 99}
    assert [run.id for run in seeds.seeds_of(store, run_id).runs] == [run_id]


@pytest.mark.parametrize("count", [0, 11])
def test_a_number_that_makes_no_sense_is_refused(store: Store, run_id: int, count: int) -> None:
    with pytest.raises(WorkbenchError, match=f"may be 1 to 10, not {count}"):
        seeds.start_seeds(store, run_id, count)
