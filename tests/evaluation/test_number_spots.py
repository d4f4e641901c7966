"""Where estimates go wrong: by the number's size, in sentences, and which way is worse."""

import numpy as np
import pandas as pd
import pytest

from workbench.core.metrics import MAE, METRICS
from workbench.core.tasks import REGRESSION
from workbench.core.tasks.rungs import cheap_for, in_place_for
from workbench.evaluation import number_spots
from workbench.evaluation.release.groups import by_group
from workbench.evaluation.release.paired import BROKEN, MENDED, difference, paired
from workbench.evaluation.scoring.drift import score_change
from workbench.evaluation.scoring.row_scores import score_rows
from workbench.evaluation.scoring.slices.fairness import find_gap
from workbench.evaluation.scoring.slices.grouping import Group
from workbench.evaluation.scoring.slices.slices import find_slices
from workbench.evaluation.scoring.text_scores import text_scores
from workbench.evaluation.slices import apart, worded
from workbench.evaluation.verdict import verdict

WANTED = np.arange(100.0)
GROUPS = [Group("at", name, np.arange(start, start + 50)) for name, start in (("a", 0), ("b", 50))]
METRIC = METRICS[MAE]


def _answers(**given: np.ndarray) -> pd.DataFrame:
    columns = {name: [f"{value:g}" for value in own] for name, own in given.items()}
    texts = [f"question {n}" for n in range(len(WANTED))]
    frame = pd.DataFrame({"row_id": range(1, 101), "input": texts, **columns})
    return score_rows(frame.assign(expected=[f"{v:g}" for v in WANTED]), REGRESSION.name)


def test_errors_are_told_by_size_and_so_is_a_pull_to_the_middle() -> None:
    answers = _answers(tuned=50 + (WANTED - 50) * 0.3)
    found = number_spots.bands(answers)
    assert [band.rows for band in found] == [20] * 5
    assert found[0].bias > 0 > found[-1].bias
    assert found[0].off > found[2].off
    said = " ".join(number_spots.sentences(answers.assign(low=0.0, high=89.0)))
    assert "at most 10 off" in said
    assert "In 90.0 % of the questions your number lies between the two" in said
    assert "Small numbers come out too high and large ones too low" in said
    assert "Small numbers" not in " ".join(number_spots.sentences(_answers(tuned=WANTED + 3)))


def test_groups_that_are_farther_off_are_the_weak_ones() -> None:
    off = np.where(np.arange(100) < 50, 1.0, 9.0) + np.random.default_rng(1).normal(0, 1, 100)
    off = np.abs(off) * 100  # above what a likeness of 100 could be
    found = find_slices(GROUPS, off, is_share=False, sign=METRIC.sign, top=METRIC.highest)
    assert [one.value for one in found if one.is_weak] == ["b"]
    assert found[0].value == "b"
    assert found[0].difference == pytest.approx(off[:50].mean() - off[50:].mean())
    assert found[0].low < found[0].score < found[0].high
    gap = find_gap(GROUPS, off, is_share=False, sign=METRIC.sign, top=METRIC.highest)
    assert gap is not None
    assert (gap.best, gap.worst, gap.certain) == ("a", "b", True)
    assert worded(METRIC, found[0].score).startswith("off by ")
    assert apart(METRIC, -2.5) == "2.5 farther off"
    assert apart(METRIC, 2.5) == "2.5 nearer"


def test_a_file_on_which_it_is_farther_off_is_worse() -> None:
    exam, file = np.full(60, 1.0) + np.arange(60) / 100, np.full(60, 2.0) + np.arange(60) / 100
    change = score_change(exam, file, is_share=False, by_turns=False, sign=-1.0, top=np.inf)
    assert change.certain
    assert change.difference > 0 > change.gain


def test_a_version_that_comes_nearer_is_better() -> None:
    noise = np.random.default_rng(2).normal(0, 1, 100)
    near, far = _answers(tuned=WANTED + noise), _answers(tuned=WANTED + 20 + noise)
    rows = paired(REGRESSION.name, near, far)
    assert set(rows["change"]) == {MENDED}
    found = difference(REGRESSION.name, rows)
    assert found is not None
    assert found.gain > 15
    assert not found.is_worse
    assert found.low is not None
    assert found.low > 0
    other = paired(REGRESSION.name, far, near)
    assert set(other["change"]) == {BROKEN}
    worse = difference(REGRESSION.name, other)
    assert worse is not None
    assert worse.is_worse
    groups = by_group(REGRESSION.name, other, GROUPS)
    assert all(group.is_worse_by(5) for group in groups)
    assert not any(group.is_worse_by(5) for group in by_group(REGRESSION.name, rows, GROUPS))


def _judged(tuned: np.ndarray, **simple: np.ndarray) -> str:
    answers = _answers(tuned=tuned, **simple)
    expected = answers["expected"].tolist()
    scores = {
        who: text_scores(REGRESSION.name, expected, answers[who].tolist())
        for who in ("tuned", *simple)
    }
    return verdict(REGRESSION.name, scores, answers).level


def test_the_verdict_takes_the_smaller_error_for_the_better_one() -> None:
    noise = np.random.default_rng(3).normal(0, 2, 100)
    median, base = np.full(100, 49.5), WANTED + 3 * noise
    assert _judged(WANTED + noise, median=median, base=base) == "tuned"
    assert _judged(WANTED + 5 * noise, median=median, base=base) == "worse"
    assert _judged(base + noise[::-1] / 100, median=median, base=base) == "simple"


def test_the_median_is_the_simplest_way_and_takes_no_models_place() -> None:
    assert cheap_for(REGRESSION) == ("median", "baseline", "nearest")
    assert in_place_for(REGRESSION) == ("baseline", "nearest")
