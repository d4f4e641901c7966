"""What followed the same tokens before is guessed, as long as that pays."""

from workbench.engine.serving.engines.guesses import AGAIN, Guesses


def test_what_followed_before_is_guessed() -> None:
    ids = [1, 2, 3, 4, 5, 6, 7, 1, 2, 3]
    assert Guesses(ids).next(9) == [4, 5, 6]
    assert Guesses(ids).next(2) == [4, 5]
    assert Guesses(ids[:7]).next(9) == []
    assert Guesses([1, 2]).next(9) == []


def test_the_newest_place_counts_and_the_text_may_grow() -> None:
    ids = [1, 2, 3, 4, 1, 2, 3, 9]
    guesses = Guesses(ids)
    assert guesses.next(9) == []
    ids += [1, 2, 3]
    assert guesses.next(9) == [9, 1, 2]


def test_wrong_guesses_are_given_up_for_a_while() -> None:
    guesses = Guesses([1, 2, 3, 4, 1, 2, 3])
    for _ in range(10):
        if guesses.next(3):
            guesses.came_true(0, 3)
    left_out = [not guesses.next(3) for _ in range(AGAIN + 1)]
    assert left_out.count(True) >= AGAIN - 10
    assert not all(left_out)
