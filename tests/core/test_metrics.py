"""The one number of an evaluation."""

import pickle

import pytest

from workbench.core.metrics import METRICS, headline, is_better


@pytest.mark.parametrize(
    ("task", "scores", "line"),
    [
        ("classification", {"accuracy": 0.937, "macro_f1": 0.9}, "93.7 % of exam questions right"),
        (
            "completion",
            {"chrf": 41.6, "exact_match": 0.1},
            "42 of 100 for likeness to your answers",
        ),
        ("extraction", {"exact_match": 0.5}, "50.0 % of exam questions exactly right"),
        ("classification", {}, ""),
    ],
)
def test_headline(task: str, scores: dict[str, float], line: str) -> None:
    assert headline(task, scores) == line


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_comes_back_from_a_cache_as_itself(name: str) -> None:
    assert pickle.loads(pickle.dumps(METRICS[name])) is METRICS[name]


def test_a_smaller_loss_is_better() -> None:
    assert is_better("language-modelling", 1.0, 2.0)
    assert is_better("classification", 0.9, 0.8)
    assert not is_better("classification", 0.8, 0.8)
    assert is_better("classification", 0.1, None)


def test_a_gain_is_how_much_better_whichever_way_is_up() -> None:
    assert METRICS["chrf"].gain(42.0, 40.0) == 2.0
    assert METRICS["loss"].gain(1.0, 3.0) == 2.0


def test_values_are_written_as_their_unit_has_it() -> None:
    assert METRICS["macro_f1"].unit.exact(0.9367) == "93.7 %"
    assert [METRICS["chrf"].unit.brief(41.56), METRICS["chrf"].unit.words(41.56)] == ["42", "41.6"]
    assert [METRICS["loss"].unit.exact(value) for value in (1.234, 0.1234)] == ["1.23", "0.123"]


def test_each_row_counts_once_in_a_share_of_right_answers_only() -> None:
    shares = {name for name, metric in METRICS.items() if metric.is_share_right}
    assert shares == {"accuracy", "exact_match", "exact_sets", "preferred", "within"}
