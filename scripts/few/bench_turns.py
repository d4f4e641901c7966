"""An exam by turns on made tables: does its interval hold, and when is "certain" chance?

    nice .venv/bin/python scripts/few/bench_turns.py            500 tables of each kind, some minutes
    nice .venv/bin/python scripts/few/bench_turns.py --trials 50

Texts are made as embeddings: each category has a middle, each row lies around it. A table has 200 or
400 rows; its turns, the interval of its exam by turns and the test of a difference are the product's
own, and the logistic regression has the objective of `engine.encoder.probe` (solved for all tables
at once). What the final model, learned from all rows, really gets right is told by 20,000 fresh rows.

Printed for each kind of table: the mean of that accuracy; how many points the exam by turns says less;
how often its 95 % interval holds the final model's accuracy; how wide it is, as a share of the interval
of a tenth put aside; and how often two models that are equally good are told to differ for certain.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from workbench.data.splits.assign import question_key  # noqa: E402
from workbench.data.splits.turns import draw_turns  # noqa: E402
from workbench.engine.encoder.probe import STRENGTH  # noqa: E402
from workbench.evaluation.scoring.intervals import (  # noqa: E402
    by_turns_interval,
    mcnemar_by_turns,
    wilson_interval,
)

FRESH = 20_000
STEPS = 60
SHARED = 0.7
"""Of a row's way from its middle, how much both models see."""
CHUNK = 100


@dataclass(frozen=True)
class Kind:
    """How tables of a kind are made."""

    rows: int
    categories: int
    apart: float
    """How far the middles lie from each other, by the rows' spread in one direction."""
    uneven: bool = False
    wide: int = 32

    def shares(self) -> np.ndarray:
        """How frequent each category is (categories,)."""
        shares = 0.75 ** np.arange(self.categories) if self.uneven else np.ones(self.categories)
        shares = np.maximum(shares, 0.1 * shares.max())
        found: np.ndarray = shares / shares.sum()
        return found

    def __str__(self) -> str:
        return f"{self.rows} rows, {self.categories:>2} {'uneven' if self.uneven else 'even'}"


KINDS = [
    Kind(rows, categories, apart, uneven)
    for rows in (200, 400)
    for categories, apart, uneven in (
        (2, 1.5, False), (2, 3.0, True), (5, 1.5, False), (5, 3.0, True), (10, 2.0, False),
        (10, 3.5, True), (20, 2.5, False), (20, 4.0, False),
    )
]  # fmt: skip


class Tables:
    """Some tables of one kind, seen by two models that are equally good."""

    def __init__(self, kind: Kind, middles: torch.Tensor, trials: int, rng: np.random.Generator):
        self.kind = kind
        labels = rng.choice(kind.categories, (trials, kind.rows), p=kind.shares())
        self.labels = torch.from_numpy(labels)
        self.views = _views(middles, self.labels)
        self.turns = torch.from_numpy(np.stack([_turns(own.tolist()) for own in labels]))


def _views(middles: torch.Tensor, labels: torch.Tensor) -> list[torch.Tensor]:
    """Two embeddings of each row (..., rows, wide): its middle, a common way from it, an own one."""
    shape = (*labels.shape, middles.shape[1])
    common = SHARED**0.5 * torch.randn(shape)
    return [middles[labels] + common + (1 - SHARED) ** 0.5 * torch.randn(shape) for _ in range(2)]


KEYS = [question_key(str(row)) for row in range(400)]


def _turns(labels: list[int]) -> list[int]:
    keys = KEYS[: len(labels)]
    turns = draw_turns(range(len(labels)), keys, [str(label) for label in labels], seed=42)
    if turns is None:
        raise SystemExit("A table has no turns.")
    return [turns.of.get(row, -1) for row in range(len(labels))]


