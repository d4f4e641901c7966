"""Loss, perplexity and bits per byte of documents, and their intervals."""

import math

import pandas as pd
import pytest

from tests.helpers.exams import answers
from workbench.core.metrics import METRICS
from workbench.evaluation.scoring.all_scores import all_scores
from workbench.evaluation.scoring.comparison import compare
from workbench.evaluation.scoring.likelihoods import Likelihoods
from workbench.evaluation.scoring.row_scores import score_rows

TASK = "language-modelling"


def judged(texts: int = 40) -> tuple[pd.DataFrame, dict[str, dict[str, float]]]:
    size = [100 + 7 * (n % 9) for n in range(texts)]
    tokens = [n // 4 for n in size]
    frame, scores = answers(["x"] * texts, ["y"] * texts, base=["z"] * texts), {}
    for who, each in (("base", 3.0), ("tuned", 2.5)):
        nats = [count * (each + 0.05 * (n % 5)) for n, count in enumerate(tokens)]
        told = Likelihoods(nats, tokens, size)
        frame = frame.assign(**told.columns(who))
        scores[who] = told.scores()
    return score_rows(frame, TASK), scores


def test_the_three_scores_are_sums_over_all_texts() -> None:
    told = Likelihoods([10.0, 2.0], [4, 2], [16, 8]).scores()
    assert told["loss"] == 2.0
    assert told["perplexity"] == pytest.approx(math.exp(2.0))
    assert told["bits_per_byte"] == pytest.approx(12 / (24 * math.log(2)))


def test_each_has_an_interval_over_the_texts() -> None:
    frame, scores = judged()
    found = {own.name: own for own in all_scores(TASK, frame, "tuned", scores["tuned"])}
    assert list(found) == ["loss", "perplexity", "bits_per_byte"]
    for name, own in found.items():
        assert own.value == pytest.approx(scores["tuned"][name])
        assert own.low is not None
        assert own.high is not None
        assert own.low < own.value < own.high
    low, high = (math.exp(end) for end in (found["loss"].low or 0, found["loss"].high or 0))
    assert (found["perplexity"].low, found["perplexity"].high) == pytest.approx(
        (low, high), rel=0.02
    )


def test_an_exam_of_an_earlier_version_tells_its_perplexity_without_one() -> None:
    frame = score_rows(answers(["x"], ["y"], base=["z"]), TASK)
    loss, perplexity = all_scores(TASK, frame, "tuned", {"loss": 2.0})
    assert (loss.low, perplexity.low) == (None, None)
    assert perplexity.value == pytest.approx(math.exp(2.0))


def test_before_and_after_are_compared_text_by_text() -> None:
    frame, scores = judged()
    for name in ("loss", "bits_per_byte"):
        lead = compare(METRICS[name], frame, "base", scores["base"][name], scores["tuned"][name])
        assert lead.gain == pytest.approx(scores["base"][name] - scores["tuned"][name])
        assert lead.interval is not None
        assert lead.interval[0] > 0
        assert lead.p is not None
        assert lead.p < 0.01
