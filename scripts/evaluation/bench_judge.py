"""How often the interval of Cohen's kappa holds, and how many judges pass that should not.

    .venv/bin/python scripts/evaluation/bench_judge.py [TRIALS]

Simulated judges and people: on a share of the pairs the judge sees what people see, on the others it
draws its verdict by the same habits, so that this share is the true kappa.
"""

import itertools
import math
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from workbench.evaluation.judge.agreement import LIMIT, agreement  # noqa: E402

TRIALS = 2000
HABITS = {
    "wins half": (0.5, 0.2, 0.3),
    "mostly wins": (0.7, 0.1, 0.2),
    "no ties": (0.5, 0.0, 0.5),
    "nearly all wins": (0.85, 0.05, 0.1),
}
KAPPAS, PAIRS = (0.0, 0.4, 0.6, 0.8), (20, 40, 80)


def main(trials: int) -> None:
    """Print a line for each kind of judge, and the worst of them."""
    rng, worst, passed = np.random.default_rng(1), 1.0, 0.0
    print(f"{'pairs':>5}  {'habits':<16} kappa  ours   usual  counts")
    for pairs, (name, habits), kappa in itertools.product(PAIRS, HABITS.items(), KAPPAS):
        ours = usual = counts = known = 0
        for _ in range(trials):
            people = rng.choice([1, 0, -1], pairs, p=habits)
            own = rng.choice([1, 0, -1], pairs, p=habits)
            judged = np.where(rng.random(pairs) < kappa, people, own)
            found = agreement(judged.tolist(), people.tolist())
            if found.kappa is None or found.interval is None:
                continue
            known += 1
            ours += found.interval[0] <= kappa <= found.interval[1]
            half = 1.959963984540054 * standard_error(judged, people, found.kappa)
            usual += found.kappa - half <= kappa <= found.kappa + half
            counts += found.counts
        print(
            f"{pairs:>5}  {name:<16} {kappa:.1f}    {ours / known:.3f}  {usual / known:.3f}  "
            f"{counts / known:.3f}"
        )
        worst = min(worst, ours / known)
        passed = max(passed, counts / known if kappa <= LIMIT else 0.0)
    print(
        f"The interval holds in {worst:.1%} of cases or more; of judges whose true kappa is {LIMIT} or "
        f"less at most {passed:.1%} count."
    )


def standard_error(judged: np.ndarray, people: np.ndarray, kappa: float) -> float:
    """Of kappa, as Fleiss, Cohen and Everitt 1969 (Psychol. Bull. 72:323–327) have it."""
    kinds = (1, 0, -1)
    cells = np.array([[np.mean((judged == a) & (people == b)) for b in kinds] for a in kinds])
    rows, columns = cells.sum(axis=1), cells.sum(axis=0)
    chance = float(rows @ columns)
    on = sum(
        cells[i, i] * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2 for i in range(len(kinds))
    )
    off = (1 - kappa) ** 2 * sum(
        cells[i, j] * (columns[i] + rows[j]) ** 2 for i, j in itertools.permutations(range(3), 2)
    )
    inner = max(0.0, on + off - (kappa - chance * (1 - kappa)) ** 2)
    return math.sqrt(inner / len(judged)) / (1 - chance)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TRIALS)
