"""Parts of the Evaluate page that show what lies behind a score: cells, curves, fields."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.helpers.exams import accuracies, add_exam, add_scored, add_trained, answers
from tests.pages.opened import open_page, texts
from workbench.evaluation import confusion
from workbench.evaluation.scoring.row_scores import score_rows
from workbench.ui.evaluation import by_field, mixups

PAGE = "pages/evaluate/evaluate.py"


def opened(project_id: int, tab: str) -> AppTest:
    at = open_page(PAGE, project=project_id)
    at.session_state["exam-details"] = tab
    at.run()
    assert not at.exception, at.exception
    return at


def test_a_cell_of_the_matrix_opens_its_rows(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = add_scored(store, tmp_path, right=90, base=60, baseline=70)
    at = opened(trained.project_id, "Mix-ups")
    assert not [table for table in at.dataframe if "row_id" in table.value]
    draw = st.altair_chart

    def clicked(chart: Any, *, key: str = "", **how: Any) -> Any:
        draw(chart, key=key, **how)
        cell = {"expected": "Product question", "answered": "Refund"}
        return SimpleNamespace(selection={"cell": [cell] if key == "matrix" else []})

    monkeypatch.setattr(st, "altair_chart", clicked)
    at.run()
    assert not at.exception, at.exception
    (rows,) = [table.value for table in at.dataframe if "row_id" in table.value]
    assert list(rows["row_id"]) == list(range(92, 102))
    assert list(rows["probability"]) == [90.0] * 10
    assert "10 questions of 'Product question', answered 'Refund'" in texts(at)


def test_of_many_who_took_the_exam_three_have_their_scores_shown(
    store: Store, tmp_path: Path
) -> None:
    trained = add_trained(store, tmp_path)
    table = answers(["a", "b"] * 20, ["a", "b"] * 20, base=["a"] * 40, baseline=["b"] * 40)
    table["frequent"] = "a"
    scores = accuracies(table) | {"frequent": {"accuracy": 0.5, "seconds": 0.1}}
    exam_id = add_exam(store, trained.run_id, table, scores)
    at = open_page(PAGE, project=trained.project_id)
    at.session_state["all-scores"] = True
    at.run()
    usual = ["Simple baseline", "Before training", "After training"]
    assert list(at.table[0].value.columns) == usual
    who = at.pills(key=f"scores-who-{exam_id}")
    who.set_value(["frequent", "tuned"]).run()
    assert not at.exception, at.exception
    assert list(at.table[0].value.columns) == ["Most frequent answer", "After training"]
    assert "**" not in "".join(
        caption.value for caption in at.caption if "is the same" in caption.value
    )


def test_answers_outside_the_exam_share_a_cell() -> None:
    table = score_rows(answers(["a", "a", "b"], ["x", "y", "b"]), "classification")
    assert list(mixups.cell_rows(table, ("a", confusion.OTHER))["tuned"]) == ["x", "y"]
    assert len(mixups.cell_rows(table, ("b", "b"))) == 1


@pytest.mark.parametrize("other", ["mail", "sonstiges"])
def test_two_categories_have_their_curves(store: Store, tmp_path: Path, other: str) -> None:
    trained = add_trained(store, tmp_path)
    rng = np.random.default_rng(0)
    expected = ["spam" if number % 4 == 0 else other for number in range(80)]
    tuned = [name if rng.random() < 0.9 else "spam" for name in expected]
    table = answers(expected, tuned, probability=rng.uniform(0.5, 1, 80).tolist())
    add_exam(store, trained.run_id, table, accuracies(table))
    shown = texts(opened(trained.project_id, "How sure"))
    assert f"Of a text of 'spam' and one of '{other}' it finds the right one likelier" in shown
    assert "guessing gives 25.0 %" in shown


def test_three_categories_have_none(store: Store, tmp_path: Path) -> None:
    trained = add_scored(store, tmp_path, right=90, base=60, baseline=70)
    assert "ROC" not in texts(opened(trained.project_id, "How sure"))


def test_each_field_is_told_the_weakest_first() -> None:
    def shown() -> None:
        import pandas as pd

        from workbench.ui.evaluation import by_field

        wanted = ['{"name": "Ann", "total": 5}'] * 4
        given = ['{"name": "Ann", "total": 5}'] * 2 + ['{"name": "Bo"}', "no"]
        by_field.show(pd.DataFrame({"expected": wanted, "tuned": given}))

    at = AppTest.from_function(shown).run()
    assert not at.exception, at.exception
    table = at.dataframe[0].value
    assert list(table["field"]) == ["name", "total"]
    assert table["right"].tolist() == [50.0, 50.0]
    assert table["missing"].tolist() == [25.0, 50.0]
    assert table["wrong"].tolist() == [25.0, 0.0]
    assert table["interval"][0] == "15.0 % to 85.0 %"
    assert by_field.table([]).empty
