import random

import numpy as np

from workbench.core.progress import silent
from workbench.data.checkup.similarity.alike import LONG_SHARE, Alike, alike
from workbench.data.checkup.similarity.buckets import split_copies
from workbench.data.checkup.similarity.same import same_texts

WORDS = [f"{a}{b}{c}" for a in "bdfgk" for b in "aeiou" for c in ("lm", "nt", "rs", "st")]


def _alike(*texts: str) -> Alike:
    return alike(texts, same_texts(texts), silent)


def _pairs(*texts: str) -> list[tuple[int, int]]:
    found = _alike(*texts).pairs(np.arange(len(texts)))
    return [(int(first), int(second)) for first, second in found]


def test_capitals_spaces_and_punctuation_do_not_count() -> None:
    assert _pairs("Where's my card?!", "  WHERES my   card", "Where is it?") == [(0, 1)]


def test_one_word_exchanged_added_or_left_out_is_alike() -> None:
    text = "please send the new card today"
    assert _pairs(text, "please send the old card today") == [(0, 1)]
    assert _pairs(text, "please send the card today") == [(0, 1)]
    assert _pairs(text, "please send the new card out today") == [(0, 1)]
    assert _pairs(text, "send the new card please today") == [(0, 1)]


def test_two_words_exchanged_in_a_short_text_are_not_alike() -> None:
    assert _pairs("please send the new card today", "please send an old card today") == []


def test_short_texts_are_alike_only_if_they_are_the_same() -> None:
    assert _pairs("reset my pin", "reset my phone") == []
    assert _pairs("退款流程说明", "退货流程说明") == []


def test_scripts_without_spaces_are_compared_letter_by_letter() -> None:
    assert _pairs(
        "请问我昨天下单的蓝色钢笔什么时候能送到", "请问我今天下单的蓝色钢笔什么时候能送到"
    ) == [(0, 1)]


def test_a_number_written_with_or_without_separators_is_one_word() -> None:
    assert _pairs("I was charged 1,000.50 for nothing", "I was charged 3 for nothing") == [(0, 1)]


def test_every_single_exchange_is_found() -> None:
    rng = random.Random(1)
    texts = [" ".join(rng.choices(WORDS, k=rng.randint(5, 30))) for _ in range(200)]
    changed = []
    for text in texts:
        words = text.split()
        words[rng.randrange(len(words))] = "something"
        changed.append(" ".join(words))
    found = set(_pairs(*texts, *changed))
    assert {(row, row + 200) for row in range(200)} <= found
    assert len(found) == 200


def test_long_texts_may_differ_in_one_word_of_ten() -> None:
    rng = random.Random(2)
    words = rng.sample(WORDS, 60)
    for share, wanted in ((0.05, True), (0.3, False)):
        other = [word if rng.random() > share else "x" for word in words]
        assert bool(_pairs(" ".join(words), " ".join(other))) == wanted
    assert LONG_SHARE == 0.9


def test_nearly_all_long_copies_with_a_few_changes_are_found() -> None:
    rng = random.Random(3)
    texts = [" ".join(rng.choices(WORDS, k=50)) for _ in range(100)]
    changed = [" ".join([*text.split()[:-4], "a", "b", "c", "d"]) for text in texts]
    found = set(_pairs(*texts, *changed))
    assert len({(row, row + 100) for row in range(100)} & found) >= 97


def test_rows_of_different_kinds_are_no_pairs() -> None:
    found = _alike(*["the same text here"] * 3)
    pairs = found.pairs(np.arange(3), np.array([0, 1, 0]))
    assert pairs.tolist() == [[0, 2]]


def test_the_order_says_which_comes_first() -> None:
    found = _alike(*["the same text here"] * 2)
    assert found.pairs(np.array([1, 0])).tolist() == [[1, 0]]
    assert found.pairs(np.array([1])).tolist() == []


def test_of_alike_rows_the_first_stays_and_no_two_that_stay_are_alike() -> None:
    copies, groups = split_copies(np.array([[0, 1], [1, 2], [3, 4]]))
    assert copies == {1: 0, 4: 3}
    assert groups[0] == groups[1] == groups[2] != groups[3] == groups[4]


def test_nothing_is_alike_among_no_texts() -> None:
    assert _pairs() == []
    assert _pairs("", "...", "   ") == []


def test_the_same_words_in_another_order_are_alike() -> None:
    assert _pairs("please send the new card today", "today the new card please send") == [(0, 1)]
