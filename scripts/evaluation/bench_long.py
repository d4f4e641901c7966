"""Texts longer than models read: what windows and chosen parts are worth against cutting.

    .venv/bin/python scripts/evaluation/bench_long.py FILE [--only joins|parts|sorting|writing] [--rows N]

FILE is medquad_3000.jsonl (questions and answers about illnesses, each with a `qtype`). Texts of 2,000
to 6,000 tokens are made of it by joining answers. For the encoder one answer in each is of a category
(symptoms, treatment, inheritance, genetic changes), all others are of none of these, and its category is
the text's; for the writer the question to one of the answers stands before the text, and that answer's
first sentence is wanted. The one answer lies at the beginning, in the middle or at the end, a third of
the rows each. Every second text of each category is the exam, and every fourth of the writer's.

`joins` embeds the windows of such texts once with MiniLM as it came and compares, over five folds, ways to
join them with each other, with the one that held-out rows choose, and with cutting. `parts` asks no
model: it counts how often what is wanted is among the parts that a writer reads. `sorting` and `writing` import, train and examine by the command line, once for each way to read long texts, and hold
the rows that were told to be long against those that a tokenizer counts.
"""

import argparse
import csv
import json
import os
import random
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from command_line import own_home, workbench  # noqa: E402

from workbench.core.tasks import CLASSIFICATION, COMPLETION  # noqa: E402
from workbench.evaluation.scoring.intervals import wilson_interval  # noqa: E402

MINILM, SMOLLM2 = "all-MiniLM-L6-v2", "SmolLM2-135M-Instruct"
CATEGORIES = ("symptoms", "treatment", "inheritance", "genetic changes")
PLACES = ("beginning", "middle", "end")
SHORTEST, LONGEST = 2_000, 6_000
MOST_OF_ONE = 2_500
"""Characters of an answer that are taken."""
SEED = 7
READ = 440
"""Tokens of question and text that a writer reads of 512."""
ENCODER = {"objective": "classes", "num_train_epochs": "2", "per_device_train_batch_size": "8",
           "evals_per_epoch": "0.5", "learning_rate": "2e-4"}  # fmt: skip
WRITER = {"max_steps": "12", "per_device_train_batch_size": "2", "max_length": "512",
          "eval_max_new_tokens": "40", "evals_per_epoch": "0.1", "early_stopping_patience": "0"}  # fmt: skip


@dataclass(frozen=True)
class Text:
    """A long text."""

    text: str
    wanted: str
    """Its category, or the sentence that answers its question."""
    question: str
    place: str
    exam: bool


