"""Holds what a training is estimated to take against what it takes: memory and time, a line a run.

    python scripts/bench_estimates.py [LINE …] [--keep FOLDER]

Each line is a training of a few steps with its exam, in a process of its own with one thread: two
bundled models and random ones of real configurations, made here. Time is the processor's: what a
quiet machine takes with one thread, whatever else runs beside it. The estimate's constants were
fitted on the lines marked *; the others are checked against them. What was run is kept in FOLDER and
not run again, so that constants can be changed and looked at.
"""

import argparse
import dataclasses
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import psutil  # noqa: E402
import torch  # noqa: E402
import transformers as t  # noqa: E402

from tests.helpers import rewriters, writers  # noqa: E402
from workbench.core.recipe import Recipe  # noqa: E402
from workbench.core.tasks import CLASSIFICATION, COMPLETION, LANGUAGE_MODELLING  # noqa: E402
from workbench.engine.models.anatomy import layer_facts  # noqa: E402
from workbench.engine.runtime import device  # noqa: E402
from workbench.engine.runtime.quiet import quiet  # noqa: E402
from workbench.jobs.process.job_dir import JobDir, read_events, read_json, write_json  # noqa: E402
from workbench.jobs.process.specs import MeasureSpec  # noqa: E402
from workbench.models.bundled import BUNDLED, bundled_path  # noqa: E402
from workbench.models.bundled_layers import LAYER_FACTS  # noqa: E402
from workbench.models.families import CAUSAL, ENCODER, SEQ2SEQ, family_named  # noqa: E402
from workbench.models.inspect import inspect_folder  # noqa: E402
from workbench.models.model_info import ModelInfo  # noqa: E402
from workbench.system.hardware import Hardware, hardware  # noqa: E402
from workbench.training.estimate import estimate_run  # noqa: E402
from workbench.training.lengths import lengths_of  # noqa: E402
from workbench.training.presets import preset  # noqa: E402

SMOL, MINI = BUNDLED
WORDS = [
    "the",
    "parcel",
    "is",
    "late",
    "and",
    "we",
    "would",
    "like",
    "to",
    "know",
    "where",
    "it",
    "has",
    "been",
    "since",
    "monday",
    "please",
    "tell",
    "us",
    "when",
    "our",
    "order",
    "of",
    "paper",
    "pens",
    "and",
    "cards",
    "will",
    "come",
    "to",
    "the",
    "shop",
    "in",
    "the",
    "old",
    "town",
    "many",
    "thanks",
]
LOOK_S = 0.05
MIB = 1.048576
"""Megabytes of 10^6 bytes in one of 2^20, in which a job tells its memory."""


@dataclass(frozen=True)
class Line:
    """One training."""

    name: str
    model: str
    task: str
    words: int
    """Of a row, on average; the longest has half as many again."""
    batch: int
    fitted: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
    steps: int = 4
    rows: int = 60
    measured: bool = False
    """Whether the pre-flight is run as well."""


