import time
from collections import Counter

from tests.helpers.check_tables import sorting
from workbench.data.checkup.checks import categories
from workbench.data.checkup.finding import Finding
from workbench.data.checkup.similarity.spellings import merge_spellings


def _found(**counts: int) -> dict[str, Finding]:
    pairs = [
        (f"text {label} {i}", label.replace("_", " "))
        for label, n in counts.items()
        for i in range(n)
    ]
    return {finding.kind: finding for finding in categories.check(sorting(*pairs, clean=False))}


def test_clean_categories_give_nothing() -> None:
    assert _found(delivery=20, refund=30, invoice=40) == {}


def test_spellings_become_the_most_frequent_one() -> None:
    counts = Counter({"Refund": 30, "refund ": 2, "Refunds": 4, "Re-fund": 1, "Invoice": 9})
    assert merge_spellings(counts) == {
        "refund ": "Refund",
        "Refunds": "Refund",
        "Re-fund": "Refund",
    }


def test_names_with_umlauts_written_out_or_composed_otherwise_are_one() -> None:
    counts = Counter(
        {"Kündigung": 30, "Kuendigung": 20, "Ku\u0308ndigung": 10, "GRÖSSE": 4, "Größe": 5}
    )
    assert merge_spellings(counts) == {
        "Kuendigung": "Kündigung",
        "Ku\u0308ndigung": "Kündigung",
        "GRÖSSE": "Größe",
    }


def test_a_rare_typo_of_a_frequent_name_is_merged_and_a_frequent_one_is_not() -> None:
    assert merge_spellings(Counter({"Delivery": 50, "Delivrey": 2})) == {"Delivrey": "Delivery"}
    assert merge_spellings(Counter({"Delivery": 50, "Delivers": 40})) == {}


def test_names_that_differ_in_a_digit_are_different() -> None:
    assert merge_spellings(Counter({"Region 10": 50, "Region 11": 2})) == {}


def test_the_fix_writes_the_label_of_the_rows_in_question() -> None:
    finding = _found(Refund=20, refund=11, Invoice=30)[categories.SPELLINGS]
    assert {flagged.after for flagged in finding.flagged_rows} == {"Refund"}
    assert {flagged.role for flagged in finding.flagged_rows} == {"label"}
    assert [flagged.row_id for flagged in finding.flagged_rows] == list(range(21, 32))
    assert "'Refund' and 'refund' look like one category" in finding.text


def test_categories_with_few_rows_can_be_left_out() -> None:
    finding = _found(delivery=20, refund=30, gift=2, thanks=9)[categories.FEW]
    assert finding.title == "2 categories with hardly any examples"
    assert "'gift' only 2" in finding.text
    assert sum(flagged.drop for flagged in finding.flagged_rows) == 11


def test_one_category_with_few_rows_is_told_once() -> None:
    finding = _found(delivery=20, gift=2)[categories.FEW]
    assert finding.text.startswith("Category 'gift' has only 2 examples (rows 21, 22). Add more")


def test_if_all_categories_are_small_none_can_be_left_out() -> None:
    assert _found(delivery=5, refund=5)[categories.FEW].remove == ""


def test_one_category_that_has_nearly_all_rows_is_told() -> None:
    finding = _found(normal=180, fault=20)[categories.UNEVEN]
    assert finding.title == "90.0 % of the rows are in one category"
    assert not finding.flagged_rows


def test_a_misspelt_category_is_not_also_one_with_hardly_any_examples() -> None:
    assert set(_found(refund=30, delivery=30, Refunds=2)) == {categories.SPELLINGS}


def test_several_groups_of_spellings_are_told_apart() -> None:
    finding = _found(Refund=20, refund=11, Invoice=30, invoice=2)[categories.SPELLINGS]
    assert "'Invoice' and 'invoice'; 'Refund' and 'refund' look like one category each" in (
        finding.text
    )


def test_a_single_example_that_is_learned_from_is_never_examined() -> None:
    finding = _found(delivery=20, gift=1, thanks=1, refund=30)[categories.FEW]
    assert "'gift' only 1 (such as row 21). Categories 'gift' and 'thanks' have a single one" in (
        finding.text
    )
    assert "they are never examined" in finding.text


def test_categories_of_the_exam_that_are_never_shown_are_named() -> None:
    rows = sorting(("a new one", "Gift"), ("an old one", "Invoice"), splits=["test", "test"])
    found = {finding.kind: finding for finding in categories.check(rows)}[categories.UNSEEN]
    assert "Category 'Gift' is asked for in the exam but never shown in training (row 9)" in (
        found.text
    )
    assert found.effect == "1 exam question of 2 cannot be answered rightly."
    assert found.level == "serious"
    assert [(flagged.row_id, flagged.drop) for flagged in found.flagged_rows] == [(9, False)]


def test_many_categories_are_compared_in_no_time() -> None:
    names = Counter({f"{a}{b} enquiry": 3 + 100 * (a == "abcd") for a, b in _names()})
    assert len(names) > 1500
    merge_spellings(names)
    began = time.process_time()
    merge_spellings(names)
    assert time.process_time() - began < 1


def _names() -> list[tuple[str, str]]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return [(a * 4, b + c) for a in letters for b in letters for c in letters[:3]]
