"""Teaches two models to summarise questions, as a user would, and prints how near they come.

    .venv/bin/python scripts/summaries.py FILE [--rows N] [--steps N]

FILE is a table with the columns CHQ (a question as it was asked) and Summary: MeQSum (Ben Abacha and
Demner-Fushman 2019), say. An encoder-decoder that is made here (a small T5 of random weights, with a
vocabulary of the training rows) and the bundled model that writes each go through the engine's own
jobs in processes of their own: a training, whose exam compares before and after, and a file that is
answered. What is printed is ROUGE-L of the exam.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from workbench.core.recipe import Recipe  # noqa: E402
from workbench.core.tasks import COMPLETION  # noqa: E402
from workbench.data.readers import read_table  # noqa: E402
from workbench.jobs.process.job_dir import JobDir, read_events, read_json, write_json  # noqa: E402
from workbench.jobs.process.specs import BaseModelRef, PredictSpec, TrainSpec  # noqa: E402
from workbench.models.bundled import bundled_path  # noqa: E402
from workbench.models.families import CAUSAL, SEQ2SEQ  # noqa: E402

WRITER, ASKED, TOLD = "SmolLM2-135M-Instruct", "CHQ", "Summary"
SEED, VOCABULARY, SHOWN = 0, 2000, 3
SIZE = {"d_model": 128, "d_kv": 32, "d_ff": 256, "num_layers": 2, "num_heads": 4}
INSTRUCTION = "Summarise the patient's message as one short question."
SETTINGS = {"eval_max_new_tokens": 40, "eval_max_rows": 20, "max_length": 256, "evals_per_epoch": 1,
            "early_stopping_patience": 0, "lr_scheduler_type": "constant"}  # fmt: skip


def main() -> int:
    """Train both and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument(
        "--steps", type=int, default=40, help="of the bundled model; T5 takes ten times"
    )
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = read_rows(told.file, told.rows)
        data = write_version(folder / "data.parquet", rows)
        made = make_t5(folder / "Small-T5", [row for row in rows if row["split"] == "train"])
        t5 = BaseModelRef("Small T5, made here", made, SEQ2SEQ.name)
        smol = BaseModelRef(WRITER, bundled_path(WRITER), CAUSAL.name)
        print(f"{len(rows)} rows; {SETTINGS['eval_max_rows']} exam questions are answered.")
        summarise(folder / "t5", t5, data, max_steps=told.steps * 10, learning_rate=5e-3, r=64,
                  lora_alpha=64, per_device_train_batch_size=16, quantization="none")  # fmt: skip
        summarise(folder / "smol", smol, data, max_steps=told.steps, learning_rate=1e-3,
                  per_device_train_batch_size=4)  # fmt: skip
    return 0


def read_rows(file: Path, count: int) -> list[dict[str, str]]:
    """Questions with their summaries, each with the side of the exam that it is on."""
    table = read_table(file).data
    pairs = [
        (str(asked), str(said))
        for asked, said in zip(table[ASKED], table[TOLD], strict=True)
        if str(asked or "").strip() and str(said or "").strip()
    ]
    random.Random(SEED).shuffle(pairs)
    names = ["train"] * 7 + ["validation"] + ["test"] * 2
    return [
        {"split": names[i % 10], "prompt": asked, "response": said}
        for i, (asked, said) in enumerate(pairs[:count])
    ]


def write_version(path: Path, rows: list[dict[str, str]]) -> Path:
    """The rows as a version's file."""
    columns: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in rows[0]}
    pq.write_table(pa.table({"row_id": list(range(1, len(rows) + 1)), **columns}), path)
    return path


def make_t5(folder: Path, rows: list[dict[str, str]]) -> Path:
    """A small T5 of random weights; its vocabulary is that of the rows."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel()
    core.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<pad>", "</s>", "<unk>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    core.train_from_iterator((text for row in rows for text in _texts(row)), trainer)
    PreTrainedTokenizerFast(
        tokenizer_object=core, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(folder)
    torch.manual_seed(SEED)
    config = T5Config(
        vocab_size=core.get_vocab_size(), **SIZE, pad_token_id=0, eos_token_id=1,
        decoder_start_token_id=0, tie_word_embeddings=False,
    )  # fmt: skip
    T5ForConditionalGeneration(config).save_pretrained(folder)
    return folder


def _texts(row: dict[str, str]) -> Iterator[str]:
    yield row["prompt"]
    yield row["response"]


def summarise(folder: Path, base: BaseModelRef, data: Path, **settings: Any) -> None:
    """Train, examine and ask one model, and print what came of it.

    Raises:
        RuntimeError: a job failed; what it said.
    """
    recipe = Recipe().changed(**{**SETTINGS, **settings})
    about: dict[str, Any] = {"job_id": 1, "attempt": 1, "run_id": 1, "task": COMPLETION.name,
             "base": base, "data": data, "recipe": recipe, "system": INSTRUCTION}  # fmt: skip
    began = time.monotonic()
    learned = _done(TrainSpec(**about), folder / "train")
    seconds = time.monotonic() - began
    before, after = (learned["scores"]["test"][name]["rouge_l"] for name in ("base", "tuned"))
    print(
        f"{base.name}: {learned['steps']} steps, {seconds:.0f} s with the exam; "
        f"ROUGE-L {before:.1f} → {after:.1f}"
    )
    exam = [row for row in pq.read_table(data).to_pylist() if row["split"] == "test"]
    asked = folder / "asked.parquet"
    pq.write_table(pa.Table.from_pylist(exam[:SHOWN]), asked)
    answering = PredictSpec(**{**about, "data": asked}, adapter=Path(learned["adapter"]))
    answers = pq.read_table(_done(answering, folder / "answers")["predictions"])
    for expected, answer in zip(answers["response"], answers["output"], strict=True):
        print(f"  {expected} | {answer}", flush=True)


def _done(spec: TrainSpec | PredictSpec, folder: Path) -> dict[str, Any]:
    """What a job, done in a process of its own, left as its result."""
    folder.mkdir(parents=True)
    job = JobDir(folder)
    write_json(job.spec, spec.as_dict())
    subprocess.run([sys.executable, "-m", "workbench.engine", str(folder)], cwd=ROOT, check=True,
                   capture_output=True)  # fmt: skip
    result = read_json(job.result)
    if result["status"] != "succeeded":
        told = [event["message"] for event in read_events(job, 1, 0)[0] if event["type"] == "log"]
        raise RuntimeError(f"{result.get('error') or result}: {told[-3:]}")
    return result


if __name__ == "__main__":
    sys.exit(main())
