"""Every score that fits the task, for whoever took the exam, with words and interval."""

import math

import pandas as pd
import pytest

from tests.helpers.exams import answers, exam_of_categories
from workbench.core.tasks import TASKS
from workbench.evaluation.scoring.all_scores import all_scores
from workbench.evaluation.scoring.row_scores import score_rows
from workbench.evaluation.scoring.score import Score
from workbench.evaluation.scoring.text_scores import text_scores


def judged(task: str = "classification") -> pd.DataFrame:
    return score_rows(exam_of_categories(90, 60, 70), task)


def by_name(
    task: str, table: pd.DataFrame, who: str = "tuned", **stored: float
) -> dict[str, Score]:
    return {score.name: score for score in all_scores(task, table, who, stored)}


def test_categories_have_the_main_score_first_and_agree_with_what_was_stored() -> None:
    table = judged()
    for who in ("baseline", "base", "tuned"):
        stored = text_scores("classification", table["expected"].tolist(), table[who].tolist())
        found = by_name("classification", table, who, **stored)
        assert list(found)[:4] == ["accuracy", "balanced_accuracy", "macro_f1", "weighted_f1"]
        for name, value in stored.items():
            assert found[name].value == pytest.approx(value, abs=1e-12)
        assert ("ece" in found) == (who == "tuned")
        assert "roc_auc" not in found, "there are three categories"
    assert "would give 40.0 %" in found["accuracy"].meaning


def test_two_categories_have_the_areas_under_their_curves() -> None:
    table = score_rows(
        answers(["a", "b", "b", "a"], ["a", "b", "a", "a"], probability=[0.9, 0.8, 0.6, 0.7]),
        "classification",
    )
    found = by_name("classification", table)
    assert found["roc_auc"].value == 1.0
    assert found["average_precision"].value == 1.0


def test_rows_that_were_asked_by_turns_have_wider_intervals() -> None:
    apart = by_name("classification", judged())
    turns = by_name("classification", judged().assign(turn=[n % 5 for n in range(100)]))
    for name in ("accuracy", "macro_f1"):
        assert turns[name].value == apart[name].value
        assert turns[name].interval != apart[name].interval
        assert turns[name].low < apart[name].low  # type: ignore[operator]


def test_texts_have_their_words_length_and_repetition() -> None:
    wanted, given = ["it is on my desk now"] * 4, ["it is on my desk"] * 3 + ["no"]
    table = score_rows(answers(wanted, given, base=["zzz"] * 4), "completion")
    table["invented_tuned"] = [[], ["2.50"], [], []]
    table["likeness_tuned"] = [0.9, 0.7, None, 0.8]
    stored = text_scores("completion", wanted, given)
    found = by_name("completion", table, **stored, loss=1.5)
    assert list(found) == [
        "chrf", "rouge_1", "rouge_2", "rouge_l", "bleu", "likeness", "exact_match", "invented",
        "length_ratio", "repetition", "loss",
    ]  # fmt: skip
    for name, value in stored.items():
        assert found[name].value == pytest.approx(value, abs=1e-9)
    assert found["length_ratio"].value == pytest.approx(16 / 24)
    assert found["likeness"].value == pytest.approx(0.8)
    assert found["invented"].value == 0.25
    assert "likeness" not in by_name("completion", table, "base")


def test_fields_are_counted_one_by_one() -> None:
    table = score_rows(answers(['{"a": 1, "b": 2}'] * 2, ['{"a": 1}', "?"]), "extraction")
    found = by_name("extraction", table)
    assert found["fields_right"].value == 0.25
    assert found["readable"].value == 0.5


def test_documents_have_a_perplexity() -> None:
    table = score_rows(answers(["and left."], ["and stayed."]), "language-modelling")
    found = by_name("language-modelling", table, loss=2.0)
    assert list(found) == ["loss", "perplexity"]
    assert found["perplexity"].value == pytest.approx(math.exp(2))
    assert by_name("language-modelling", table, loss=1e9)["perplexity"].value < math.inf


def test_what_was_stored_stays_where_the_answers_are_missing() -> None:
    found = by_name("classification", judged().drop(columns=["base", "right_base"]), "base",
                    accuracy=0.7)  # fmt: skip
    assert (found["accuracy"].value, found["accuracy"].interval) == (0.7, "")
    assert all_scores("classification", judged().iloc[:0], "tuned") == []


@pytest.mark.parametrize("task", TASKS)
def test_each_score_says_what_it_means(task: str) -> None:
    table = score_rows(answers(['{"a": 1}'] * 3, ['{"a": 1}'] * 3, probability=[0.9] * 3), task)
    for score in all_scores(task, table, "tuned", {"loss": 1.0}):
        assert score.label, score.name
        assert score.meaning.endswith("."), score.name
        assert score.words
        assert score.as_dict()["value"] == score.value
