"""From replies to verdicts."""

from workbench.evaluation.judge.counting import Counts, count, verdicts
from workbench.evaluation.judge.replies import Asked, Reply


def _replies(*said: tuple[str, str]) -> dict[Asked, Reply]:
    """A pair's replies, each time those in both orders."""
    found = {}
    for again, both in enumerate(said):
        for swapped, text in zip((False, True), both, strict=True):
            found[Asked(0, again, swapped)] = Reply(text, tokens=1)
    return found


def _verdict(*said: tuple[str, str]) -> int | None:
    return verdicts(_replies(*said), 1, len(said))[0]


def test_a_verdict_that_stays_with_the_answer_is_one() -> None:
    assert _verdict(("A", "B")) == 1
    assert _verdict(("B", "A")) == -1
    assert _verdict(("tie", "tie")) == 0


def test_one_that_stays_with_the_place_is_a_tie() -> None:
    assert _verdict(("A", "A")) == 0
    assert _verdict(("B", "B")) == 0
    assert _verdict(("A", "tie")) == 0
    assert count(_replies(("A", "A")), 1, 1).swayed == 1


def test_several_times_are_balanced() -> None:
    assert _verdict(("A", "B"), ("A", "B"), ("B", "A")) == 1
    assert _verdict(("A", "B"), ("B", "A")) == 0
    assert _verdict(("A", "A"), ("B", "A")) == -1


def test_what_cannot_be_read_is_counted_and_not_guessed() -> None:
    assert _verdict(("A", "hm")) is None
    assert _verdict(("A", "hm"), ("A", "B")) == 1
    found = _replies(("A", "hm"))
    found[Asked(1, 0, False)] = Reply(refused="too rude")
    assert count(found, 3, 1) == Counts(unclear=3, replies=3, unreadable=1, refused=1, tokens=2)
