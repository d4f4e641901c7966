"""A planted leak: customers who write the same thing again in other words."""

import random

import pytest

from workbench.data.splits.assign import assign, question_key
from workbench.engine.checkup.split_probe import Comparison, compare

LABELS = ("delivery", "payment", "returns", "account")


def _mails(*, leak: bool) -> tuple[list[str], list[str], list[str | None]]:
    """Mails of a hundred customers: with a leak their words are their own, else the category's."""
    draw = random.Random(3)
    texts, labels, customers = [], [], []
    for customer in range(100):
        label = LABELS[draw.randrange(4)]
        own = [f"word{draw.randrange(100_000)}" for _ in range(8)]
        for _ in range(5):
            usual = [f"{label}{draw.randrange(30)}" for _ in range(8)]
            texts.append(" ".join(draw.sample(own if leak else usual, 6)))
            labels.append(label)
            customers.append(f"customer {customer}")
    return texts, labels, customers


def _compared(*, leak: bool) -> Comparison:
    texts, labels, customers = _mails(leak=leak)
    keys = list(map(question_key, texts))
    return compare(texts, labels, assign(keys, labels), assign(keys, labels, groups=customers))


def test_a_random_exam_flatters_where_customers_repeat_themselves() -> None:
    found = _compared(leak=True)

    assert found.random.accuracy > 0.95
    assert found.recommended.accuracy < 0.5
    assert found.flatters
    assert found.gap_low < found.gap < found.gap_high
    assert found.recommended.low < found.recommended.accuracy < found.recommended.high


def test_without_a_leak_both_exams_say_the_same() -> None:
    found = _compared(leak=False)

    assert found.random.accuracy > 0.95
    assert not found.flatters
    assert found.random.questions == 50


def test_what_cannot_be_compared_is_an_error() -> None:
    with pytest.raises(ValueError, match="at most"):
        compare(["a"] * 20_001, ["x"] * 20_001, ["test"] * 20_001, ["test"] * 20_001)
    with pytest.raises(ValueError, match="exam questions"):
        compare(["a"], ["x"], ["train"], ["train"])
