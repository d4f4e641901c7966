"""A text and its category, as a question to a model and as a record."""

import pytest

from workbench.core.canonical import Unreadable
from workbench.core.tasks import CLASSIFICATION

ROW = {"text": "My parcel is late.", "label": "Delivery"}


def test_a_category_is_asked_for_with_all_names_while_they_are_few() -> None:
    question, answer = CLASSIFICATION.messages(ROW, labels=["Delivery", "Payment"])
    assert "Categories: Delivery, Payment\n" in question["content"]
    assert question["content"].endswith("My parcel is late.")
    assert answer == {"role": "assistant", "content": "Delivery"}
    many = CLASSIFICATION.messages(ROW, labels=[str(i) for i in range(41)])
    assert "Categories" not in many[0]["content"]


def test_a_person_reads_the_text_alone() -> None:
    assert CLASSIFICATION.question(ROW) == "My parcel is late."
    assert CLASSIFICATION.answer(ROW) == "Delivery"
    assert CLASSIFICATION.answer({"text": "My parcel is late."}) is None


def test_a_record_has_no_instruction() -> None:
    assert CLASSIFICATION.record(ROW, "Be kind.") == ROW


def test_a_category_is_right_but_for_blanks() -> None:
    assert CLASSIFICATION.is_right is not None
    assert CLASSIFICATION.is_right("card arrival", " card  arrival\n")
    assert not CLASSIFICATION.is_right("card arrival", "Card arrival")


def test_a_category_is_kept_without_needless_blanks_and_never_an_error() -> None:
    clean = CLASSIFICATION.cleaners["label"]
    assert clean(" a   b ") == "a b"
    with pytest.raises(Unreadable, match="formula's error"):
        clean("#N/A")
