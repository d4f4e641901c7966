"""Prints how well texts of categories that nobody taught are told, and what that costs.

    .venv/bin/python scripts/few/bench_none_of_these.py [SET:ROWS ...] [--draws N] [--first K]

SET is banking77 (10 of its 77 categories are withheld) or bitext_support (5 of its 27); ROWS are
those of each category that are learned from, or `all`. Both sets are read from the folder that
WORKBENCH_BENCH_DATA names, and tested on their own test rows, those of the withheld categories
included. Each draw withholds others and is a training of its own, by the preset *balanced*, as in
scripts/few/bench_few.py; a ninth of the rows are practice questions. In a line: the share of withheld
rows that are refused; the accuracy on the rest, and by how much it falls when a refusal counts as
wrong; the accuracy of what is not refused. A draw without a threshold refuses nothing.
"""

import argparse
import random
import statistics
from collections.abc import Sequence

from bench_few import both_parts, examined, of_each

WITHHELD = {"banking77": 10, "bitext_support": 5}
FEW = 2_000
"""Up to so many rows the preset learns by turns."""
ALL = ("banking77:all", "banking77:20", "bitext_support:all", "bitext_support:20")


def main() -> int:
    """Measure and print, a line a draw and one for all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=ALL)
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--first", type=int, default=0, help="the number of the first draw")
    told = parser.parse_args()
    for name in told.sets:
        found = []
        for seed in range(told.first, told.first + told.draws):
            found.append(drawn(*name.split(":"), seed))
            print(f"none of these: {name}, draw {seed}: {_words(found[-1])}", flush=True)
        means = [statistics.mean(column) for column in zip(*found, strict=True)]
        print(f"none of these: {name}, {told.draws} draws: {_words(means)}", flush=True)
    return 0


def drawn(source: str, rows: str, seed: int) -> tuple[float, ...]:
    """Recall, accuracy, its fall, accuracy of the answered, share refused of known rows, seconds."""
    picked = random.Random(seed)
    train, test = both_parts(source)
    labels = sorted({label for _, label in train})
    withheld = set(picked.sample(labels, WITHHELD[source]))
    train = [pair for pair in train if pair[1] not in withheld]
    if rows == "all":
        picked.shuffle(train)
    else:
        train = of_each(train, int(rows), picked)
    answers, seconds = examined(train, test, seed, "few" if len(train) <= FEW else "classes")
    refused = answers.get("none_of_these") or [False] * len(test)
    columns = zip(answers["expected"], answers["tuned"], refused, strict=True)
    strange = [none for wanted, _, none in columns if wanted in withheld]
    columns = zip(answers["expected"], answers["tuned"], refused, strict=True)
    known = [(wanted == given, none) for wanted, given, none in columns if wanted not in withheld]
    before = statistics.mean(right for right, _ in known)
    after = statistics.mean(right and not none for right, none in known)
    answered = statistics.mean(right for right, none in known if not none)
    share = statistics.mean(none for _, none in known)
    return statistics.mean(strange), before, before - after, answered, share, seconds


def _words(found: Sequence[float]) -> str:
    recall, before, fall, answered, share, seconds = found
    return (
        f"{100 * recall:.1f} % of the withheld refused; the rest {100 * before:.2f} % right, falls "
        f"by {100 * fall:.2f} points ({100 * share:.1f} % refused, {100 * answered:.2f} % of the "
        f"others right); {seconds:.0f} s"
    )


if __name__ == "__main__":
    raise SystemExit(main())
