import pytest

from tests.helpers.check_tables import sorting
from workbench.data.checkup.checks import categories, unsorted_rows
from workbench.data.checkup.finding import Finding
from workbench.data.checkup.rows import Rows


def _unsorted(rows: Rows) -> Finding | None:
    found = {finding.kind: finding for finding in categories.check(rows)}
    return found.get(unsorted_rows.KIND)


@pytest.mark.parametrize("name", ["n/a", "N/A", "?", "-", "todo", "Unlabeled", "(blank)", "未分类"])
def test_rows_that_nobody_has_sorted_are_no_category(name: str) -> None:
    rows = sorting(("Where is my second parcel now?", name), ("The red pen leaks.", name))

    finding = _unsorted(rows)
    assert finding
    assert [flagged.row_id for flagged in finding.flagged_rows] == [9, 10]
    assert finding.ticked
    assert finding.remove == "Leave out 2 rows"


@pytest.mark.parametrize("name", ["none", "Unknown", "-1"])
def test_what_may_be_a_category_is_not_ticked(name: str) -> None:
    finding = _unsorted(sorting(("Where is my second parcel now?", name)))

    assert finding
    assert not finding.ticked


@pytest.mark.parametrize(
    "names",
    [("none", "spam"), ("other", "late"), ("0", "-2"), ("NATO", "EU"), ("+", "-"), ("😀", "😡")],
)
def test_a_category_with_a_sense_is_one(names: tuple[str, str]) -> None:
    pairs = [(f"A text, number {n}, about it.", names[n % 2]) for n in range(30)]

    assert _unsorted(sorting(*pairs, clean=False)) is None
