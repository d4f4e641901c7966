"""The example that is most like a question."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from workbench.engine.encoder.reader.meaning import Vectors
from workbench.engine.generative.leaning.nearest import Example, Nearest, Way
from workbench.jobs.process.stop import Cancelled

PARCEL = Example("Where is my parcel?", "On its way.")
AGAIN = Example("Where is my parcel now?", "With the carrier.")
MONEY = Example("When do I get my money back?", "Within a week.")
NEAREST = Nearest([PARCEL, AGAIN, MONEY])


def test_the_example_that_shares_most_is_found_in_spite_of_slips() -> None:
    assert NEAREST.to("wher is the parcell") in (PARCEL, AGAIN)
    assert NEAREST.to("I'd like the money back please") == MONEY


def test_nothing_is_near_what_has_nothing_in_common() -> None:
    assert NEAREST.to("日本語") is None


def test_a_question_that_is_learned_is_not_shown_itself_nor_a_copy() -> None:
    assert NEAREST.to(PARCEL.question) == PARCEL
    assert NEAREST.to(PARCEL.question, others_only=True) == AGAIN
    copies = Nearest([PARCEL, Example("where is my PARCEL?", "Copied."), MONEY])
    assert copies.to(PARCEL.question, others_only=True) == MONEY


def _asked(texts: Sequence[str]) -> list[Example]:
    return [Example(f"Where is my {text}?", f"Your {text} is on its way.") for text in texts]


ODD = Example("Where is my parcel today?", "Yes!")
SEVERAL = [ODD, *_asked(["parcel", "small parcel", "big parcel", "letter"])]


def test_of_several_near_ones_the_typical_answer_is_taken() -> None:
    question = "So where is my parcel this day?"
    assert Nearest(SEVERAL).to(question) == ODD
    assert Nearest(SEVERAL, Way(near=3)).to(question) in SEVERAL[1:]


def test_who_asks_the_same_again_gets_its_own_answer() -> None:
    assert Nearest(SEVERAL, Way(near=5)).to(ODD.question) == ODD
    assert Nearest(SEVERAL, Way(near=5)).to(ODD.question, others_only=True) in SEVERAL[1:]


def test_of_more_than_one_the_nearest_are_shown() -> None:
    assert Nearest(SEVERAL, Way(near=5)).several("Where is my parcel todday", 2)[0] == ODD


def test_the_way_is_the_one_whose_answers_are_right_for_the_examples_themselves() -> None:
    kinds = ("refund", "delay", "lost key", "broken lamp")
    spelled_alike = [
        Example(f"{kind} no {i}", f"All about a {kind}.") for kind in kinds for i in "abcde"
    ]
    assert Nearest.tried(spelled_alike, None) == Way()

    shuffled = [Example(f"case {n:02d}", kinds[n % 4]) for n in range(24)]
    meant = np.eye(4, dtype=np.float32)[[n % 4 for n in range(24)]]
    assert Nearest.tried(shuffled, meant).by_meaning
    assert (
        Nearest(shuffled, Way(by_meaning=True), meant, lambda: Fixed(meant[2])).to("case")
        in (shuffled[2::4])
    )

    odd = [Example(e.question, "?!") if n % 5 == 0 else e for n, e in enumerate(spelled_alike)]
    assert Nearest.tried(odd, None).near > 1


def test_a_way_says_what_stands_before_a_question() -> None:
    assert "most like it in wording." in Way().described
    assert "Of the 10 examples that are most like a question in wording and meaning" in (
        Way(10, by_meaning=True).described
    )


def test_what_is_found_by_meaning_is_found_by_spelling_where_the_reader_is_missing() -> None:
    vectors = np.ones((3, 4), np.float32)
    finder = Nearest([PARCEL, AGAIN, MONEY], Way(by_meaning=True), vectors, lambda: None)
    assert finder.to("the money back please") == MONEY


def test_trying_can_be_left() -> None:
    def leave() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        Nearest.tried(SEVERAL, None, leave)


@dataclass(frozen=True)
class Fixed:
    """Reads the same out of every text."""

    vector: Vectors

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """One for each text."""
        return np.stack([self.vector] * len(texts))