def main() -> int:
    """Print a table for each part; 0 if no long row went untold."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--only", choices=("joins", "parts", "sorting", "writing"))
    parser.add_argument("--rows", type=int, default=96)
    told = parser.parse_args()
    rows = [json.loads(line) for line in told.file.read_text("utf-8").splitlines()]
    parts: dict[str, Callable[[list[dict[str, str]], int], bool]] = {
        "joins": _joins, "parts": _parts, "sorting": _sorting, "writing": _writing,
    }  # fmt: skip
    with own_home():
        found = [part(rows, told.rows) for name, part in parts.items() if told.only in (None, name)]
    return 0 if all(found) else 1


def sorted_texts(
    rows: Sequence[dict[str, str]], count: int, tokens: Callable[[str], int]
) -> list[Text]:
    """Texts to sort, of each category as many."""
    drawn = random.Random(SEED)
    own = {name: [r["answer"] for r in rows if r["qtype"] == name] for name in CATEGORIES}
    others = [r["answer"] for r in rows if r["qtype"] not in CATEGORIES]
    found = []
    for n in range(count):
        name, turn = CATEGORIES[n % len(CATEGORIES)], n // len(CATEGORIES)
        place = PLACES[turn % len(PLACES)]
        text = _joined(drawn, drawn.choice(own[name]), others, place, tokens)
        found.append(Text(text, name, "", place, turn % 2 == 1))
    return found


def asked_texts(
    rows: Sequence[dict[str, str]], count: int, tokens: Callable[[str], int]
) -> list[Text]:
    """Texts with a question to one of their answers, no other of which is about the same illness."""
    drawn = random.Random(SEED)
    able = [r for r in rows if 40 < len(_first(r["answer"])) < 220]
    found = []
    for n in range(count):
        row, place = drawn.choice(able), PLACES[n % len(PLACES)]
        others = [r["answer"] for r in rows if r["focus"] != row["focus"]]
        text = _joined(drawn, row["answer"], others, place, tokens)
        found.append(Text(text, _first(row["answer"]), row["question"], place, n // 3 % 4 == 3))
    return found


def _first(answer: str) -> str:
    return re.split(r"(?<=[.!?])\s", " ".join(answer.split()), maxsplit=1)[0]


def _joined(
    drawn: random.Random, key: str, others: Sequence[str], place: str, tokens: Callable[[str], int]
) -> str:
    """Answers of altogether `SHORTEST` to `LONGEST` tokens, the shorter the more often."""
    wanted = SHORTEST * (LONGEST / SHORTEST) ** (drawn.random() ** 2)
    parts = [" ".join(key.split())[:MOST_OF_ONE]]
    size = tokens(parts[0])
    while size < wanted:
        one = " ".join(drawn.choice(others).split())[:MOST_OF_ONE]
        if size + (more := tokens(one)) > LONGEST:
            break
        parts.append(one)
        size += more
    at = {"beginning": 0, "middle": len(parts) // 2, "end": len(parts) - 1}[place]
    parts.insert(at, parts.pop(0))
    return "\n\n".join(parts)


def _counter(model: str) -> Callable[[str], int]:
    from tokenizers import Tokenizer

    from workbench.models.bundled import bundled_path

    tokenizer = Tokenizer.from_file(str(bundled_path(model) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda text: len(tokenizer.encode(text).ids)


def _joins(rows: list[dict[str, str]], count: int) -> bool:
    """Compare ways to join what MiniLM as it came sees in the windows of a text."""
    import numpy as np

    from workbench.core.long_texts.joins import JOINS, MEAN
    from workbench.core.long_texts.ways import WINDOWS
    from workbench.engine.encoder.encoder import load_encoder
    from workbench.engine.encoder.goal import OneOf
    from workbench.engine.encoder.joins.choosing import held_out
    from workbench.engine.encoder.joins.reading import see
    from workbench.engine.encoder.reader.reader import load_reader
    from workbench.engine.encoding.encoded_rows import EncodedRows
    from workbench.models.bundled import bundled_path

    texts = sorted_texts(rows, count, _counter(MINILM))
    folder = bundled_path(MINILM)
    encoder = load_encoder(folder)
    reader = load_reader(folder, encoder.body, 256, long_texts=WINDOWS)
    encoder.window = reader.window
    ids = EncodedRows.of_ids(reader.ids([one.text for one in texts]))
    seen, goal = see(encoder, ids, reader.pad_id), OneOf()
    starts = np.searchsorted(seen.owner.numpy(), np.arange(len(seen)))
    first = seen.windows[starts]
    labels = np.array([CATEGORIES.index(one.wanted) for one in texts])
    folds = np.arange(len(texts)) // len(CATEGORIES) % 5
    named = {join: f"windows, {join}" for join in JOINS}
    cut, chosen = "the first window alone (cutting)", "windows, as held-out rows choose"
    right: dict[str, int] = dict.fromkeys((cut, *named.values(), chosen), 0)
    choices = dict.fromkeys(JOINS, 0)
    for fold in range(5):
        learned, asked = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        head, of_first = (
            goal.fit(vectors[learned], labels[learned]) for vectors in (seen.means, first)
        )
        losses = held_out(seen.of(learned), labels[learned], goal, SEED)
        best = min(JOINS, key=losses.__getitem__) if losses else MEAN
        choices[best] += 1
        answers = {name: seen.of(asked).logits(head, join) for join, name in named.items()}
        answers |= {cut: of_first(first[asked]).detach(), chosen: answers[named[best]]}
        for name, logits in answers.items():
            right[name] += int((logits.argmax(1).numpy() == labels[asked]).sum())
    print(
        f"\n{len(texts)} texts, {len(seen.windows)} windows of 256 tokens; MiniLM as it came, five folds"
    )
    for name, number in right.items():
        print(f"  {name:<34} {_share(number, len(texts))}")
    print(f"  chosen in the five folds: {choices}")
    return True


def _share(number: int, of: int) -> str:
    """A share with its 95 % interval."""
    low, high = wilson_interval(number, of)
    return f"{number / of:6.1%} ({low:.1%} to {high:.1%})"


def _sorting(rows: list[dict[str, str]], count: int) -> bool:
    """Train MiniLM to sort the texts, once for each way."""
    tokens = _counter(MINILM)
    texts = sorted_texts(rows, count, tokens)
    dataset = _imported(
        "sorted", CLASSIFICATION.name, texts, lambda one: {"text": one.text, "label": one.wanted}
    )
    print(f"\n{_lengths(texts, tokens)}; {MINILM}, 256 tokens at once")
    told = [
        _way(dataset, MINILM, way, ENCODER, texts, tokens, "accuracy")
        for way in ("windows", "head_tail", "head")
    ]
    return all(told)


def _parts(rows: list[dict[str, str]], count: int) -> bool:
    """Count how often what is wanted is among what a model that writes reads, by each way."""
    from workbench.engine.generative.long_texts.parts import select

    tokens = _counter(SMOLLM2)
    texts = asked_texts(rows, count, tokens)
    print(f"\n{_lengths(texts, tokens)}; {READ} of them are read")
    for way in ("nearest", "head_tail", "head"):
        found = dict.fromkeys(PLACES, 0)
        for one in texts:
            read = select(f"{one.question}\n\n{one.text}", READ, way, tokens).text
            found[one.place] += one.wanted in " ".join(read.split())
        places = ", ".join(f"{place} {number}" for place, number in found.items())
        share = sum(found.values()) / len(texts)
        print(f"  {way:<10} what is wanted is read in {share:.1%} of the texts ({places})")
    return True


def _writing(rows: list[dict[str, str]], count: int) -> bool:
    """Train SmolLM2 to answer from the texts, once for each way."""
    tokens = _counter(SMOLLM2)
    texts = asked_texts(rows, count // 2, tokens)
    dataset = _imported("asked", COMPLETION.name, texts,
                        lambda one: {"prompt": f"{one.question}\n\n{one.text}", "response": one.wanted})  # fmt: skip
    print(f"\n{_lengths(texts, tokens)}; {SMOLLM2}, 512 tokens at once")
    told = [
        _way(dataset, SMOLLM2, way, WRITER, texts, tokens, "chrf") for way in ("nearest", "head")
    ]
    return all(told)


def _way(dataset: int, base: str, way: str, settings: dict[str, str], texts: Sequence[Text],
         tokens: Callable[[str], int], metric: str) -> bool:  # fmt: skip
    """Train and examine with one way; whether every long row was told."""
    chosen = {**settings, "long_texts": way, "lean_on_examples": "no"}
    given = [word for pair in chosen.items() for word in ("--set", "=".join(pair))]
    before = workbench(
        "fit", "--dataset", str(dataset), "--base", base, "--preset", "quick", *given
    )
    run = workbench(
        "train", "--dataset", str(dataset), "--base", base, "--preset", "quick", "--wait", *given
    )
    ladder = workbench("evaluate", "--run", str(run["run_id"]))["ladder"]
    scores = {name: rung["scores"].get(metric) for name, rung in ladder.items()}
    start = scores.get("base", scores.get("probe")) or float("nan")
    low, high = ladder["tuned"]["intervals"].get(metric, (float("nan"),) * 2)
    long, limit = run["long_texts"], run["long_texts"]["limit"]
    counted = sum(
        tokens(f"{one.question}\n\n{one.text}" if one.question else one.text) > limit
        for one in texts
    )
    print(
        f"  {way:<10} {metric}: tuned {scores['tuned']:.3g} ({low:.3g} to {high:.3g}), before "
        f"{start:.3g}, nearest row {scores['nearest']:.3g}; {run['seconds']:.0f} s; long rows: told before "
        f"{before['long_texts']['rows']}, by the training {long['rows']}, counted {counted}",
        flush=True,
    )
    return bool(long["rows"] == counted and long["sentences"])


def _imported(
    name: str, task: str, texts: Sequence[Text], roles: Callable[[Text], dict[str, str]]
) -> int:
    folder = Path(os.environ["WORKBENCH_HOME"]).parent
    paths = [folder / f"{name}.csv", folder / f"{name} exam.csv"]
    for path, exam in zip(paths, (False, True), strict=True):
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(roles(texts[0])))
            writer.writeheader()
            writer.writerows(roles(one) for one in texts if one.exam == exam)
    given = [word for role in roles(texts[0]) for word in ("--map", f"{role}={role}")]
    saved = workbench(
        "import", str(paths[0]), "--test", str(paths[1]), "--project", name, "--task", task, *given
    )
    return int(saved["dataset_id"])


def _lengths(texts: Sequence[Text], tokens: Callable[[str], int]) -> str:
    sizes = sorted(tokens(one.text) for one in texts)
    exam = sum(one.exam for one in texts)
    return (f"{len(texts)} texts ({exam} of them the exam) of {sizes[0]:,} to {sizes[-1]:,} tokens, "
            f"half of them above {sizes[len(sizes) // 2]:,}")  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
