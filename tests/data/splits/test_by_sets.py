"""Rows with several categories: rare ones stand on every side, blocks stay together."""

import random
from collections import Counter

from workbench.data.splits.assign import assign, question_key

LABELS = {"often": 0.6, "some": 0.2, "rare": 0.03, "rarest": 0.01}


def _sets(number: int) -> list[list[str]]:
    draw = random.Random(3)
    return [[n for n, share in LABELS.items() if draw.random() < share] for _ in range(number)]


def _keys(number: int) -> list[str]:
    return [question_key(f"row {n}") for n in range(number)]


def _counts(sets: list[list[str]], splits: list[str]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for own, split in zip(sets, splits, strict=True):
        for name in own or ["none"]:
            found.setdefault(name, Counter())[split] += 1
    return found


def test_every_side_gets_its_share_of_each_category() -> None:
    sets = _sets(2000)
    splits = assign(_keys(2000), sets=sets)
    for name, counts in _counts(sets, splits).items():
        total = sum(counts.values())
        for split, share in (("train", 0.8), ("validation", 0.1), ("test", 0.1)):
            assert abs(counts[split] - share * total) <= max(2.0, 0.03 * total), (name, split)


def test_a_category_of_five_rows_stands_on_every_side() -> None:
    for seed in range(10):
        sets = [["often", *(["five"] if n % 60 == 7 else [])] for n in range(300)]
        counts = _counts(sets, assign(_keys(300), sets=sets, seed=seed))["five"]
        assert min(counts[side] for side in ("train", "validation", "test")) >= 1, seed


def test_a_rare_category_is_not_lost_where_every_row_has_its_own_set() -> None:
    draw = random.Random(1)
    names = [f"c{n}" for n in range(12)]
    sets = [
        sorted({draw.choice(names) for _ in range(4)} | ({"rare"} if n % 50 == 3 else set()))
        for n in range(300)
    ]
    counts = _counts(sets, assign(_keys(300), sets=sets))["rare"]
    assert counts["test"] >= 1
    assert counts["train"] >= 3


def test_what_was_split_before_keeps_its_side_and_copies_stay_together() -> None:
    keys = _keys(100) + _keys(100)[:20]
    sets = [["a"] if n % 2 else ["a", "b"] for n in range(120)]
    splits = assign(keys, sets=sets, earlier={keys[0]: "test", keys[1]: "validation"})
    assert splits[0] == splits[100] == "test"
    assert splits[1] == splits[101] == "validation"
    assert splits[:20] == splits[100:]
    assert splits == assign(keys, sets=sets, earlier={keys[0]: "test", keys[1]: "validation"})


def test_a_share_of_nothing_leaves_a_side_out() -> None:
    splits = assign(_keys(50), sets=_sets(50), fractions=(0.9, 0.1, 0.0))
    assert set(splits) == {"train", "validation"}
