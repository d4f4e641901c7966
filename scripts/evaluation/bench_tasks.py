"""Several categories a text, two texts that belong together, and numbers: how well they are learned, and
whether the scores are scikit-learn's (and SciPy's).

    .venv/bin/python scripts/evaluation/bench_tasks.py [--rows N] [--preset quick] [--tasks sets,pairs,same,stars,words]
        [--by classes|contrastive]

sets: two or three customer questions of BANKING77 are put behind each other, of as many of 12 of its
categories (every sixth by name); all of theirs are to be found.
pairs: a question of MedQuAD and the beginning of an answer: its own, or (half of them) another one, of the
same disease where there is one; do they belong together?
same: two customer questions of BANKING77: of one category, or (half of them) of two whose names stand beside
each other in the alphabet and begin with the same word where there are such; do they ask the same?

stars: four sentences of the Yelp part of UCI's sentiment set behind each other; one star, and one more for
each that is positive.
words: a question of MedQuAD; how many words its answer has, which runs from a few to hundreds.

`--by` has pairs learned by categories or by contrast, with the preset's settings for each; without it as
the preset has it. All are imported as a file and split as any other; the bundled encoder is trained briefly. Prints the scores
of probe and trained model on the exam beside scikit-learn's on the same answers; 1 where they differ.
"""

import argparse
import csv
import json
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import engine_job  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from numbers_made import NUMBERS, of_numbers, ranges_told  # noqa: E402

from workbench.core.tasks.category_sets import categories_in  # noqa: E402
from workbench.core.tasks.text_pair import headings_of  # noqa: E402
from workbench.jobs.process.specs import BaseModelRef, TrainSpec  # noqa: E402
from workbench.models.bundled import bundled_path  # noqa: E402
from workbench.models.families import ENCODER  # noqa: E402
from workbench.training.presets import preset  # noqa: E402

DATA = Path(os.environ.get("BENCH_DATA", ROOT.parent / "shared" / "data"))
MODEL = "all-MiniLM-L6-v2"
EVERY, BEGINNING, SEED = 6, 240, 1
TOLERANCE = 1e-9
Table = tuple[list[str], list[list[str]]]


