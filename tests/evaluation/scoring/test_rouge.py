"""ROUGE-L, against the table that defines it."""

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from workbench.evaluation.scoring.rouge import longest_common, rouge_l

WORDS = st.lists(st.sampled_from("abcd"), max_size=12)


@given(WORDS, WORDS)
def test_the_longest_common_subsequence_is_that_of_the_definition(
    first: list[str], second: list[str]
) -> None:
    @cache
    def table(i: int, j: int) -> int:
        if not i or not j:
            return 0
        if first[i - 1] == second[j - 1]:
            return table(i - 1, j - 1) + 1
        return max(table(i - 1, j), table(i, j - 1))

    assert longest_common(first, second) == table(len(first), len(second))


def test_an_example_by_hand() -> None:
    # Lin 2004, section 3.1: "police the gunman" against "police killed the gunman".
    assert rouge_l("Police killed the gunman.", "police the gunman") == 200 * 3 / 7
    assert rouge_l("police killed the gunman", "the gunman kill police") == 200 * 2 / 8


def test_the_same_words_are_all_in_common_whatever_their_case_and_marks() -> None:
    assert rouge_l("Where is it?", "where IS, it") == 100.0
    assert rouge_l("Größe 日本", "größe 日本!") == 100.0


def test_nothing_in_common_scores_nothing() -> None:
    assert rouge_l("one two", "three") == 0.0
    assert rouge_l("one", "") == rouge_l("", "one") == 0.0
    assert rouge_l("?", "!") == 100.0
