"""What pairs of answers suffer from."""

from workbench.core.tasks import PREFERENCES
from workbench.data.checkup.preferences import LENGTH, OPPOSITE, check
from workbench.data.checkup.rows import Rows


def rows(*told: tuple[str, str, str]) -> Rows:
    """Training rows of question, better and worse answer."""
    asked, better, worse = (list(column) for column in zip(*told, strict=True))
    values = {"prompt": asked, "chosen": better, "rejected": worse}
    return Rows(PREFERENCES, list(range(1, len(told) + 1)), ["train"] * len(told), values)


def mixed(number: int, longer: int) -> Rows:
    """So many pairs, of which in so many the better answer is the longer one."""
    return rows(
        *(
            (f"q{n}", *(("long answer", "short") if n < longer else ("short", "long answer")))
            for n in range(number)
        )
    )


def test_a_pair_that_is_judged_both_ways_is_found() -> None:
    found = check(rows(("q", "a", "b"), ("q ", "b", " a"), ("q", "a", "c"), ("other", "b", "a")))
    assert [one.kind for one in found] == [OPPOSITE]
    assert [flagged.row_id for flagged in found[0].flagged_rows] == [1, 2]


def test_the_same_judgement_twice_is_no_contradiction() -> None:
    assert check(rows(("q", "a", "b"), ("q", "a", "b"))) == []


def test_answers_that_are_better_when_they_are_longer_are_told() -> None:
    (found,) = check(mixed(40, 36))
    assert found.kind == LENGTH
    assert found.title == "The better answer is the longer one in 90.0 % of the pairs"
    (other,) = check(mixed(40, 4))
    assert "the shorter one in 90.0 %" in other.title
    assert check(mixed(40, 24)) == [], "a lean is no bias"
    assert check(mixed(10, 10)) == [], "too few to tell"
