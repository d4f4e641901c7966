"""What is odd about numbers to estimate: told with its rows, and nothing taken out."""

from workbench.core.tasks import REGRESSION
from workbench.data.checkup import numbers
from workbench.data.checkup.finding import Finding
from workbench.data.checkup.rows import Rows
from workbench.data.checkup.run import checks_of


def _found(labels: list[str], texts: list[str] | None = None) -> dict[str, Finding]:
    ids = list(range(1, len(labels) + 1))
    texts = texts or [f"text {n}" for n in ids]
    rows = Rows(REGRESSION, ids, ["train"] * len(ids), {"text": texts, "label": labels})
    return {found.kind: found for found in numbers.check(rows)}


def test_numbers_far_outside_are_named_and_stay() -> None:
    found = _found([str(100 + n % 40) for n in range(100)] + ["99000", "-5000"])
    assert list(found) == ["number_outliers"]
    (told,) = found.values()
    assert told.title.startswith("2 numbers far outside")
    assert "99,000 in row 101, -5,000 in row 102" in told.text
    assert not any(row.drop for row in told.flagged_rows)
    assert not told.remove


def test_a_long_tail_and_a_score_have_no_outliers() -> None:
    assert not _found([str(2 ** (n % 20)) for n in range(200)])
    assert not _found(["3"] * 80 + ["1"] * 10 + ["20"] * 10)


def test_numbers_that_are_nearly_all_the_same_are_told() -> None:
    found = _found(["5"] * 95 + ["1", "2", "3", "4", "1"])
    assert found["numbers_alike"].title == "95.0 % of the numbers are 5.00"


def test_equal_texts_with_numbers_far_apart_are_told_together() -> None:
    texts = [f"text {n}" for n in range(38)] + ["The same text.", "the same text"]
    labels = [str(n % 5 + 1) for n in range(38)] + ["1", "5"]
    (told,) = _found(labels, texts).values()
    assert told.kind == "numbers_apart"
    assert [row.row_id for row in told.flagged_rows] == [39, 40]
    assert "from 1.00 to 5.00" in told.text
    assert not _found([*labels[:38], "3", "4"], texts)


def test_such_rows_are_no_contradictions_of_categories() -> None:
    looks = [check.look.__module__.rsplit(".", 1)[-1] for check in checks_of(REGRESSION)]
    assert "numbers" in looks
    assert "contradictions" not in looks