_SAVING = {"gradient_checkpointing": True}
LINES = (
    Line("smol-short", SMOL, COMPLETION.name, 40, 8, fitted=True, measured=True),
    Line("smol-long", SMOL, COMPLETION.name, 240, 4, fitted=True),
    Line("smol-saving", SMOL, COMPLETION.name, 200, 6, fitted=True, settings=_SAVING),
    Line(
        "smol-16-bits",
        SMOL,
        COMPLETION.name,
        60,
        4,
        settings={"quantization": "none"},
        measured=True,
        fitted=True,
    ),
    Line("smol-sorts", SMOL, CLASSIFICATION.name, 60, 16),
    Line("smol-language", SMOL, LANGUAGE_MODELLING.name, 300, 1, fitted=True),
    Line("mini-short", MINI, CLASSIFICATION.name, 16, 64, fitted=True, rows=640),
    Line("mini-long", MINI, CLASSIFICATION.name, 160, 16, rows=400, measured=True, fitted=True),
    Line("mini-many", MINI, CLASSIFICATION.name, 16, 64, rows=2500, steps=60, fitted=True),
    Line("bert", "bert", CLASSIFICATION.name, 100, 8, fitted=True, rows=200, measured=True),
    Line("bert-lora", "bert", CLASSIFICATION.name, 60, 16, rows=200, settings={"method": "lora"}),
    Line("llama", "llama", COMPLETION.name, 120, 4, measured=True, fitted=True),
    Line("qwen", "qwen", COMPLETION.name, 60, 8, fitted=True),
    Line(
        "qwen-long",
        "qwen",
        LANGUAGE_MODELLING.name,
        600,
        2,
        settings={**_SAVING, "max_length": 1024},
        fitted=True,
    ),
    Line("gpt2", "gpt2", COMPLETION.name, 120, 4, measured=True),
    Line("llama-sorts", "llama", CLASSIFICATION.name, 80, 8),
    Line("gpt2-language", "gpt2", LANGUAGE_MODELLING.name, 250, 2),
    Line("bert-short", "bert", CLASSIFICATION.name, 20, 32, rows=300),
    Line("t5-short", "t5", COMPLETION.name, 40, 8, fitted=True),
    Line("t5-long", "t5", COMPLETION.name, 200, 4, measured=True),
)


def _llama(ids: dict[str, Any]) -> Any:
    return t.LlamaConfig(**ids, hidden_size=768, intermediate_size=2048, num_hidden_layers=8,
                         num_attention_heads=12, num_key_value_heads=4,
                         max_position_embeddings=2048, tie_word_embeddings=True)  # fmt: skip


def _qwen(ids: dict[str, Any]) -> Any:
    return t.Qwen3Config(**ids, hidden_size=896, intermediate_size=2432, num_hidden_layers=10,
                         num_attention_heads=14, num_key_value_heads=2, head_dim=64,
                         max_position_embeddings=2048, tie_word_embeddings=True)  # fmt: skip


def _gpt2(ids: dict[str, Any]) -> Any:
    return t.GPT2Config(**ids, n_embd=768, n_layer=12, n_head=12, n_positions=1024)


def _bert(ids: dict[str, Any]) -> Any:
    return t.BertConfig(**ids, hidden_size=512, intermediate_size=2048, num_hidden_layers=8,
                        num_attention_heads=8)  # fmt: skip


CONFIGS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "llama": _llama, "qwen": _qwen, "gpt2": _gpt2, "bert": _bert,
}  # fmt: skip


