import pytest
from sacrebleu.metrics.chrf import CHRF

from workbench.evaluation.scoring.chrf import chrf_counts, chrf_of

EXPECTED = ["The parcel is on its way.", "Yes", "", "Grüße aus Köln", "ab", "怎么退货呢", "same"]
ANSWERS = ["The parcel is late.", "", "something", "Gruss aus Koeln!", "ba", "退货", "same"]


def test_texts_score_as_sacrebleu_has_it_row_by_row_and_together() -> None:
    metric = CHRF()
    counts = chrf_counts(EXPECTED, ANSWERS)
    rows = [
        metric.sentence_score(answer, [wanted]).score
        for wanted, answer in zip(EXPECTED, ANSWERS, strict=True)
    ]
    assert chrf_of(counts) == pytest.approx(rows)
    whole = metric.corpus_score(ANSWERS, [EXPECTED]).score
    assert float(chrf_of(counts.sum(0))) == pytest.approx(whole)


def test_no_texts_have_no_counts() -> None:
    assert chrf_counts([], []).shape == (0, 18)
