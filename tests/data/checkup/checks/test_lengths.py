import dataclasses
from collections.abc import Callable, Sequence

from tests.helpers.check_tables import replying
from workbench.data.checkup.checks import lengths
from workbench.data.checkup.finding import Finding
from workbench.data.checkup.rows import Rows


def _words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def _check(rows: Rows, count: Callable[[Sequence[str]], list[int]], most: int) -> Finding | None:
    return lengths.check(dataclasses.replace(rows, count_tokens=count, max_tokens=most))


def test_what_fits_is_not_told() -> None:
    assert _check(replying(), _words, 40) is None


def test_question_and_answer_together_must_fit() -> None:
    rows = replying(("why " * 30, "so " * 30), ("why " * 20, "so " * 10))
    finding = _check(rows, _words, 50)
    assert finding
    assert [(flagged.row_id, flagged.note) for flagged in finding.flagged_rows] == [
        (9, "60 tokens")
    ]
    assert "row 9 ('why why" in finding.text
    assert "10 tokens in all" in finding.effect


def test_texts_with_fewer_bytes_than_tokens_allowed_are_not_counted() -> None:
    counted: list[str] = []

    def count(texts: Sequence[str]) -> list[int]:
        counted.extend(texts)
        return [999 for _ in texts]

    _check(replying(("ü" * 60, "ä" * 60), clean=False), count, 250)
    assert counted == []
    _check(replying(("ü" * 60, "ä" * 60), clean=False), count, 200)
    assert counted == ["ü" * 60, "ä" * 60]


def test_before_a_model_is_chosen_lengths_are_told_roughly() -> None:
    finding = lengths.check_roughly(replying(("word " * 500, "yes"), ("why?", "so " * 1000)))
    assert finding
    assert finding.title == "2 examples are longer than about 500 tokens"
    assert "(rows 9, 10); the longest has about 751." in finding.text
    assert lengths.check_roughly(replying()) is None