def model_folder(name: str, into: Path) -> Path:
    """The folder of a bundled model, or of a random one that is made now."""
    if name in BUNDLED:
        return bundled_path(name)
    folder = into / name
    if folder.is_dir():
        return folder
    if name == "t5":
        return _make_t5(folder)
    own = bundled_path(MINI if name == "bert" else SMOL)
    tokenizer = t.AutoTokenizer.from_pretrained(own)
    tokenizer.save_pretrained(folder)
    ids = {"vocab_size": len(tokenizer), "pad_token_id": tokenizer.pad_token_id,
           "bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}  # fmt: skip
    auto = t.AutoModel if name == "bert" else t.AutoModelForCausalLM
    dtype = torch.float32 if name == "bert" else torch.bfloat16
    auto.from_config(CONFIGS[name](ids), dtype=dtype).save_pretrained(folder)
    return folder


def _make_t5(folder: Path) -> Path:
    rewriters.make_rewriter(folder)
    pieces = ["<pad>", "</s>", "<unk>", "\u2581", *(f"\u2581{word}" for word in sorted(set(WORDS)))]
    tokenizer = t.T5Tokenizer(vocab=[(piece, -2.0) for piece in pieces], extra_ids=0)
    tokenizer.save_pretrained(folder)
    config = t.T5Config.from_pretrained(folder)
    config.update({"vocab_size": 32128, "d_model": 512, "d_kv": 64, "d_ff": 2048, "num_layers": 6,
                   "num_decoder_layers": 6, "num_heads": 8})  # fmt: skip
    t.T5ForConditionalGeneration(config).save_pretrained(folder)
    return folder


def family_of(name: str) -> str:
    """The family's name of a line's model."""
    return {MINI: ENCODER, "bert": ENCODER, "t5": SEQ2SEQ}.get(name, CAUSAL).name


def rows_of(line: Line) -> list[dict[str, str]]:
    """Rows of the line's task whose lengths spread from a half to one and a half."""
    draw = random.Random(line.name)

    def text(words: int) -> str:
        return " ".join(draw.choices(WORDS, k=max(2, words)))

    found = []
    for _ in range(line.rows):
        words = round(line.words * draw.uniform(0.5, 1.5))
        if line.task == CLASSIFICATION.name:
            found.append({"text": text(words), "label": draw.choice(("one", "two", "three"))})
        elif line.task == LANGUAGE_MODELLING.name:
            found.append({"text": text(words)})
        else:
            found.append({"prompt": text(words // 2), "response": text(words // 2)})
    return found


def recipe_of(line: Line) -> Recipe:
    """The balanced recipe of the line's family and task, with few steps."""
    few = {"per_device_train_batch_size": line.batch, "gradient_accumulation_steps": 1,
           "max_steps": line.steps, "eval_max_rows": 6, "eval_max_new_tokens": 32,
           "evals_per_epoch": 0.1, "objective": "classes"}  # fmt: skip
    base = preset("balanced", task=line.task, family=family_of(line.model), rows=line.rows)
    return base.changed(**{**few, **line.settings})


def write_data(line: Line, path: Path) -> Path:
    """The line's rows as a version's file."""
    tenth = line.rows // 10
    splits = ["train"] * (line.rows - 2 * tenth) + ["validation"] * tenth + ["test"] * tenth
    return writers.write_rows(path, rows_of(line), splits)


def write_line(line: Line, folder: Path, models: Path) -> JobDir:
    """The job of a line, ready to run."""
    folder.mkdir()
    data = write_data(line, folder / "data.parquet")
    base = model_folder(line.model, models)
    return writers.write_job(
        folder / "job", base, data, family=family_of(line.model), task=line.task,
        recipe=recipe_of(line).as_dict(),
    )  # fmt: skip


def run_line(job: JobDir, kind: str = "train") -> dict[str, Any]:
    """The job's result, with the processor's seconds of each phase under `cpu_s`."""
    write_json(job.spec, {**(read_json(job.spec) or {}), "kind": kind})
    threads = {"OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    with (job.path / "log.txt").open("w") as log:
        process = psutil.Popen([sys.executable, "-m", "workbench.engine", str(job.path)], cwd=ROOT,
                               env={**os.environ, **threads}, stdout=log, stderr=log)  # fmt: skip
        marks: list[tuple[str, float]] = [("start", 0.0)]
        at, used = (1, 0), 0.0
        while process.poll() is None:
            with_children = process.cpu_times() if process.is_running() else None
            used = sum(with_children[:2]) if with_children else used
            if job.events.is_dir():
                events, *at_now = read_events(job, *at)
                at = (at_now[0], at_now[1])
                marks += [(e["name"], used) for e in events if e["type"] == "phase"]
            time.sleep(LOOK_S)
    result: dict[str, Any] = read_json(job.result) or {}
    if result.get("status") != "succeeded":
        raise SystemExit(
            f"{job.path}: {result.get('reason')}\n{(job.path / 'log.txt').read_text()}"
        )
    cpu: dict[str, float] = {}
    for (name, began), (_, ended) in zip(marks, [*marks[1:], ("", used)], strict=True):
        cpu[name] = round(cpu.get(name, 0.0) + ended - began, 2)
    return {**result, "cpu_s": cpu}


def model_info(line: Line, models: Path) -> ModelInfo:
    """The line's model, as the catalogue has one that was added."""
    folder, family = model_folder(line.model, models), family_of(line.model)
    facts = inspect_folder(folder)
    traced = LAYER_FACTS.get(line.model) or layer_facts(folder, family_named(family))
    return ModelInfo(
        id=1, name=line.model, source="folder", location=str(folder), family=family, path=folder,
        revision="", parameters=facts.parameters, size_bytes=facts.size_bytes, licence="",
        purpose="", context_length=facts.context_length, languages=(),
        hidden_size=facts.hidden_size, layers=facts.layers, vocab_size=facts.vocab_size,
        state="ready", job_id=None, traced=traced,
    )  # fmt: skip


def one_thread() -> Hardware:
    """This machine with one core, its speed by the processor's time."""
    torch.set_num_threads(1)
    dtype = device.dtype()
    left, right = (torch.randn(1024, 1024).to(dtype) for _ in range(2))
    began, products = time.process_time(), 0
    while (used := time.process_time() - began) < 1.0:
        left @ right
        products += 1
    return dataclasses.replace(
        hardware(), cores=1, gflops=products * 2 * 1024**3 / used / 1e9, measured=True,
        gpu_name=None, gpu_memory_gb=0.0, dtype=str(dtype).removeprefix("torch."),
    )  # fmt: skip


def kept(line: Line, keep: Path, kind: str) -> dict[str, Any]:
    """What a line's run took; run now if it was not."""
    file = keep / f"{line.name}-{kind}.json"
    found = read_json(file)
    if found is None:
        folder = keep / f"{line.name}-{kind}"
        shutil.rmtree(folder, ignore_errors=True)
        result = run_line(write_line(line, folder, keep / "models"), kind)
        found = {
            "cpu_s": result["cpu_s"],
            "memory_mb": max(result["phase_memory_mb"].values()) * MIB,
        }
        found["lengths"] = (result.get("measured") or {}).get("tokens") or result.get("tokens")
        write_json(file, found)
    return dict(found)


def told(line: Line, keep: Path, machine: Hardware) -> str:
    """A row of the table."""
    took = kept(line, keep, "train")
    rows = line.rows - 2 * (line.rows // 10)
    model, recipe = model_info(line, keep / "models"), recipe_of(line)
    data = write_data(line, keep / f"{line.name}.parquet")
    lengths = lengths_of(data, line.task, "", model, 0.0)
    found = estimate_run(
        machine, model, recipe, rows, lengths, written_rows=line.rows // 10, task=line.task
    )
    seconds, memory = sum(took["cpu_s"].values()), took["memory_mb"]
    first = "-"
    if line.measured:
        first = _against(kept(line, keep, MeasureSpec.kind)["memory_mb"], memory)
    saving = ", saving" if recipe.gradient_checkpointing else ""
    return (
        f"| {line.name}{'*' if line.fitted else ''} | {lengths.longest:,.0f} | "
        f"{line.batch}{saving} | {memory:,.0f} MB | {_against(found.memory_mb, memory)} | {first} | "
        f"{seconds:.0f} s | {_against(found.seconds, seconds)} |"
    )


def _against(estimated: float, measured: float) -> str:
    return f"{100 * (estimated / measured - 1):+.0f} %"


def main() -> int:
    """Run the named lines, or all; print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", nargs="*", metavar="LINE")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    quiet()
    with tempfile.TemporaryDirectory() as temporary:
        keep = options.keep or Path(temporary)
        (keep / "models").mkdir(parents=True, exist_ok=True)
        machine = one_thread()
        print(f"One thread: {machine.gflops:.0f} GFLOP/s in {machine.dtype}.\n")
        print(
            "| line | longest, tokens | batch | memory | estimated | pre-flight | processor | estimated |"
        )
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        for line in LINES:
            if not options.lines or line.name in options.lines:
                print(told(line, keep, machine), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
