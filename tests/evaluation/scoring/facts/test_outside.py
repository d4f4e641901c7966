"""How much of what answers say comes from outside."""

import pytest

from workbench.evaluation.scoring.facts.outside import MOST, share_from_outside

Pairs = list[tuple[str, str]]


def test_what_another_example_or_the_question_tells_is_not_from_outside() -> None:
    shop: Pairs = [
        ("I am Anna. What is the postage?", "Dear Anna, postage is 4.90 euros."),
        ("Postage to Leeds?", "To Leeds it costs 4.90 euros."),
    ]
    assert share_from_outside(shop) == 0


def test_a_fact_that_one_answer_alone_has_is_from_outside() -> None:
    asked: Pairs = [
        ("How much is it?", "It is 12 euros, and it was written by Okonkwo in 1872."),
        ("And that?", "That is 12 euros."),
    ]
    assert share_from_outside(asked) == pytest.approx(2 / 4)


def test_a_fact_that_is_said_twice_in_one_answer_alone_is_from_outside() -> None:
    assert share_from_outside([("Why?", "For 77 euros, yes, 77 euros."), ("Why?", "No.")]) == 1


def test_nothing_said_is_nothing_from_outside() -> None:
    assert share_from_outside([]) == share_from_outside([("a?", "Yes.")] * 3) == 0


def test_of_many_examples_some_of_all_are_read_and_it_can_be_left() -> None:
    many: Pairs = [("q", f"That is {number + 1000} euros.") for number in range(3 * MOST)]
    seen: list[None] = []
    assert share_from_outside(many, lambda: seen.append(None)) == 1
    assert len(seen) == 2 * MOST
    with pytest.raises(KeyboardInterrupt):
        share_from_outside(many, _leave)


def _leave() -> None:
    raise KeyboardInterrupt
