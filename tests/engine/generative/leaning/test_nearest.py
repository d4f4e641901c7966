"""The example that is most like a question."""

from workbench.engine.generative.leaning.nearest import Example, Nearest

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
