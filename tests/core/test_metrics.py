"""The one number of an evaluation."""

import pytest

from workbench.core.metrics import headline, is_better


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


def test_a_smaller_loss_is_better() -> None:
    assert is_better("language-modelling", 1.0, 2.0)
    assert is_better("classification", 0.9, 0.8)
    assert not is_better("classification", 0.8, 0.8)
    assert is_better("classification", 0.1, None)
