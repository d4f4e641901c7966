"""Whether "learn our language" helps: on held-out texts, and for a training that starts from it.

    .venv/bin/python scripts/evaluation/bench_language.py [--data FILE] [--model NAME] [--docs N]
        [--pairs N] [--exam N] [--passes N] [--kept FOLDER]

Of questions and answers (medquad, JSON lines with `question` and `answer`; answers of at most `LONGEST`
characters, one of a text each) some answers are learned as texts, other pairs as question and answer, once
from the base model and once from the model that read the texts, alike in all else; none of either is in
the exam. Prints perplexity and bits per byte of the exam's answers as texts before and after, the loss
on its answers behind their questions, both with 95 % intervals over rows, paired; and what going on from an
adapter does to the model's numbers where it is poured into the next one, as the workbench does, or
merged into the base model's 16 bits and packed into 4 again.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from peft import PeftModel

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import engine_job  # noqa: E402

from workbench.core.recipe import Recipe  # noqa: E402
from workbench.core.tasks import COMPLETION, LANGUAGE_MODELLING  # noqa: E402
from workbench.engine.causal.batches import collate  # noqa: E402
from workbench.engine.causal.documents.likelihood import likelihoods  # noqa: E402
from workbench.engine.causal.encode import Wording, encode  # noqa: E402
from workbench.engine.causal.loss import AnswerLoss, to_device  # noqa: E402
from workbench.engine.causal.model import CausalModel, load_causal  # noqa: E402
from workbench.engine.models.load import base_folder, load_base, load_tokenizer  # noqa: E402
from workbench.evaluation.scoring.likelihoods import Likelihoods  # noqa: E402
from workbench.evaluation.scoring.resampling import difference_interval, interval  # noqa: E402
from workbench.evaluation.scoring.sums import Sums  # noqa: E402
from workbench.jobs.process.chain import Link  # noqa: E402
from workbench.jobs.process.job_dir import JobDir  # noqa: E402
from workbench.jobs.process.specs import BaseModelRef, TrainSpec  # noqa: E402
from workbench.models.bundled import bundled_path  # noqa: E402
from workbench.models.families import CAUSAL  # noqa: E402

LONGEST, SEED = 700, 5
MEDQUAD = ROOT.parent / "shared" / "data" / "medquad" / "medquad_3000.jsonl"
Row = dict[str, Any]


def main() -> int:
    """Train three times, measure, print the tables; 0 if both demands hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=MEDQUAD)
    parser.add_argument("--model", default="SmolLM2-135M-Instruct")
    parser.add_argument("--docs", type=int, default=160)
    parser.add_argument("--pairs", type=int, default=64)
    parser.add_argument("--exam", type=int, default=60)
    parser.add_argument("--passes", type=float, default=1.0)
    parser.add_argument("--kept", type=Path, default=None)
    told = parser.parse_args()
    kept = told.kept or Path(tempfile.mkdtemp(prefix="bench_language"))
    kept.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    rows = chosen(told.data, told.docs + told.pairs + told.exam)
    docs, pairs = rows[: told.docs], rows[told.docs : told.docs + told.pairs]
    asked = rows[-told.exam :]
    base = BaseModelRef(told.model, bundled_path(told.model), CAUSAL.name)
    texts = [{"text": row["response"]} for row in docs]
    read = job_of(kept / "language", base, texts, LANGUAGE_MODELLING.name, told.passes)
    chain = (Link(1, "Language", "Bench", LANGUAGE_MODELLING.name, "medquad", base.name),)
    plain = job_of(kept / "from-base", base, pairs, COMPLETION.name, 2.0)
    further = job_of(
        kept / "from-language", base, pairs, COMPLETION.name, 2.0, start=read, chain=chain
    )
    good = told_texts(base, read, asked)
    good &= told_answers(base, plain, further, asked)
    told_ways(base, read, asked[:20])
    print(f"\nlanguage: {len(docs)} texts, {len(pairs)} pairs, {len(asked)} in the exam, "
          f"{time.monotonic() - began:.0f} s")  # fmt: skip
    return 0 if good else 1


def chosen(path: Path, count: int) -> list[Row]:
    """Rows of different answers, none too long, in an order of chance."""
    found = {}
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        if 100 <= len(row["answer"]) <= LONGEST:
            found.setdefault(row["answer"], row["question"])
    rows = [{"prompt": question, "response": answer} for answer, question in found.items()]
    random.Random(SEED).shuffle(rows)
    return rows[:count]


def job_of(
    folder: Path,
    base: BaseModelRef,
    rows: Sequence[Row],
    task: str,
    passes: float,
    start: Path | None = None,
    chain: tuple[Link, ...] | None = None,
) -> Path:
    """The adapter of a training, done now if it is not there; of its rows none is an exam."""
    job = JobDir(folder)
    if job.result.is_file():
        return job.adapter
    data = folder.with_suffix(".parquet")
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    numbers = list(range(1, len(rows) + 1))
    pq.write_table(pa.table({"row_id": numbers, "split": ["train"] * len(rows), **columns}), data)
    recipe = Recipe(
        lora_dropout=0.0, learning_rate=5e-4, num_train_epochs=passes, seed=SEED,
        per_device_train_batch_size=4, gradient_accumulation_steps=2,
        early_stopping_patience=0, evals_per_epoch=1.0 / passes,
    )  # fmt: skip
    spec = TrainSpec(task=task, data=data, base=base, recipe=recipe, start=start, chain=chain)
    result = engine_job.trained(spec, folder)
    print(f"{folder.name}: {result['steps']} steps, {result['seconds']:.0f} s, "
          f"{result['tokens_per_second']:.0f} tokens/s", flush=True)  # fmt: skip
    return job.adapter


