"""Scores of answers that may be worded in many ways: words in common, length, repetition."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from workbench.evaluation.scoring.by_task.categories import Estimated
from workbench.evaluation.scoring.resampling import interval
from workbench.evaluation.scoring.rouge import rouge_l
from workbench.evaluation.scoring.sums import Sums, mean_sums

Floats = npt.NDArray[np.float64]
_WORD = re.compile(r"\w+")
_LONGEST = 4
"""Words of the longest runs that BLEU compares."""


def rouge_n(expected: str, answer: str, n: int) -> float:
    """The F-measure of runs of `n` words in common, from 0 to 100 (Lin 2004, section 2).

    Words are runs of letters and digits, whatever their case, as for `rouge_l`.
    """
    wanted, given = (_runs(_WORD.findall(t.casefold()), n) for t in (expected, answer))
    total = wanted.total() + given.total()
    if not total:
        return 100.0 * (expected.split() == answer.split())
    return 200.0 * (wanted & given).total() / total


def rouge(expected: Sequence[str], answers: Sequence[str]) -> dict[str, Estimated]:
    """Means of ROUGE-1, ROUGE-2 and ROUGE-L, from 0 to 100."""
    pairs = list(zip(expected, answers, strict=True))
    return {
        "rouge_1": mean([rouge_n(*pair, 1) for pair in pairs]),
        "rouge_2": mean([rouge_n(*pair, 2) for pair in pairs]),
        "rouge_l": mean([rouge_l(*pair) for pair in pairs]),
    }


def bleu(expected: Sequence[str], answers: Sequence[str]) -> Estimated:
    """BLEU of all answers together, from 0 to 100, as sacrebleu has it (Papineni et al. 2002; Post
    2018, WMT, 186–191), its interval by resampling the questions."""
    return of_sums(bleu_sums(expected, answers))


def bleu_sums(expected: Sequence[str], answers: Sequence[str]) -> Sums:
    """What each answer adds to BLEU: runs in common, runs, words given, words wanted."""
    from sacrebleu.metrics.bleu import BLEU  # only text exams need it

    metric = BLEU(effective_order=True)
    rows = []
    for wanted, given in zip(expected, answers, strict=True):
        one = metric.sentence_score(given, [wanted])
        rows.append([*one.counts, *one.totals, one.sys_len, one.ref_len])
    return Sums(np.array(rows, float), _bleu)


def length_ratio(expected: Sequence[str], answers: Sequence[str]) -> Estimated:
    """Words of all answers for each word of the wanted ones."""
    rows = [[len(a.split()), len(e.split())] for e, a in zip(expected, answers, strict=True)]
    return of_sums(Sums(np.array(rows, float), _ratio))


def repetition(texts: Sequence[str]) -> Estimated:
    """Of all runs of four words, the share that had been in the same text before; 0 to 1.

    Texts that go round in circles have a high share (Welleck et al. 2020, ICLR, "seq-rep-4").
    """
    rows = []
    for text in texts:
        runs = _runs(text.casefold().split(), _LONGEST)
        rows.append([runs.total() - len(runs), runs.total()])
    return of_sums(Sums(np.array(rows, float), _ratio))


def mean(values: Sequence[float]) -> Estimated:
    """The mean over questions with its interval."""
    return of_sums(mean_sums(values))


def of_sums(sums: Sums) -> Estimated:
    """A score with its interval by resampling the questions."""
    return Estimated(sums.score, *interval(sums))


def _ratio(sums: Floats) -> Floats:
    above, below = sums[..., 0], sums[..., 1]
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _bleu(sums: Floats) -> Floats:
    """Brevity penalty times the geometric mean of the precisions; one that is 0 is smoothed (NIST's
    way, sacrebleu's usual one)."""
    right, total = sums[..., :_LONGEST], sums[..., _LONGEST : 2 * _LONGEST]
    given, wanted = sums[..., -2], sums[..., -1]
    none = (right == 0) & (total > 0)
    smooth = 2.0 ** np.cumsum(none, axis=-1)
    above = np.where(none, 1 / smooth, right)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(total > 0, np.log(above / total), -np.inf)
        brevity = np.where(given < wanted, np.exp(1 - wanted / given), 1.0)
        score = 100 * brevity * np.exp(logs.mean(axis=-1))
    return np.where((right.sum(-1) == 0) | (given == 0), 0.0, score)


def _runs(words: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(words[start:] for start in range(n)), strict=False))