def fit(
    features: torch.Tensor, labels: torch.Tensor, learned: torch.Tensor, several: int
) -> torch.Tensor:
    """Weights (tables, wide + 1, categories) of logistic regressions on the rows that are learned,
    for features as they are: their middle and scale are within the weights.

    Böhning's bound of the Hessian, with Nesterov's momentum.
    """
    count = learned.sum(1).float()
    shares = (learned / count[:, None])[..., None]
    centre = (features * shares).sum(1, keepdim=True)
    spread = (
        ((features - centre).square().sum(2, keepdim=True) * shares).sum(1, keepdim=True).sqrt()
    )
    own = torch.cat([(features - centre) / spread, torch.ones_like(features[..., :1])], 2)
    weighed = own * shares
    penalty = (2 if several == 2 else 1) / (STRENGTH * count)
    curb = torch.ones(features.shape[2] + 1)
    curb[-1] = 0.0
    diagonal = torch.diag_embed(penalty[:, None] * curb + 1e-6)
    back = torch.linalg.inv(0.5 * weighed.mT @ own + diagonal)
    wanted = torch.nn.functional.one_hot(labels, several).float()
    # A category without a row has no slope but that of its penalty.
    weights = before = torch.zeros(len(own), own.shape[2], several)
    for step in range(STEPS):
        ahead = weights + step / (step + 3) * (weights - before)
        slope = weighed.mT @ ((own @ ahead).softmax(2) - wanted)
        slope += penalty[:, None, None] * curb[:, None] * ahead
        weights, before = ahead - back @ slope, weights
    plain = weights[:, :-1] / spread
    return torch.cat([plain, weights[:, -1:] - centre @ plain], 1)


def answers(weights: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
    """The likeliest category of each row."""
    return (features @ weights[:, :-1] + weights[:, -1:]).argmax(2)


def asked_by_turns(tables: Tables, view: torch.Tensor) -> torch.Tensor:
    """Whether each row is answered rightly by the training that left it out (tables, rows)."""
    right = torch.zeros_like(tables.labels, dtype=torch.bool)
    for turn in range(int(tables.turns.max()) + 1):
        held = tables.turns == turn
        weights = fit(view, tables.labels, ~held, tables.kind.categories)
        right |= held & (answers(weights, view) == tables.labels)
    return right


def bench(kind: Kind, trials: int, seed: int) -> list[float]:
    """Mean accuracy, what the exam says less, coverage, width by a tenth's, certain by chance."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    direction = torch.randn(kind.categories, kind.wide)
    middles = kind.apart * direction / direction.norm(dim=1, keepdim=True)
    fresh_labels = torch.from_numpy(rng.choice(kind.categories, FRESH, p=kind.shares()))
    fresh = _views(middles, fresh_labels)[0]
    found: list[list[float]] = []
    for start in range(0, trials, CHUNK):
        tables = Tables(kind, middles, min(CHUNK, trials - start), rng)
        first, second = (asked_by_turns(tables, view) for view in tables.views)
        everything = torch.ones_like(tables.labels, dtype=torch.bool)
        final = fit(tables.views[0], tables.labels, everything, kind.categories)
        truth = torch.stack(
            [(answers(w[None], fresh)[0] == fresh_labels).float().mean() for w in final]
        )
        rows = (tables.turns >= 0).sum(1)
        for table, (right, other) in enumerate(zip(first, second, strict=True)):
            found.append(_judged(right, other, int(rows[table]), float(truth[table]), kind.rows))
    accuracy, less, covered, wide, tenth, certain = np.mean(found, 0)
    return [100 * accuracy, 100 * less, 100 * covered, wide / tenth, 100 * certain]


def _judged(
    right: torch.Tensor, other: torch.Tensor, rows: int, truth: float, all_rows: int
) -> list[float]:
    said = int(right.sum())
    low, high = by_turns_interval(said, rows)
    few = all_rows // 10
    narrow = wilson_interval(truth * few, few)
    p_value = mcnemar_by_turns(int((right & ~other).sum()), int((other & ~right).sum()))
    width = narrow[1] - narrow[0]
    return [truth, truth - said / rows, low <= truth <= high, high - low, width, p_value < 0.05]


def main() -> None:
    """Print a line for each kind of table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()
    torch.set_num_threads(1)
    print(f"{options.trials} tables of each kind; in %, width as a share of a tenth's")
    print(f"{'':<28}{'right':>8}{'says less':>11}{'covered':>9}{'width':>7}{'certain':>9}")
    found = []
    for kind in KINDS:
        line = bench(kind, options.trials, options.seed)
        found.append(line)
        name = f"{kind}, {kind.apart:g} apart"
        print(
            f"{name:<28}{line[0]:>8.1f}{line[1]:>11.2f}{line[2]:>9.1f}{line[3]:>7.2f}{line[4]:>9.1f}",
            flush=True,
        )
    worst = [min(line[2] for line in found), *(max(line[i] for line in found) for i in (3, 4))]
    print(f"{'the worst of each':<47}{worst[0]:>9.1f}{worst[1]:>7.2f}{worst[2]:>9.1f}")
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