def told_texts(base: BaseModelRef, adapter: Path, asked: Sequence[Row]) -> bool:
    """Perplexity and bits per byte of the exam's answers as texts; whether bits fell for sure."""
    model = load_causal(base, adapter, Recipe())
    rows = [{"text": row["response"]} for row in asked]
    with model.untrained():
        before = scored(model, rows)
    after = scored(model, rows)
    print("\n| held-out texts | perplexity | bits per byte |\n| --- | --- | --- |")
    for name, own in (("before", before), ("after", after)):
        low, high = interval(bits(own))
        told = own.scores()
        print(f"| {name} | {told['perplexity']:.2f} | {told['bits_per_byte']:.3f} "
              f"({low:.3f} to {high:.3f}) |")  # fmt: skip
    low, high = difference_interval(bits(before), bits(after))
    gain = bits(before).score - bits(after).score
    print(f"| fewer bits, text by text | | {gain:.3f} ({low:.3f} to {high:.3f}) |")
    return low > 0


def scored(model: CausalModel, rows: Sequence[Row]) -> Likelihoods:
    """How likely each text is."""
    as_texts = replace(model, wording=replace(model.wording, task=LANGUAGE_MODELLING.name))
    return likelihoods(as_texts, AnswerLoss(model.model), rows, lambda: None)


def bits(told: Likelihoods) -> Sums:
    """What each text adds to bits per byte."""
    table = np.array([told.nats, told.bytes], float).T
    return Sums(table, lambda sums: sums[..., 0] / sums[..., 1] / np.log(2))


def told_answers(base: BaseModelRef, plain: Path, further: Path, asked: Sequence[Row]) -> bool:
    """The loss on answers behind their questions; whether starting from texts is not worse for sure."""
    model = load_causal(base, plain, Recipe())
    with model.untrained():
        untrained = answers(model, asked)
    found = [("base model", untrained), ("trained from the base model", answers(model, asked))]
    found.append(("trained from the texts", answers(load_causal(base, further, Recipe()), asked)))
    print("\n| answers to held-out questions | loss a token |\n| --- | --- |")
    for name, own in found:
        low, high = interval(own)
        print(f"| {name} | {own.score:.3f} ({low:.3f} to {high:.3f}) |")
    low, high = difference_interval(found[1][1], found[2][1])
    gain = found[1][1].score - found[2][1].score
    print(f"| less by starting from the texts, row by row | {gain:.3f} ({low:.3f} to {high:.3f}) |")
    return high > 0


@torch.no_grad()
def answers(model: CausalModel, asked: Sequence[Row]) -> Sums:
    """What each row adds to the mean loss of a learned token."""
    rows = [{"row_id": number, **row} for number, row in enumerate(asked, 1)]
    examples = encode(rows, model.wording, model.tokenizer, model.max_length)
    loss, sums = AnswerLoss(model.model), []
    for start in range(0, len(examples), 8):
        part = examples.__getitems__(range(start, min(start + 8, len(examples))))
        wrong = loss.by_row(to_device(collate(part, model.tokenizer.pad_token_id))).tolist()
        sums += [[w, int(one.learned[1:].sum())] for w, one in zip(wrong, part, strict=True)]
    return Sums(np.array(sums, float), lambda s: s[..., 0] / s[..., 1])


def told_ways(base: BaseModelRef, adapter: Path, asked: Sequence[Row]) -> None:
    """What the model computes at the start of a next training, in two ways."""
    rows = [{"text": row["response"]} for row in asked]
    model = load_causal(base, adapter, Recipe())
    poured = scored(model, rows)
    whole = PeftModel.from_pretrained(load_base(base_folder(base)), adapter).merge_and_unload()
    with tempfile.TemporaryDirectory() as place:
        whole.save_pretrained(place)
        packed = load_base(Path(place), "nf4").eval()
        tokenizer = load_tokenizer(base_folder(base), model.wording.template)
        wording = Wording(LANGUAGE_MODELLING.name, model.wording.template)
        merged = scored(CausalModel(packed, tokenizer, wording, model.max_length), rows)
    print("\n| at the start of the next training | bits per byte | moved, a text on average |")
    print("| --- | --- | --- |")
    for name, own in (("poured into the next adapter", poured), ("merged, packed again", merged)):
        moved = np.abs(np.array(own.nats) - poured.nats) / np.array(own.bytes) / np.log(2)
        print(f"| {name} | {bits(own).score:.4f} | {moved.mean():.4f} |")


if __name__ == "__main__":
    sys.exit(main())
