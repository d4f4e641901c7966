"""Likeness of texts by the pieces of words they share."""

import numpy as np
import pytest

from workbench.evaluation.scoring.pieces import KnownTexts

THINGS = ("parcel", "invoice", "refund", "password", "delivery", "catalogue", "voucher", "warranty")
ASKED = ("Where is my", "When do I get the", "I never saw a", "Please send me another")


def _texts(rows: int, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return [f"{rng.choice(ASKED)} {rng.choice(THINGS)} {rng.integers(100)}?" for _ in range(rows)]


def test_the_same_wording_is_alike_and_a_typing_error_nearly_so() -> None:
    known = KnownTexts(["Where is my parcel?", "How do I pay the invoice?"])
    likeness = known.likeness(["Where is my parcel?", "Where is my parcle?", "QQQ"])
    assert likeness[0, 0] == pytest.approx(1.0)
    assert likeness[1, 0] > likeness[1, 1]
    assert likeness[2].max() == 0.0


def test_the_nearest_is_looked_for_among_those_that_are_allowed() -> None:
    known = KnownTexts(["Where is my parcel?", "How do I pay the invoice?"])
    (both,) = known.nearest(["Where is my parcel?"])
    (other,) = known.nearest(["Where is my parcel?"], [np.array([False, True])])
    assert both == pytest.approx(1.0)
    assert 0 < other < 0.5


def test_what_is_usual_lies_above_the_limit_and_another_subject_below() -> None:
    known = KnownTexts(_texts(400, 1))
    limit = known.usual_limit()
    fresh = known.nearest(_texts(300, 2))
    assert (fresh < limit).mean() <= 0.03
    strange = known.nearest(["Die Katze schläft auf dem Dach", "Vector spaces are abelian groups"])
    assert (strange < limit).all()


def test_few_texts_set_no_limit_and_many_are_compared_in_parts() -> None:
    assert KnownTexts(_texts(29, 1)).usual_limit() == 0.0
    texts = _texts(600, 3)
    assert KnownTexts(texts).nearest(texts) == pytest.approx(np.ones(600), abs=1e-5)


def test_texts_without_a_word_are_refused() -> None:
    with pytest.raises(ValueError, match="empty vocabulary"):
        KnownTexts(["", "  "])


def test_digits_can_be_left_out_of_account() -> None:
    known = ["Where is order 4711 of 3 May?", "I want my money back"]
    (with_numbers,) = KnownTexts(known).nearest(["Where is order 9950 of 6 May?"])
    (without,) = KnownTexts(known, numbers=False).nearest(["Where is order 9950 of 6 May?"])
    assert with_numbers < 0.9
    assert without == pytest.approx(1.0, abs=1e-5)


def test_among_texts_that_all_say_the_same_half_alike_is_similar() -> None:
    assert KnownTexts(["Where is my parcel?"] * 40).usual_limit() == 0.5
