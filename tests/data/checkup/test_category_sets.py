"""What is odd about several categories a text: rare ones, other spellings, such as come together."""

from workbench.core.tasks import MULTI_LABEL
from workbench.data.checkup import category_sets
from workbench.data.checkup.rows import Rows


def _rows(sets: list[str]) -> Rows:
    numbers = list(range(1, len(sets) + 1))
    texts = [f"text {n}" for n in numbers]
    splits = ["test" if n % 10 == 0 else "train" for n in numbers]
    return Rows(MULTI_LABEL, numbers, splits, {"text": texts, "label": sets})


def _kinds(sets: list[str]) -> dict[str, str]:
    return {found.kind: found.title + found.text for found in category_sets.check(_rows(sets))}


def test_categories_in_too_few_rows_are_told() -> None:
    found = _kinds(["late", "late; price", "price"] * 20 + ["late; rare"] * 2)
    assert "'rare' only 2" in found["small_categories"]
    assert list(found) == ["small_categories"]


def test_categories_that_always_come_together_are_told() -> None:
    found = _kinds(["late; price", "crew", "crew; food", "food"] * 12)
    assert "'late' and 'price' hold for the same 12 rows" in found["categories_together"]
    assert not _kinds(["late; price", "crew", "late", "price"] * 12)


def test_a_category_in_other_letters_is_written_as_most_are() -> None:
    sets = ["late; price", "crew"] * 20 + ["Late; crew"]
    found = {own.kind: own for own in category_sets.check(_rows(sets))}
    flagged = found["spellings"].flagged_rows
    assert [(row.row_id, row.role, row.after) for row in flagged] == [(41, "label", "crew; late")]
