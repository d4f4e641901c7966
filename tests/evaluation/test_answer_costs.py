"""What a thousand answers cost, here and by the price of a paid service."""

from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import Run
from tests.helpers.exams import add_exam, add_trained, answers
from workbench.evaluation.answer_costs import answer_costs
from workbench.evaluation.evaluations import exam_of
from workbench.evaluation.ladder import ladder
from workbench.evaluation.report.write import report
from workbench.evaluation.scoring.row_scores import score_rows
from workbench.evaluation.told import told
from workbench.training.energy import Energy, Prices, keep_price, prices_of

SCORES = {"base": {"accuracy": 0.0}, "tuned": {"accuracy": 1.0, "seconds": 2.0}}
ENERGY = {"kwh": 0.05, "seconds": 3600.0, "how": "measured", "parts": {}}


def exam() -> object:
    return score_rows(answers(["aaaa"] * 4, ["aaaa"] * 4, base=["b"] * 4), "classification")


def test_electricity_and_money_follow_from_the_power_of_the_training() -> None:
    table = exam()
    found = ladder("classification", SCORES, table)  # type: ignore[arg-type]
    energy = Energy.of({"energy": ENERGY})
    assert energy is not None
    assert energy.watts == pytest.approx(50.0)
    costs = answer_costs(found, table, energy, Prices(kwh=0.4, million_tokens=10.0))  # type: ignore[arg-type]
    assert costs.kwh == pytest.approx(1000 * 2.0 * 50 / 3.6e6)
    assert costs.here == pytest.approx((costs.kwh or 0) * 0.4)
    assert costs.elsewhere == pytest.approx(costs.tokens * 10 / 1e6)
    letters = table["input"].str.len().mean() + 4  # type: ignore[index]
    assert costs.tokens == round(1000 * letters / 4)


def test_what_nobody_said_or_measured_is_left_out() -> None:
    table = exam()
    found = ladder("classification", {"tuned": {"accuracy": 1.0}}, table)  # type: ignore[arg-type]
    costs = answer_costs(found, table, None, Prices())  # type: ignore[arg-type]
    assert (costs.kwh, costs.here, costs.elsewhere, costs.rows) == (None, None, None, [])
    assert Energy.of({"energy": {"kwh": "x"}}) is None
    assert Energy.of(None) is None


def test_report_and_json_say_it_by_the_projects_prices(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    table = answers(["delivery"] * 4, ["delivery"] * 4, base=["payment"] * 4)
    add_exam(store, trained.run_id, table, SCORES)
    with store.write() as session:
        run = session.get_one(Run, trained.run_id)
        run.result = {**(run.result or {}), "energy": ENERGY}
    keep_price(store, trained.project_id, "kwh", 0.4)
    keep_price(store, trained.project_id, "million_tokens", 10.0)
    assert prices_of(store, trained.project_id) == Prices(0.0, 0.4, 10.0)
    info = exam_of(store, trained.run_id)
    assert info is not None
    costs = told(store, info)["costs"]
    assert costs["training"] == ENERGY
    assert costs["cost"] == pytest.approx(1000 * 2.0 * 50 / 3.6e6 * 0.4)
    facts = {
        name: value for part in report(store, trained.run_id).second for name, value in part.facts
    }
    assert facts["Electricity"] == (
        "50 Wh, which costs 0.02 (measured by the machine's own counters) to train"
    )
    assert facts["1,000 answers"] == "27.8 Wh, which costs 0.011"
    assert "at the price that you said" in facts["1,000 answers from a paid service"]
