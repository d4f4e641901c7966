"""Conversations with the nearest example before the question."""

from pathlib import Path

import numpy as np
import pytest

from tests.helpers.writers import replies, write_rows
from workbench.core.errors import WorkbenchError
from workbench.engine.generative.leaning.leaning import Leaning, leaned
from workbench.engine.generative.leaning.nearest import Example, Way
from workbench.models.trained import LEANED_ON

PARCEL = Example("Where is my parcel?", "On its way.")
MONEY = Example("When do I get my money back?", "Within a week.")
WORDS = ("red", "green", "blue", "amber", "violet", "indigo", "white", "black", "silver", "golden")
ASKED = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "My money back?"}]


def test_the_example_is_a_turn_that_is_read_but_not_learned() -> None:
    found = Leaning([PARCEL, MONEY], 512).before(ASKED, "My money back?", learned=False)
    assert found == [
        ASKED[0],
        {"role": "user", "content": MONEY.question},
        {"role": "assistant", "content": MONEY.answer, "learn": False},
        ASKED[1],
    ]


def test_a_question_without_a_like_is_asked_as_it_is() -> None:
    assert Leaning([PARCEL], 512).before(ASKED, "日本", learned=False) == ASKED


@pytest.mark.parametrize("longest", [160, 200, 300, 1000])
def test_the_example_is_cut_to_what_fits_and_the_question_never(longest: int) -> None:
    long = Example("Where is my money? " * 30, "Within a week, as always. " * 10)
    found = Leaning([long], longest).before(ASKED, "My money back?", learned=False)
    assert found[-1] == ASKED[1]
    size = sum(len(turn["content"].encode()) for turn in found)
    assert size + len(found[-2]["content"].encode()) <= 3 * longest
    if len(found) == 4:
        assert found[1]["content"].startswith("Where is my money?")


def test_too_little_room_leaves_no_example() -> None:
    assert Leaning([PARCEL], 48).before(ASKED, PARCEL.question, learned=False) == ASKED


def test_only_training_rows_are_leaned_on_and_kept_for_later(tmp_path: Path) -> None:
    splits = ["train"] * 16 + ["validation"] * 4 + ["test"] * 4
    data = write_rows(tmp_path / "data.parquet", replies(24), splits)
    leaning = Leaning.of(data, "completion", 512)
    assert leaning is not None
    assert [one.question for one in leaning.examples] == [r["prompt"] for r in replies(16)]
    leaning.write(tmp_path)
    again = Leaning.read(tmp_path, 512)
    assert again is not None
    assert again.examples == leaning.examples


def test_how_examples_are_found_is_kept_with_them(tmp_path: Path) -> None:
    splits = ["train"] * 16 + ["validation"] * 4 + ["test"] * 4
    data = write_rows(tmp_path / "data.parquet", replies(24), splits)
    leaning = Leaning.of(data, "completion", 512)
    assert leaning is not None
    vectors = np.eye(16, 8, dtype=np.float32)
    for way in (Way(), Way(near=5), Way(near=3, by_meaning=True)):
        Leaning(leaning.examples, 512, way=way, vectors=vectors).write(tmp_path)
        again = Leaning._read(tmp_path / LEANED_ON, 512)
        assert (again.examples, again.way) == (leaning.examples, way)
        assert (again._vectors is not None) == way.by_meaning
        assert not way.by_meaning or np.array_equal(again._vectors, vectors)


def test_other_tasks_and_too_few_examples_lean_on_nothing(tmp_path: Path) -> None:
    few = write_rows(tmp_path / "few.parquet", replies(8), ["train"] * 7 + ["test"])
    assert Leaning.of(few, "completion", 512) is None
    assert Leaning.of(few, "chat", 512) is None
    assert Leaning.read(tmp_path, 512) is None


def test_damaged_examples_are_a_sentence(tmp_path: Path) -> None:
    (tmp_path / LEANED_ON).write_bytes(b"torn")
    with pytest.raises(WorkbenchError, match="train the model again"):
        Leaning.read(tmp_path, 512)


def test_a_row_that_is_learned_sees_another_and_an_exam_row_may_see_any() -> None:
    leaning = Leaning([PARCEL, MONEY], 512)
    row = {"prompt": PARCEL.question, "split": "train"}
    turns = [{"role": "user", "content": PARCEL.question}]
    shown = leaned(leaning, turns, "completion", row)
    assert PARCEL.answer not in [turn["content"] for turn in shown]
    shown = leaned(leaning, turns, "completion", {**row, "split": "test"})
    assert PARCEL.answer in [turn["content"] for turn in shown]
    assert leaned(None, turns, "completion", row) == turns


def test_several_examples_stand_before_the_question_the_nearest_last() -> None:
    also = Example("Where is my money order?", "At the bank.")
    found = Leaning([PARCEL, also, MONEY], 512, 2).before(ASKED, "My money back?", learned=False)
    assert [turn["content"] for turn in found] == [
        "Be kind.",
        also.question,
        also.answer,
        MONEY.question,
        MONEY.answer,
        "My money back?",
    ]


def test_of_several_only_as_many_as_fit_are_shown() -> None:
    long = [Example(f"Where is my money {i}? " * 12, "Within a week. " * 6) for i in range(4)]
    for longest in (200, 400, 800):
        found = Leaning(long, longest, 4).before(ASKED, "My money back?", learned=False)
        assert found[-1] == ASKED[1]
        assert sum(len(turn["content"].encode()) for turn in found) <= 3 * longest
    assert len(found) > 4


def test_a_row_is_never_shown_itself_though_words_stand_around_its_question(
    tmp_path: Path,
) -> None:
    labels = ["Delivery", "Refund", "Product question"]
    rows = [{"text": f"Where is parcel {w}?", "label": labels[i % 3]} for i, w in enumerate(WORDS)]
    data = write_rows(tmp_path / "data.parquet", rows, ["train"] * len(rows))
    leaning = Leaning.to_show(data, "classification", 512, labels, shown=3)
    assert leaning is not None
    row = {**rows[0], "split": "train"}
    turns = [{"role": "user", "content": "as it is asked"}]
    shown = leaned(leaning, turns, "classification", row)
    asked = [turn["content"] for turn in shown if turn["role"] == "user"]
    assert len(asked) == 4
    assert not any(one.endswith(rows[0]["text"]) for one in asked[:-1])
    assert all("Categories: Delivery" in one for one in asked[:-1]), "asked as the model is asked"
