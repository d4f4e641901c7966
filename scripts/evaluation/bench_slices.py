"""Slices on made tables: how often is a table flagged that has no weak group, and are real ones found?

    nice .venv/bin/python scripts/evaluation/bench_slices.py            1,000 tables of each kind
    nice .venv/bin/python scripts/evaluation/bench_slices.py --trials 100

A table has 20 columns of 2 to 30 values, months and numbers, some of which say the same as others; the
groups, the tests and what counts as certain are the product's own. Scores are right or wrong, or
likenesses of 0 to 100 with a heavy tail, and have nothing to do with the columns. Printed is the share
of tables with a group that is called certain, and with one that is called weak. Then a tenth of the
rows, one value of a column, is made worse by so many points: how often that very group is called weak.
At last the seconds that 3,000 rows of 20 columns take.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from workbench.core.words import percent  # noqa: E402
from workbench.evaluation.scoring.slices.grouping import Group, groups_of  # noqa: E402
from workbench.evaluation.scoring.slices.slices import Slice, find_slices  # noqa: E402

COLUMNS = 20
REGION = ("North", "South", "East", "West", "Alps", "Coast", "Islands", "Hills", "Lakes", "City")


def table(rows: int, rng: np.random.Generator) -> dict[str, list[str]]:
    """Columns as a user's table has them; the first is the region, a tenth of the rows each."""
    found = {"region": rng.choice(REGION, rows).tolist()}
    for number in range(1, COLUMNS):
        name = f"column {number}"
        match number % 5:
            case 0:
                found[name] = [f"2026-{month:02}-05" for month in rng.integers(1, 13, rows)]
            case 1:
                found[name] = [f"{value:.2f}" for value in rng.lognormal(3, 1, rows)]
            case 2:
                found[name] = [f"of {region}" for region in found["region"]]
            case _:
                values = int(rng.integers(2, 31))
                shares = rng.dirichlet(np.full(values, 1.5))
                found[name] = [f"value {v}" for v in rng.choice(values, rows, p=shares)]
    return found


def groups_in(columns: dict[str, list[str]]) -> list[Group]:
    """The groups of all columns."""
    made = (groups_of(name, cells) for name, cells in columns.items())
    return [group for groups in made if isinstance(groups, list) for group in groups]


def scores(rows: int, level: float, rng: np.random.Generator) -> np.ndarray:
    """Right or wrong at this share; a level of 0 stands for likenesses."""
    if level:
        return (rng.random(rows) < level).astype(float)
    found: np.ndarray = np.where(rng.random(rows) < 0.15, 100.0, 100 * rng.beta(1.2, 3, rows))
    return found


def slices_of(rows: int, level: float, loss: float, rng: np.random.Generator) -> list[Slice]:
    """The slices of one table, whose region North is made worse by `loss` points of 100."""
    columns = table(rows, rng)
    made, hit = scores(rows, level, rng), np.array(columns["region"]) == "North"
    if loss and level:
        made[hit] = (rng.random(int(hit.sum())) < level - loss / 100).astype(float)
    elif loss:
        made[hit] = np.maximum(0.0, made[hit] - loss)
    return find_slices(groups_in(columns), made, is_share=bool(level))


def without_weak(rows: int, level: float, trials: int, rng: np.random.Generator) -> str:
    """How many tables without a weak group are flagged all the same."""
    found = [slices_of(rows, level, 0, rng) for _ in range(trials)]
    certain = np.mean([any(one.certain for one in some) for some in found])
    weak = np.mean([any(one.is_weak for one in some) for some in found])
    return f"any difference {percent(float(certain)):>6}   a weak group {percent(float(weak)):>6}"


def power(rows: int, level: float, loss: float, trials: int, rng: np.random.Generator) -> str:
    """How often the weak group is found, and is the first."""
    found = [slices_of(rows, level, loss, rng) for _ in range(trials)]
    hits = [[one for one in some if one.is_weak and one.value == "North"] for some in found]
    return f"{loss:g} points worse: found in {percent(float(np.mean(list(map(bool, hits))))):>6}"


def seconds(rows: int) -> float:
    """How long one look takes."""
    rng = np.random.default_rng(1)
    columns, made = table(rows, rng), scores(rows, 0.9, rng)
    start = time.perf_counter()
    find_slices(groups_in(columns), made, is_share=True)
    return time.perf_counter() - start


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--trials", type=int, default=1000)
    trials = parser.parse_args(arguments).trials
    rng = np.random.default_rng(5)
    kinds = [(300, 0.9), (300, 0.6), (1000, 0.95), (1000, 0.8), (300, 0.0), (1000, 0.0)]
    print(f"{trials:,} tables of each kind, {COLUMNS} columns. Without a weak group, flagged:")
    for rows, level in kinds:
        what = f"{rows:>5} rows, {f'{level:.0%} right' if level else 'likeness'}"
        print(f"  {what:<24} {without_weak(rows, level, trials, rng)}", flush=True)
    print("One of ten regions really worse:")
    for rows, level in kinds:
        what = f"{rows:>5} rows, {f'{level:.0%} right' if level else 'likeness'}"
        told = [power(rows, level, loss, max(20, trials // 10), rng) for loss in (10, 20, 30)]
        print(f"  {what:<24} {'   '.join(told)}", flush=True)
    print(f"3,000 rows, {COLUMNS} columns: {seconds(3000):.2f} s")


if __name__ == "__main__":
    main()
