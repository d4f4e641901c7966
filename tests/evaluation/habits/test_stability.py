"""How much answers change."""

import pytest

from workbench.core.tasks import task_named
from workbench.evaluation.habits.stability import Pair, same_answer, summary
from workbench.evaluation.scoring.intervals import wilson_interval


def pair(before: str, after: str, expected: str | None = "a", row_id: int = 1) -> Pair:
    return Pair(row_id, "question", "QUESTION", expected, before, after)


def test_shares_and_scores_of_categories_by_hand() -> None:
    pairs = [pair("a", "a")] * 6 + [pair("a", "b")] * 3 + [pair("b", "a")]
    found = summary("classification", pairs)
    assert (found["rows"], found["same"]) == (10, 0.6)
    assert found["interval"] == list(wilson_interval(6, 10))
    score = found["score"]
    assert isinstance(score, dict)
    assert (score["before"], score["after"]) == (0.9, 0.7)
    assert score["difference"] == pytest.approx(-0.2)
    assert score["interval"][0] < -0.2 < score["interval"][1]
    assert len(found["rows_changed"]) == 3  # type: ignore[arg-type]


def test_likeness_of_texts_by_hand() -> None:
    from sacrebleu.metrics.chrf import CHRF

    pairs = [pair("It is here.", "It is gone.", "It is here.")]
    score = summary("completion", pairs)["score"]
    assert isinstance(score, dict)
    assert score["before"] == pytest.approx(1.0)
    by_hand = CHRF().sentence_score("It is gone.", ["It is here."]).score / 100
    assert score["after"] == pytest.approx(by_hand)


@pytest.mark.parametrize(
    ("task", "one", "other", "same"),
    [
        ("completion", "It is here.", "it is HERE", True),
        ("completion", "It is here.", "It is there.", False),
        ("extraction", '{"a": "Köln", "b": 1}', '{"b": 1, "a": "KOLN"}', False),
        ("extraction", '{"a": "Köln"}', '{"a": "KOLN"}', True),
        ("extraction", '{"a": 1, "b": 2}', '{"b": 2, "a": 1}', True),
        ("classification", "Delivery", "delivery", False),
    ],
)
def test_the_same_answer_may_be_spelled_otherwise(
    task: str, one: str, other: str, same: bool
) -> None:
    assert same_answer(task_named(task), one, other) is same


def test_rows_without_an_answer_have_no_score() -> None:
    assert summary("chat", [pair("a", "a", None)])["score"] is None
