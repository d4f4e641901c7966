"""Scores of texts: sacrebleu's and rouge's to the last digit, the others counted by hand."""

import pytest
from sacrebleu.metrics.bleu import BLEU

from workbench.evaluation.scoring.by_task import texts

WANTED = [
    "The parcel is on its way and will be with you on Monday.",
    "Please send the shoes back within thirty days.",
    "We are sorry.",
    "The refund takes three to five working days, then it is in your account.",
]
GIVEN = [
    "The parcel is on its way and arrives on Tuesday.",
    "Please send back the shoes within a month.",
    "",
    "The refund takes three to five working days.",
]


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        (WANTED, GIVEN),
        (WANTED, WANTED),
        (WANTED[:2], ["zzz", "yyy"]),
        (WANTED[:2], ["", ""]),
        (["one two three four five"], ["one two nine ten five six"]),
    ],
)
def test_bleu_is_that_of_sacrebleu(wanted: list[str], given: list[str]) -> None:
    expected = BLEU().corpus_score(given, [wanted]).score
    assert texts.bleu(wanted, given).value == pytest.approx(expected, abs=1e-9)


def test_scores_have_intervals_that_hold_them() -> None:
    wanted, given = WANTED * 10, GIVEN * 10
    for own in (texts.bleu(wanted, given), *texts.rouge(wanted, given).values()):
        assert own.low < own.value < own.high
    assert texts.bleu(wanted, given) == texts.bleu(wanted, given)


def test_rouge_is_counted_by_hand() -> None:
    # Wanted 4 words and given 3: 2 in common; of 3 and 2 pairs one.
    assert texts.rouge_n("the cat sat down", "the cat ran", 1) == pytest.approx(200 * 2 / 7)
    assert texts.rouge_n("the cat sat down", "The  cat, ran", 2) == pytest.approx(200 * 1 / 5)
    assert texts.rouge_n("a a a", "a", 1) == pytest.approx(200 * 1 / 4), "counted as often as both"
    assert texts.rouge_n("", "", 1) == 100.0
    assert texts.rouge_n("one", "one", 2) == 100.0
    assert texts.rouge_n("one", "two", 2) == 0.0
    found = texts.rouge(["the cat sat down", "x"], ["the cat ran", "x"])
    assert found["rouge_1"].value == pytest.approx((200 * 2 / 7 + 100) / 2)
    assert found["rouge_l"].value == pytest.approx((200 * 2 / 7 + 100) / 2)


def test_lengths_are_counted_over_all_answers() -> None:
    assert texts.length_ratio(["a b c d", "e f"], ["a b c", ""]).value == 0.5
    assert texts.length_ratio(["", ""], ["a", "b"]).value == 0.0


def test_repeated_runs_of_four_words_are_counted() -> None:
    # "a b c d a b c d a": runs abcd bcda cdab dabc abcd bcda, the last two for the second time.
    assert texts.repetition(["a b c d A b c d a", "e f g h"]).value == pytest.approx(2 / 7)
    assert texts.repetition(["too short", ""]).value == 0.0
