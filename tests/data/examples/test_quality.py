"""What cannot be learned from is refused, and the rest is measured."""

import pytest

from tests.data.columns.test_mapping import made
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import TASKS
from workbench.data.examples.examples import Examples, examples_of
from workbench.data.examples.quality import check_usable, report

TASK = TASKS["classification"]


def _examples(texts: list[str], labels: list[str]) -> Examples:
    return examples_of(made(t=texts, c=labels), TASK, {"text": "t", "label": "c"})  # type: ignore[arg-type]


TEXTS = [f"text number {i}" for i in range(100)]
LABELS = ["a", "b"] * 50


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


def test_the_report_counts_labels_and_lengths() -> None:
    facts = report(TASK, _examples(TEXTS, LABELS))

    assert facts["labels"] == {"a": 50, "b": 50}
    assert facts["lengths"]["text"]["max"] == len("text number 99")
    assert facts["mean_chars"] == pytest.approx(14.9)
