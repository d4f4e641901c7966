from collections.abc import Sequence

from tests.helpers.check_tables import replying
from workbench.data.checkup.checks import lengths


def _words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def test_what_fits_is_not_told() -> None:
    assert lengths.check(replying(), _words, 40) is None


def test_question_and_answer_together_must_fit() -> None:
    rows = replying(("why " * 30, "so " * 30), ("why " * 20, "so " * 10))
    finding = lengths.check(rows, _words, 50)
    assert finding
    assert [(mark.row_id, mark.note) for mark in finding.marks] == [(9, "60 tokens")]
    assert "row 9 ('why why" in finding.text
    assert "10 tokens in all" in finding.effect


def test_texts_with_fewer_bytes_than_tokens_allowed_are_not_counted() -> None:
    counted: list[str] = []

    def count(texts: Sequence[str]) -> list[int]:
        counted.extend(texts)
        return [999 for _ in texts]

    lengths.check(replying(("ü" * 60, "ä" * 60), clean=False), count, 250)
    assert counted == []
    lengths.check(replying(("ü" * 60, "ä" * 60), clean=False), count, 200)
    assert counted == ["ü" * 60, "ä" * 60]
