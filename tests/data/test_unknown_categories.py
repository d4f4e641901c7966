"""Categories that a model has not learned are told from those that it knows in another spelling."""

import pytest

from workbench.data.unknown_categories import UnknownCategory, find_unknown, sentence

KNOWN = ["delivery", "Product question", "refund", "größe"]


def test_known_ones_and_empty_cells_are_not_told() -> None:
    assert find_unknown(["refund", None, "", "delivery"], KNOWN) == []
    assert sentence([]) == ""


@pytest.mark.parametrize(
    ("label", "nearest", "differs"),
    [
        ("DELIVERY", "delivery", "capitals"),
        ("product-question", "Product question", "spelling"),
        ("Groesse", "größe", "spelling"),
        ("refunds", "refund", "near"),
        ("career", "", ""),
    ],
)
def test_the_nearest_known_one_is_named(label: str, nearest: str, differs: str) -> None:
    assert find_unknown([label], KNOWN) == [UnknownCategory(label, 1, nearest, differs)]


def test_the_sentence_counts_rows_and_names_the_most_frequent_first() -> None:
    found = find_unknown(["career", "DELIVERY", "DELIVERY", "refund"], KNOWN)
    assert sentence(found) == (
        "3 rows have a category that the model does not know, so it cannot get them right: "
        "'DELIVERY' in 2 rows (differs only in capitals from 'delivery'); 'career' in 1 row."
    )


def test_of_many_some_are_named() -> None:
    found = find_unknown([f"topic {letter}" for letter in "abcdefghij"], KNOWN)
    assert sentence(found).endswith("and 2 more.")