def main() -> int:
    """Measure; 0 if all scores are scikit-learn's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--tasks", default="sets,pairs")
    parser.add_argument("--by", choices=("classes", "contrastive"))
    told = parser.parse_args()
    equal = True
    for name in told.tasks.split(","):
        with tempfile.TemporaryDirectory() as home:
            os.environ["WORKBENCH_HOME"] = home
            equal &= _measured(name, TASKS[name](told.rows), told.preset, told.by, Path(home))
    return 0 if equal else 1


def joined(rows: int) -> Table:
    """Questions of several categories behind each other."""
    by_label: dict[str, list[str]] = defaultdict(list)
    with (DATA / "banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by_label[row["category"]].append(row["text"])
    draw, labels = random.Random(SEED), sorted(by_label)[::EVERY][:12]
    table = []
    for _ in range(rows):
        chosen = draw.sample(labels, draw.choice((2, 3)))
        table.append([" ".join(draw.choice(by_label[one]) for one in chosen), "; ".join(chosen)])
    return ["text", "topics"], table


def asked(rows: int) -> Table:
    """Questions with their own answers, and with others'."""
    with (DATA / "medquad" / "medquad_3000.jsonl").open(encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    by_focus: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in found:
        by_focus[row["focus"]].append(row)
    draw = random.Random(SEED)
    table = []
    for number, row in enumerate(draw.sample(found, min(rows, len(found)))):
        near = [other for other in by_focus[row["focus"]] if other["answer"] != row["answer"]]
        own = number % 2 == 0
        answer = row if own else draw.choice(near or found)
        table.append([row["question"], answer["answer"][:BEGINNING], "yes" if own else "no"])
    return ["question", "answer", "is_answered"], table


def alike(rows: int) -> Table:
    """Two questions of one category, or of two neighbouring ones."""
    by_label: dict[str, list[str]] = defaultdict(list)
    with (DATA / "banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by_label[row["category"]].append(row["text"])
    labels = sorted(by_label)
    draw, table = random.Random(SEED), []
    for number in range(rows):
        at = draw.randrange(len(labels))
        beside = [labels[place % len(labels)] for place in (at - 1, at + 1)]
        kin = [name for name in beside if name.split("_")[0] == labels[at].split("_")[0]]
        one, other = draw.sample(by_label[labels[at]], 2)
        if number % 2:
            other = draw.choice(by_label[draw.choice(kin or beside)])
        table.append([one, other, "no" if number % 2 else "yes"])
    return ["sentence1", "sentence2", "is_the_same"], table


TASKS: dict[str, Callable[[int], Table]] = {
    "sets": joined, "pairs": asked, "same": alike, **NUMBERS,
}  # fmt: skip


def _measured(name: str, table: Table, preset_name: str, by: str | None, home: Path) -> bool:
    from storage.schema import open_store
    from workbench.data import datasets
    from workbench.data.readers import ReadOptions
    from workbench.projects import projects

    path = home / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([table[0], *table[1]])
    store = open_store()
    options = ReadOptions(choice="several" if name == "sets" else "")
    saved = datasets.save_version(
        store, project_id=projects.create_project(store, name), path=path, options=options
    )
    version = datasets.get_version(store, saved.version_id)
    rows = version.splits["train"]
    headings = headings_of(version.mapping["roles"]["text"])
    spec = TrainSpec(
        job_id=1,
        task=version.task,
        data=version.path,
        base=BaseModelRef(MODEL, bundled_path(MODEL), ENCODER.name),
        recipe=preset(
            preset_name,
            task=version.task,
            family=ENCODER.name,
            rows=rows,
            pair=bool(headings) and by != "contrastive",
        ),
        pair=headings or None,
    )
    began = time.monotonic()
    result = engine_job.trained(spec, home / "job")
    seconds = time.monotonic() - began
    print(
        f"tasks: {name}: {version.task}, {rows} rows to learn from, {result['rows']} in the exam, "
        f"read as {' and '.join(headings) or 'one text'}; {seconds:.0f} s",
        flush=True,
    )
    answers = pq.read_table(result["predictions"]).to_pydict()
    if name in NUMBERS:
        print(f"tasks: {name} {ranges_told(answers)}", flush=True)
    simplest = "median" if name in NUMBERS else "frequent"
    return all(
        _compared(name, who, answers, result)
        for who in (simplest, "baseline", "nearest", "base", "tuned")
    )


def _compared(name: str, who: str, answers: dict[str, list[Any]], result: dict[str, Any]) -> bool:
    ours = result["scores"]["test"][who]
    compute = _of_sets if name == "sets" else of_numbers if name in NUMBERS else _of_one
    theirs = compute(answers["expected"], answers[who])
    for score, value in theirs.items():
        same = abs(ours[score] - value) < TOLERANCE
        print(f"tasks: {name} {who:9} {score:10} {ours[score]:.6f}  scikit-learn {value:.6f}"
              f"{'' if same else '  DIFFERENT'}", flush=True)  # fmt: skip
    return all(abs(ours[score] - value) < TOLERANCE for score, value in theirs.items())


def _of_sets(expected: Sequence[str], given: Sequence[str]) -> dict[str, float]:
    from sklearn.metrics import accuracy_score, f1_score
    from sklearn.preprocessing import MultiLabelBinarizer

    both = [list(map(categories_in, texts)) for texts in (expected, given)]
    binary = MultiLabelBinarizer().fit([*both[0], *both[1]])
    wanted, told = (binary.transform(sets) for sets in both)
    return {
        "micro_f1": f1_score(wanted, told, average="micro", zero_division=0),
        "macro_f1": f1_score(wanted, told, average="macro", zero_division=0),
        "exact_sets": accuracy_score(wanted, told),
    }


def _of_one(expected: Sequence[str], given: Sequence[str]) -> dict[str, float]:
    from sklearn.metrics import accuracy_score, f1_score

    return {
        "accuracy": accuracy_score(expected, given),
        "macro_f1": f1_score(expected, given, average="macro", zero_division=0),
    }


if __name__ == "__main__":
    raise SystemExit(main())
