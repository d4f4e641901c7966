"""Tiny models that write text, their data and jobs."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoModelForCausalLM,
    CohereConfig,
    Gemma2Config,
    Gemma3TextConfig,
    GPT2Config,
    GraniteConfig,
    LlamaConfig,
    PhiConfig,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen3Config,
)

from workbench.core.recipe import Recipe
from workbench.jobs.process.job_dir import JobDir, write_json

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content']"
    " + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}"
    "{% endif %}"
)
LAYERS = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 256,
}  # fmt: skip
HEADS = {**LAYERS, "head_dim": 8}
ARCHITECTURES = {
    "llama": lambda ids: LlamaConfig(**ids, **LAYERS),
    "qwen2": lambda ids: Qwen2Config(**ids, **LAYERS),
    "qwen3": lambda ids: Qwen3Config(**ids, **HEADS),
    "gemma2": lambda ids: Gemma2Config(**ids, **HEADS, final_logit_softcapping=1.0),
    "gemma3": lambda ids: Gemma3TextConfig(**ids, **HEADS),
    "gpt2": lambda ids: GPT2Config(**ids, n_embd=32, n_layer=2, n_head=4, n_positions=256),
    "phi": lambda ids: PhiConfig(**ids, **LAYERS),
    "cohere": lambda ids: CohereConfig(**ids, **LAYERS, logit_scale=0.25),
    "granite": lambda ids: GraniteConfig(**ids, **LAYERS, logits_scaling=4.0),
}
ITEMS = ("pen", "notebook", "calendar", "card", "guest book", "ribbon")
BEGIN = "<|im_start|>"
ANSWERS = ("it is on its way", "we are sorry, it is late", "it will be there on Friday")


def make_writer(
    folder: Path, architecture: str = "llama", *, template: str | None = CHATML
) -> Path:
    """A folder with a random model that writes, and a tokenizer of bytes and short words."""
    tokenizer = _tokenizer()
    tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    ids = {
        "vocab_size": len(tokenizer), "bos_token_id": None,
        "eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id,
    }  # fmt: skip
    config = ARCHITECTURES[architecture](ids)
    config.initializer_range = 0.3
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    return folder


def changed(folder: Path, name: str, change: Callable[[dict[str, Any]], Any]) -> None:
    content = json.loads((folder / name).read_text())
    change(content)
    (folder / name).write_text(json.dumps(content))


def beginning(folder: Path) -> Path:
    """Let the tokenizer of a folder put a begin mark before each text, as Gemma's and Llama's do."""
    processor = {
        "type": "TemplateProcessing",
        "single": [
            {"SpecialToken": {"id": BEGIN, "type_id": 0}},
            {"Sequence": {"id": "A", "type_id": 0}},
        ],
        "pair": [],
        "special_tokens": {BEGIN: {"id": BEGIN, "ids": [1], "tokens": [BEGIN]}},
    }
    changed(folder, "tokenizer.json", lambda plan: plan.update(post_processor=processor))
    changed(folder, "tokenizer_config.json", lambda plan: plan.update(bos_token=BEGIN))
    return folder


def _tokenizer() -> PreTrainedTokenizerFast:
    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    core.train_from_iterator(
        [f"{row['prompt']} {row['response']}" for row in replies(12)],
        trainers.BpeTrainer(
            vocab_size=400,
            special_tokens=special,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=core, eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )


def replies(count: int) -> list[dict[str, str]]:
    """Questions about parcels, of different lengths, with their answers."""
    return [
        {
            "prompt": f"Where is my {ITEMS[i % 6]}{', please' * (i % 4)}?",
            "response": f"Your {ITEMS[i % 6]}: {ANSWERS[i % 3]}.",
        }
        for i in range(count)
    ]


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]], splits: Sequence[str]) -> Path:
    """The rows as a canonical Parquet file."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    numbers = list(range(1, len(rows) + 1))
    pq.write_table(pa.table({"row_id": numbers, "split": list(splits), **columns}), path)
    return path


def split_replies(path: Path, train: int = 16, validation: int = 4, test: int = 4) -> Path:
    """A version's file of replies."""
    splits = ["train"] * train + ["validation"] * validation + ["test"] * test
    return write_rows(path, replies(len(splits)), splits)


def recipe(**values: Any) -> dict[str, Any]:
    """Few steps of a small batch, in the model's own precision."""
    settings = {
        "quantization": "none", "r": 4, "lora_alpha": 8, "learning_rate": 5e-3,
        "per_device_train_batch_size": 4, "num_train_epochs": 2, "evals_per_epoch": 1,
        "warmup_ratio": 0.0, "max_length": 96, "eval_max_new_tokens": 8,
    }  # fmt: skip
    return Recipe().changed(**{**settings, **values}).as_dict()


def write_job(
    folder: Path, base: Path, data: Path, *, family: str = "causal", **values: Any
) -> JobDir:
    """A job's folder with its spec."""
    job = JobDir(folder)
    folder.mkdir(parents=True, exist_ok=True)
    spec = {
        "kind": "train", "job_id": 1, "attempt": 1, "run_id": 1, "task": "completion",
        "data": str(data), "system": "", "recipe": recipe(),
        "base": {"name": base.name, "path": str(base), "kind": family, "revision": ""},
        **values,
    }  # fmt: skip
    write_json(job.spec, spec)
    return job
