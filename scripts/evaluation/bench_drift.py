"""Drift on made files: how often does a file like the exam alarm, and is a changed one noticed?

    nice .venv/bin/python scripts/evaluation/bench_drift.py            500 files of each kind
    nice .venv/bin/python scripts/evaluation/bench_drift.py --trials 50

Texts are made of sentences on eight subjects, each with words of its own; 2,000 are learned from, and exam
and file are drawn afresh in each trial. The comparison is the product's own. A changed file has a share of
texts on a subject that was never learned, or another mix of subjects, or a model that is less sure.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from workbench.core.words import percent  # noqa: E402
from workbench.evaluation.scoring.drift import Side, find_signs  # noqa: E402
from workbench.evaluation.scoring.pieces import KnownTexts  # noqa: E402

LEARNED = 2000
SUBJECTS = 8
_SYLLABLES = [a + b for a in "bdfgklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "er", "il")]


class Maker:
    """Makes texts: words of a subject between words that all subjects share."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._shared = self._words(60)
        self._own = [self._words(40) for _ in range(SUBJECTS + 1)]

    def _words(self, count: int) -> list[str]:
        sizes = self._rng.integers(2, 4, count)
        return ["".join(self._rng.choice(_SYLLABLES, size)) for size in sizes]

    def texts(self, subjects: Sequence[int]) -> list[str]:
        """A text on each of these subjects; the last subject is never learned."""
        return [
            " ".join([*self._some(self._shared, 4), *self._some(self._own[s], 5)]) for s in subjects
        ]

    def _some(self, words: list[str], most: int) -> list[str]:
        found: list[str] = self._rng.choice(words, most).tolist()
        return found


def side(
    maker: Maker,
    known: KnownTexts,
    rows: int,
    rng: np.random.Generator,
    *,
    new: float = 0.0,
    first: float = 1 / SUBJECTS,
    less_sure: float = 0.0,
) -> Side:
    """Rows of an exam or a file, of which such a share is on a new subject, or on the first one."""
    shares = [first, *[(1 - first) / (SUBJECTS - 1)] * (SUBJECTS - 1)]
    subjects = rng.choice(SUBJECTS, rows, p=shares)
    subjects[rng.random(rows) < new] = SUBJECTS
    sure = np.clip(rng.beta(8, 1.5, rows) - less_sure, 0, 1)
    answered = [f"subject {s % SUBJECTS}" for s in subjects]
    return Side(known.nearest(maker.texts(subjects.tolist())), sure, answered)


KINDS: dict[str, dict[str, float]] = {
    "like the exam": {},
    "5 % on a new subject": {"new": 0.05},
    "15 % on a new subject": {"new": 0.15},
    "40 % on a new subject": {"new": 0.4},
    "a third on one subject": {"first": 0.33},
    "10 points less sure": {"less_sure": 0.1},
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--trials", type=int, default=500)
    trials = parser.parse_args(arguments).trials
    rng = np.random.default_rng(12)
    maker = Maker(rng)
    known = KnownTexts(maker.texts(rng.integers(0, SUBJECTS, LEARNED).tolist()), numbers=False)
    limit = known.usual_limit()
    print(f"{trials:,} files of each kind, 200 rows against an exam of 200; alarms:")
    for title, changed in KINDS.items():
        signs: Counter[str] = Counter()
        for _ in range(trials):
            exam, file = side(maker, known, 200, rng), side(maker, known, 200, rng, **changed)
            found = {sign.name for sign in find_signs(exam, file, limit) if sign.alarm}
            signs.update(found or {"none"})
        alarms = percent(1 - signs.pop("none", 0) / trials)
        by = ", ".join(f"{name} {percent(count / trials)}" for name, count in signs.most_common())
        print(f"  {title:<24} {alarms:>7}   {by}", flush=True)


if __name__ == "__main__":
    main()
