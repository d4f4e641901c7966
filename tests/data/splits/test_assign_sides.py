"""Sides of the exam: what stays together, by customer, by time and by likeness."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.sides import by_group, word
from workbench.data.splits.assign import alike_key, assign, question_key, sizes


def _keys(count: int) -> list[str]:
    return [question_key(f"question {i}") for i in range(count)]


def test_a_customer_stands_on_one_side() -> None:
    groups: list[str | None] = [f"customer {i % 60}" for i in range(300)]

    splits = assign(_keys(300), groups=groups)

    assert all(len(sides) == 1 for sides in by_group(groups, splits).values())
    assert sizes(splits) == {"train": 240, "validation": 30, "test": 30}
    assert splits != assign(_keys(300), groups=groups, seed=1)


def test_customers_of_many_sizes_keep_shares_and_categories() -> None:
    groups: list[str | None] = [f"c{int((i * 7919 % 1000) ** 0.5 * 3)}" for i in range(1000)]
    labels = [("often", "often", "often", "seldom", "rare")[i * 31 % 5] for i in range(1000)]

    splits = assign(_keys(1000), labels, groups=groups)

    assert all(len(sides) == 1 for sides in by_group(groups, splits).values())
    found = sizes(splits)
    assert found["test"] == pytest.approx(100, abs=15)
    assert found["validation"] == pytest.approx(100, abs=15)
    asked = Counter(label for label, split in zip(labels, splits, strict=True) if split == "test")
    assert asked["rare"] == pytest.approx(20, abs=10)
    assert asked["often"] == pytest.approx(60, abs=15)


def test_who_asks_the_same_goes_with_who_asked_it_first() -> None:
    keys = [*_keys(90), question_key("question 0")]
    groups: list[str | None] = [f"customer {i % 30}" for i in range(90)] + ["another"]

    splits = assign(keys, groups=groups)

    assert splits[90] == splits[0] == splits[30]


def test_what_everybody_asks_ties_nobody() -> None:
    groups: list[str | None] = [f"customer {i % 30}" for i in range(120)]
    keys = [question_key("Thank you!") if i < 30 else key for i, key in enumerate(_keys(120))]

    splits = assign(keys, groups=groups)

    assert set(splits[:30]) == {"train"}
    assert sizes(splits)["test"] == pytest.approx(12, abs=4)
    assert all(len(sides) == 1 for sides in by_group(groups[30:], splits[30:]).values())


def test_a_category_of_one_customer_is_learned_though_the_exam_wants_rows() -> None:
    groups: list[str | None] = [f"customer {i // 4}" for i in range(100)]
    labels = ["usual"] * 96 + ["odd"] * 4
    keys = _keys(100)

    splits = assign(keys, labels, groups=groups, earlier=dict.fromkeys(keys[:96], "train"))

    assert set(splits[96:]) == {"train"}
    assert "test" in splits[:96]


@pytest.mark.parametrize("seed", range(8))
def test_categories_that_go_with_customers_are_shared_out_alike(seed: int) -> None:
    groups: list[str | None] = [f"customer {i % 200}" for i in range(1000)]
    labels = ["rare" if i % 10 == 0 else "some" if i % 5 == 1 else "often" for i in range(1000)]

    splits = assign(_keys(1000), labels, groups=groups, seed=seed)

    for label, rows in (("rare", 100), ("some", 200), ("often", 700)):
        for split in ("validation", "test"):
            found = sum(1 for pair in zip(labels, splits, strict=True) if pair == (label, split))
            assert found == pytest.approx(rows / 10, abs=5)


def test_a_customer_keeps_its_side_when_the_table_grows() -> None:
    groups: list[str | None] = [f"customer {i % 40}" for i in range(200)]
    keys = _keys(200)
    before = assign(keys, groups=groups)
    more: list[str | None] = ["customer 3", "customer 4", *(f"new {i % 10}" for i in range(40))]
    new = [question_key(f"new question {i}") for i in range(42)]

    after = assign(
        [*new, *keys], groups=[*more, *groups], earlier=dict(zip(keys, before, strict=True))
    )

    assert after[42:] == before
    assert after[:2] == before[3:5]
    assert sizes(after)["test"] > sizes(before)["test"]


@given(st.integers(12, 80), st.integers(3, 40), st.integers(0, 1000))
def test_groups_never_straddle(count: int, customers: int, seed: int) -> None:
    groups: list[str | None] = [f"{i * i % customers}" for i in range(count)]
    labels = [f"{i % 3}" for i in range(count)]

    splits = assign(_keys(count), labels, groups=groups, seed=seed)

    assert all(len(sides) == 1 for sides in by_group(groups, splits).values())


def test_the_newest_rows_are_the_exam() -> None:
    moments: list[float | None] = [float(i * 37 % 200) for i in range(200)]

    splits = assign(_keys(200), moments=moments)

    by_age = [split for _, split in sorted(zip(moments, splits, strict=True))]  # type: ignore[type-var]
    assert by_age == ["train"] * 160 + ["validation"] * 20 + ["test"] * 20


def test_rows_of_one_day_and_equal_questions_stay_together() -> None:
    moments: list[float | None] = [float(i // 15) for i in range(200)]
    keys = _keys(200)
    keys[199] = keys[0]

    splits = assign(keys, moments=moments)

    assert all(
        len(sides) == 1
        for sides in by_group([str(m) for m in moments[:195]], splits[:195]).values()
    )
    assert splits[199] == splits[0] == "train"
    assert sizes(splits)["test"] == pytest.approx(20, abs=8)


def test_rows_without_a_date_are_learned_from() -> None:
    moments = [float(i) if i % 2 else None for i in range(200)]
    keys = _keys(200)
    keys[199] = keys[10]

    splits = assign(keys, moments=moments)

    assert {splits[i] for i in range(0, 200, 2)} == {"train"}
    assert splits[199] == "train"
    assert sizes(splits)["test"] == 20


def test_near_duplicates_stay_together_and_forms_fall_apart() -> None:
    texts = [
        f"{word} is my parcel{mark}" for word in map(word, range(100)) for mark in ("?", " 7!")
    ]
    alike = list(map(alike_key, texts))
    keys = list(map(question_key, texts))

    splits = assign(keys, alike=alike)

    assert all(splits[i] == splits[i + 1] for i in range(0, 200, 2))
    forms = [f"message number {i}" for i in range(60)]
    keys = list(map(question_key, forms))
    assert assign(keys, alike=list(map(alike_key, forms))) == assign(keys)


def test_near_duplicates_that_were_apart_stay_where_they_were() -> None:
    keys = _keys(60)
    earlier = dict(zip(keys, assign(keys), strict=True))
    exam = next(i for i, key in enumerate(keys) if earlier[key] == "test")
    learned = next(i for i, key in enumerate(keys) if earlier[key] == "train")
    alike: list[str | None] = [str(i) for i in range(61)]
    alike[exam] = alike[learned] = alike[60] = "the same"

    splits = assign([*keys, question_key("new")], alike=alike, earlier=earlier)

    assert splits[:60] == list(earlier.values())
    assert splits[60] == "train"
