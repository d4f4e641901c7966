"""`limit`: what a limit gives, as the page tells it, and keeping it."""

import json
from pathlib import Path
from typing import Any

import pytest

from storage.database import Store
from tests.helpers.exams import Trained, accuracies, add_exam, add_trained, answers
from workbench.cli import main
from workbench.evaluation import evaluations
from workbench.evaluation.scoring.deferral import Prices
from workbench.evaluation.sureness import threshold


@pytest.fixture
def trained(store: Store, tmp_path: Path) -> Trained:
    made = add_trained(store, tmp_path)
    tuned = ["A" if number >= 30 else "B" for number in range(100)]
    sure = [0.5 + number / 200 for number in range(100)]
    table = answers(["A"] * 100, tuned, probability=sure)
    add_exam(store, made.run_id, table, accuracies(table))
    return made


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert main(["limit", *map(str, arguments), "--json"]) == 0
    value: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return value


def test_the_cheapest_limit_is_told_with_its_cost(
    store: Store, trained: Trained, capsys: pytest.CaptureFixture[str]
) -> None:
    told = said(capsys, "--run", trained.run_id, "--error", 20, "--check", 1)
    assert told["limit"] == told["cheapest"] == pytest.approx(0.647, abs=0.01)
    assert (told["chosen_on"], told["kept"]) == ("halves", None)
    (info,) = evaluations.list_evaluations(store, trained.run_id)
    choice = threshold.choice_of(store, info, evaluations.predictions(store, info.id))
    assert choice is not None
    found = choice.report(told["limit"], Prices(20, 1))
    assert told["cost"]["value"] == found.cost.value
    assert told["by_hand"] == 100


def test_a_limit_is_kept_and_forgotten(
    store: Store, trained: Trained, capsys: pytest.CaptureFixture[str]
) -> None:
    told = said(capsys, "--run", trained.run_id, "--at", 0.9, "--keep")
    assert told["kept"] == 0.9
    kept = threshold.kept_threshold(store, trained.run_id)
    assert kept is not None
    assert kept.value == 0.9
    assert said(capsys, "--run", trained.run_id, "--forget")["kept"] is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--at", "7"], "--at takes a share"),
        (["--error", "-1"], "--error and --check take prices"),
        (["--check", "nan"], "--error and --check take prices"),
    ],
)
def test_what_is_no_limit_or_price_is_refused(
    trained: Trained, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(["limit", "--run", str(trained.run_id), *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_without_an_exam_it_leads_to_one(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_id = add_trained(store, tmp_path).run_id
    assert main(["limit", "--run", str(run_id)]) == 2
    assert f"score it first (evaluate --run {run_id})" in capsys.readouterr().err
