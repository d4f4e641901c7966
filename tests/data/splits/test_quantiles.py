"""Numbers as strata, so that every side of the exam gets small and large ones."""

from workbench.data.splits.assign import assign, question_key
from workbench.data.splits.quantiles import strata_of


def test_rows_are_parted_by_size_and_equal_numbers_stay_together() -> None:
    texts: list[str | None] = [str(n) for n in range(100)] + ["7"] * 100
    found = strata_of(texts)
    assert found[7] == found[100] == found[199]
    assert found[0] is not None
    assert found[99] is not None
    assert found[0] < found[99]
    assert strata_of(["1", "2"] * 5) == [None] * 10


def test_every_side_gets_small_and_large_ones() -> None:
    numbers = [float(n**2) for n in range(200)]
    strata = strata_of([str(n) for n in numbers])
    splits = assign([question_key(f"row {n}") for n in range(200)], strata)
    sides = {
        side: [n for n, own in zip(numbers, splits, strict=True) if own == side]
        for side in ("train", "validation", "test")
    }
    for own in sides.values():
        assert min(own) < numbers[40]
        assert max(own) > numbers[160]
