"""What is found in examples, in words."""

import pytest

from tests.data.columns.test_mapping import made
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import TASKS
from workbench.data.examples.examples import Examples, examples_of
from workbench.data.examples.notices import dropped_sentence, findings
from workbench.data.examples.quality import check_usable, report

TASK = TASKS["classification"]


def _examples(texts: list[str], labels: list[str]) -> Examples:
    return examples_of(made(t=texts, c=labels), TASK, {"text": "t", "label": "c"})  # type: ignore[arg-type]


def _words(texts: list[str], labels: list[str], splits: list[str] | None = None) -> str:
    examples = _examples(texts, labels)
    found = findings(TASK, examples, splits or ["train"] * len(examples))
    return "\n".join(finding.text for finding in found)


TEXTS = [f"text number {i}" for i in range(100)]
LABELS = ["a", "b"] * 50


def test_good_examples_are_called_good() -> None:
    (finding,) = findings(TASK, _examples(TEXTS, LABELS), ["train"] * 100)

    assert finding.level == "good"


def test_contradictions_name_two_rows() -> None:
    words = _words([*TEXTS, "Text  number 0"], [*LABELS, "b"])

    assert "1 text stands in several categories, such as row 2 ('a') and row 102 ('b')" in words


def test_small_and_single_categories_are_named() -> None:
    words = _words([*TEXTS, "x", "y", "z"], [*LABELS, "lonely", "few", "few"])

    assert "Category 'lonely' has a single example" in words
    assert "Category 'few' has fewer than 10 examples" in words
    several = _words([*TEXTS, "x", "y"], [*LABELS, "lonely", "alone"])
    assert "Categories 'lonely' and 'alone' have a single example each: they are" in several


def test_categories_that_differ_in_spelling_only_are_named() -> None:
    assert "differ in spelling only: 'A' and 'a'." in _words([*TEXTS, "x"], [*LABELS, "A"])
    several = _words([*TEXTS, "x", "y"], [*LABELS, "A", "B "])
    assert "differ in spelling only: 'A' and 'a'; 'B' and 'b'." in several
    assert "single example" not in several
    again = _words([*TEXTS, "text number 0"], [*LABELS, "A"])
    assert "stands in several categories" not in again


def test_categories_of_the_exam_that_are_never_shown_are_named() -> None:
    words = _words([*TEXTS, "x"], [*LABELS, "new"], ["train"] * 100 + ["test"])

    assert "Category 'new' is asked for in the exam but never shown" in words


def test_exam_rows_that_are_nearly_in_training_are_counted() -> None:
    words = _words([*TEXTS, "TEXT number 0 "], [*LABELS, "a"], ["train"] * 100 + ["test"])

    assert "1 training row differs from an exam row only in capitals or spaces" in words


def test_long_and_broken_rows_are_named() -> None:
    words = _words([*TEXTS, "word " * 500, "caf\u00c3\u00a9"], [*LABELS, "a", "b"])

    assert "1 example is longer than about 500 tokens (row 102)" in words
    assert "1 row has broken characters" in words


def test_fewer_than_ten_rows_are_refused_with_what_was_left_out() -> None:
    examples = _examples(["one", "two", ""], ["a", "b", "a"])

    with pytest.raises(WorkbenchError) as caught:
        check_usable(TASK, examples, "t.csv")

    assert "t.csv has 2 usable rows, but at least 10 are needed" in str(caught.value)
    assert "1 × empty 't' (row 4)" in str(caught.value)


def test_one_category_is_refused() -> None:
    with pytest.raises(WorkbenchError, match="All rows of t.csv are in one category, 'a'"):  # noqa: RUF043
        check_usable(TASK, _examples(TEXTS, ["a"] * 100), "t.csv")


def test_a_column_that_always_says_the_same_is_refused() -> None:
    texts = ["Same", "same", "other"] * 7
    labels = [f"label {i}" for i in range(21)]

    with pytest.raises(WorkbenchError, match="fewer than three different texts"):
        check_usable(TASK, _examples(texts, labels), "t.csv")


def test_left_out_rows_are_summed_up() -> None:
    sentence = dropped_sentence({"empty 'reply'": [4, 9, 11, 12, 15, 18], "exact duplicate": [7]})

    assert sentence == (
        "7 rows were left out: 6 × empty 'reply' (rows 4, 9, 11, 12, 15 …), "
        "1 × exact duplicate (row 7)."
    )


def test_the_report_counts_labels_and_lengths() -> None:
    facts = report(TASK, _examples(TEXTS, LABELS), ["train"] * 100)

    assert facts["labels"] == {"a": 50, "b": 50}
    assert facts["lengths"]["text"]["max"] == len("text number 99")
    assert facts["mean_chars"] == pytest.approx(14.9)
