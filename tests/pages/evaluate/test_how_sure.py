"""The tab "How sure" of the Evaluate page: prices, the limit, what it gives, and keeping it."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.helpers.exams import Trained, accuracies, add_exam, add_trained, answers
from tests.pages.opened import open_page, texts
from workbench.evaluation import evaluations
from workbench.evaluation.scoring.deferral import Prices
from workbench.evaluation.sureness import threshold
from workbench.training import runs
from workbench.use import served_models

PAGE = "pages/evaluate/evaluate.py"


def exam(rows: int = 400) -> pd.DataFrame:
    """Answers that are right as often as the model is sure."""
    rng = np.random.default_rng(0)
    sure = rng.beta(5, 1, rows)
    right = rng.random(rows) < sure
    tuned = np.where(right, "Delivery", "Refund").tolist()
    return answers(["Delivery"] * rows, tuned, probability=sure.tolist())


@pytest.fixture
def trained(store: Store, tmp_path: Path) -> Trained:
    made = add_trained(store, tmp_path)
    add_exam(store, made.run_id, exam(), accuracies(exam()))
    return made


def opened(trained: Trained) -> AppTest:
    at = open_page(PAGE, project=trained.project_id)
    at.session_state["exam-details"] = "How sure"
    at.run()
    assert not at.exception, at.exception
    return at


def figures(at: AppTest) -> list[str]:
    return [metric.value for metric in at.metric]


def key_of(store: Store, trained: Trained) -> str:
    return f"limit-{evaluations.list_evaluations(store, trained.run_id)[0].id}"


def test_the_slider_begins_at_the_cheapest_limit(store: Store, trained: Trained) -> None:
    at = opened(trained)
    (info,) = evaluations.list_evaluations(store, trained.run_id)
    choice = threshold.choice_of(store, info, evaluations.predictions(store, info.id))
    assert choice is not None
    cheapest = choice.cheapest(Prices(10, 1))
    assert 0.85 < cheapest < 0.95  # an error costs ten checks
    assert at.select_slider(key=key_of(store, trained)).value == cheapest
    found = choice.report(cheapest, Prices(10, 1))
    assert found.right is not None
    assert figures(at) == [
        f"{100 * found.alone.value:.1f} %",
        f"{100 * found.right.value:.1f} %",
        f"{100 - 100 * found.alone.value:.1f}",
        f"{10 * found.cost.value:,.0f}",
    ]
    assert "if a person answered all of them. Checking saves" in texts(at)
    assert "one half of these questions" in texts(at)
    assert at.button(key="limit-cheapest").disabled


def test_other_prices_move_the_cheapest_limit_and_stay_with_the_project(
    store: Store, trained: Trained
) -> None:
    at = opened(trained)
    before = at.select_slider(key=key_of(store, trained)).value
    at.number_input(key=f"price-error-{trained.project_id}").set_value(2.0).run()
    assert not at.exception, at.exception
    assert at.select_slider(key=key_of(store, trained)).value < before
    assert threshold.prices_of(store, trained.project_id) == Prices(2.0, 1.0)
    again = opened(trained)
    assert again.number_input(key=f"price-error-{trained.project_id}").value == 2.0


def test_a_limit_that_was_moved_stays_and_leads_back_to_the_cheapest(
    store: Store, trained: Trained
) -> None:
    at, key = opened(trained), key_of(store, trained)
    cheapest = at.select_slider(key=key).value
    at.select_slider(key=key).set_value(1.0).run()
    assert figures(at) == ["0.0 %", "–", "100.0", "1,000"]
    at.number_input(key=f"price-check-{trained.project_id}").set_value(2.0).run()
    assert at.select_slider(key=key).value == 1.0
    at.number_input(key=f"price-check-{trained.project_id}").set_value(1.0).run()
    at.button(key="limit-cheapest").click().run()
    assert at.select_slider(key=key).value == cheapest


def test_a_limit_is_kept_with_the_model_and_obeyed(store: Store, trained: Trained) -> None:
    at, key = opened(trained), key_of(store, trained)
    folder = Path((runs.get_run(store, trained.run_id).result or {})["adapter"])
    facts = {"task": "classification", "kind": "encoder", "labels": ["Delivery", "Refund"]}
    base = {"name": "tiny", "path": "/models/tiny", "revision": ""}
    (folder / "workbench.json").write_text(json.dumps({**facts, "base": base, "system": ""}))
    at.select_slider(key=key).set_value(0.8).run()
    at.button(key="limit-keep").click().run()
    assert not at.exception, at.exception
    kept = threshold.kept_threshold(store, trained.run_id)
    assert kept == threshold.Kept(0.8, Prices(10, 1))
    listed = {one["id"]: one for one in json.loads(served_models.registry_path().read_text())}
    assert listed[f"run-{trained.run_id}"]["threshold"] == 0.8
    again = opened(trained)
    assert again.select_slider(key=key).value == 0.8
    assert "80 % is kept with the model." in texts(again)
    assert again.button(key="limit-keep").disabled
    again.button(key="limit-forget").click().run()
    assert threshold.kept_threshold(store, trained.run_id) is None


def test_it_says_how_far_its_sureness_can_be_believed(store: Store, trained: Trained) -> None:
    at = opened(trained)
    assert "(expected calibration error, ECE; 0 would be perfect)." in texts(at)
    assert "surer" in texts(at)


def test_a_model_that_does_not_tell_has_no_limit(store: Store, tmp_path: Path) -> None:
    made = add_trained(store, tmp_path)
    table = exam().drop(columns="probability")
    add_exam(store, made.run_id, table, accuracies(table))
    at = opened(made)
    assert "does not tell how sure it is of these answers" in texts(at)
    assert not at.metric
