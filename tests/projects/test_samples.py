"""The sample's e-mails: as many as the pages say, told apart, and none made of another."""

import csv
import itertools
import re
from collections import Counter

from workbench.projects.samples import FILE
from workbench.ui.data import source

_COMMON = 0.5  # share of words that two short mails of different people have in common at most


def _rows() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_pages_count_the_sample_as_it_is() -> None:
    assert f"{len(_rows())} e-mails" in source._SAMPLE_HELP


def test_every_category_of_the_sample_has_as_many_examples() -> None:
    counted = Counter(row["category"] for row in _rows())
    assert len(counted) == 8
    assert len(set(counted.values())) == 1


def test_no_e_mail_of_the_sample_is_another_with_a_word_changed() -> None:
    words = [frozenset(re.findall(r"\w+", row["email"].lower())) for row in _rows()]
    alike = [
        (sorted(a), sorted(b))
        for a, b in itertools.combinations(words, 2)
        if len(a & b) > _COMMON * len(a | b)
    ]
    assert alike == []


def test_every_reply_greets_the_customer_and_is_its_own() -> None:
    rows = _rows()
    assert all(row["reply"].startswith(f"Hello {row['customer'].split()[0]}, ") for row in rows)
    assert len({row["reply"] for row in rows}) == len(rows)
