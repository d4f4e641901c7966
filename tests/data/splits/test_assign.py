"""Splits: shares, categories, and questions that never change their side."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import WorkbenchError
from workbench.data.splits.assign import assign, check_fractions, question_key, sizes


def _keys(count: int, word: str = "question") -> list[str]:
    return [question_key(f"{word} {i}") for i in range(count)]


def test_a_tenth_practises_and_a_tenth_is_examined() -> None:
    assert sizes(assign(_keys(1000))) == {"train": 800, "validation": 100, "test": 100}


def test_the_same_seed_gives_the_same_split_and_another_one_does_not() -> None:
    keys = _keys(200)

    assert assign(keys, seed=1) == assign(keys, seed=1)
    assert assign(keys, seed=1) != assign(keys, seed=2)


def test_the_order_of_the_rows_does_not_matter() -> None:
    keys = _keys(200)
    split = dict(zip(keys, assign(keys), strict=True))

    turned = dict(zip(keys[::-1], assign(keys[::-1]), strict=True))

    assert split == turned


def test_every_category_is_shared_out_alike() -> None:
    labels = [f"c{i % 7}" for i in range(700)]

    split = assign(_keys(700), labels)

    counts = Counter(zip(labels, split, strict=True))
    assert {counts[f"c{i}", "test"] for i in range(7)} == {10}
    assert {counts[f"c{i}", "validation"] for i in range(7)} == {10}


def test_a_small_category_is_learned_practised_and_examined() -> None:
    labels = ["big"] * 95 + ["small"] * 5

    split = assign(_keys(100), labels)

    assert set(split[95:]) == {"train", "validation", "test"}


def test_a_single_example_is_learned_from() -> None:
    labels = ["a"] * 30 + ["b"] * 30 + ["lonely"]

    assert assign(_keys(61), labels)[-1] == "train"


def test_many_tiny_categories_keep_the_shares() -> None:
    labels = [f"c{i // 3}" for i in range(300)]

    found = sizes(assign(_keys(300), labels))

    assert found["test"] == pytest.approx(30, abs=2)
    assert found["validation"] == pytest.approx(30, abs=2)


def test_the_same_question_is_always_on_one_side() -> None:
    keys = [question_key(f"q {i % 20}") for i in range(100)]

    by_key: dict[str, set[str]] = {}
    for key, split in zip(keys, assign(keys), strict=True):
        by_key.setdefault(key, set()).add(split)

    assert all(len(splits) == 1 for splits in by_key.values())


def test_capitals_and_spaces_do_not_make_another_question() -> None:
    assert question_key(" Where is  my\nCARD ") == question_key("where is my card")


def test_a_table_that_grows_keeps_every_side() -> None:
    keys = _keys(300)
    before = dict(zip(keys, assign(keys), strict=True))
    more = [*_keys(100, "new"), *keys]

    after = assign(more, earlier=before)

    assert after[100:] == [before[key] for key in keys]
    assert sizes(after) == {"train": 320, "validation": 40, "test": 40}


@given(st.integers(10, 60), st.integers(1, 12), st.integers(0, 2**31 - 1))
def test_no_split_is_ever_empty_from_ten_rows_on(count: int, labels: int, seed: int) -> None:
    found = sizes(assign(_keys(count), [f"c{i % labels}" for i in range(count)], seed=seed))

    assert min(found.values()) >= 1
    assert sum(found.values()) == count
    assert found["train"] >= count / 2


def test_without_an_exam_share_there_is_no_test_split() -> None:
    assert sizes(assign(_keys(100), fractions=(0.9, 0.1, 0.0)))["test"] == 0


@pytest.mark.parametrize("fractions", [(1.0, 0.0, 0.0), (0.5, 0.1, 0.1), (0.9, 0.2, -0.1)])
def test_shares_that_leave_a_part_empty_are_refused(
    fractions: tuple[float, float, float],
) -> None:
    with pytest.raises(WorkbenchError, match="add up to 100"):
        check_fractions(fractions)
