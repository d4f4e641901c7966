"""Tiny encoders with a real tokenizer, small data sets, and jobs that use them."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import (
    AutoModel,
    BertConfig,
    DebertaV2Config,
    DistilBertConfig,
    ElectraConfig,
    ModernBertConfig,
    PreTrainedTokenizerFast,
    RobertaConfig,
)

from workbench.core.recipe import Recipe
from workbench.jobs.process.job_dir import JobDir, write_json

LAYERS = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
WIDE = {**LAYERS, "intermediate_size": 64}
ARCHITECTURES = {
    "bert": lambda words: BertConfig(vocab_size=words, max_position_embeddings=48, **WIDE),
    "roberta": lambda words: RobertaConfig(
        vocab_size=words, max_position_embeddings=50, pad_token_id=1, **WIDE
    ),
    "distilbert": lambda words: DistilBertConfig(
        vocab_size=words, dim=32, hidden_dim=64, n_layers=2, n_heads=4, max_position_embeddings=48
    ),
    "deberta": lambda words: DebertaV2Config(
        vocab_size=words, relative_attention=True, pos_att_type=["c2p", "p2c"],
        position_biased_input=False, max_position_embeddings=48, pad_token_id=1, **WIDE
    ),
    "electra": lambda words: ElectraConfig(
        vocab_size=words, embedding_size=16, max_position_embeddings=48, pad_token_id=1, **WIDE
    ),
    "modernbert": lambda words: ModernBertConfig(
        vocab_size=words, max_position_embeddings=48, pad_token_id=1, bos_token_id=0,
        eos_token_id=2, cls_token_id=0, sep_token_id=2, **WIDE
    ),
}  # fmt: skip

SUBJECTS = ("parcel", "invoice", "password")
LABELS = ("Delivery", "Payment", "Account")
SENTENCES = (
    "where is my {}", "I have a question about the {}", "the {} is wrong", "my {} never came",
    "please look at the {} once more", "{} again", "nobody answers about my {} and I am waiting",
    "what do I do with this {} now", "thanks, the {} is fine", "is there a new {}",
)  # fmt: skip


def make_encoder(folder: Path, architecture: str = "bert", seed: int = 0) -> Path:
    """A folder with a random encoder that reads at most 48 tokens."""
    tokenizer = _tokenizer()
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    AutoModel.from_config(ARCHITECTURES[architecture](len(tokenizer))).save_pretrained(folder)
    return folder


def _tokenizer() -> PreTrainedTokenizerFast:
    core = Tokenizer(models.BPE(unk_token="<unk>"))
    core.pre_tokenizer = pre_tokenizers.ByteLevel()
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    core.train_from_iterator(
        [text for text, _ in examples()],
        trainers.BpeTrainer(vocab_size=300, special_tokens=special, show_progress=False),
    )
    core.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=core, pad_token="<pad>", cls_token="<s>", sep_token="</s>",
        unk_token="<unk>",
    )  # fmt: skip


PAIR_WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "the",
    "red",
    "blue",
    "car",
    "boat",
    "is",
    "was",
    "a",
    "b",
]
"""What the encoder of `make_pair_encoder` can read."""


def make_pair_encoder(folder: Path) -> Path:
    """A random BERT with its own tokenizer, which has two segments."""
    core = Tokenizer(
        models.WordLevel({word: n for n, word in enumerate(PAIR_WORDS)}, unk_token="[UNK]")
    )
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    core.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", PAIR_WORDS.index("[CLS]")), ("[SEP]", PAIR_WORDS.index("[SEP]"))],
    )
    marks = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
    names = {f"{name}_token": mark for name, mark in marks.items()}
    kinds = ["input_ids", "token_type_ids", "attention_mask"]
    PreTrainedTokenizerFast(
        tokenizer_object=core, model_input_names=kinds, **names
    ).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(PAIR_WORDS), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=24,
    )  # fmt: skip
    AutoModel.from_config(config).save_pretrained(folder)
    return folder


def examples(kinds: int = 3) -> list[tuple[str, str]]:
    """Thirty short messages and what each is about."""
    return [
        (sentence.format(subject), label)
        for sentence in SENTENCES
        for subject, label in list(zip(SUBJECTS, LABELS, strict=True))[:kinds]
    ]


def write_data(path: Path, rows: Sequence[tuple[str, str, str]]) -> Path:
    """A canonical Parquet file of (split, text, label)."""
    splits, texts, labels = ([row[i] for row in rows] for i in range(3))
    columns = {"row_id": list(range(1, len(rows) + 1)), "split": splits, "text": texts}
    pq.write_table(pa.table({**columns, "label": labels}), path)
    return path


def split_data(path: Path, rows: Sequence[tuple[str, str]]) -> Path:
    """The rows as a version's file: of ten, seven to learn from, one and a half to check, the rest."""
    names = ["train"] * 14 + ["validation"] * 3 + ["test"] * 3
    return write_data(path, [(names[i % 20], *row) for i, row in enumerate(rows)])


def many_examples() -> list[tuple[str, str]]:
    """So many that tuning is of use, and that some are held out: with words of no meaning, and a ninth
    of them under a wrong category."""
    drawn = random.Random(1)
    words = ("please", "now", "today", "help", "thanks", "soon", "again")
    rows = [
        (f"{text} {' '.join(drawn.sample(words, 3))}", label if number % 9 else LABELS[2])
        for number, (text, label) in enumerate(examples() * 11)
    ]
    drawn.shuffle(rows)
    return rows


def recipe(**values: Any) -> dict[str, Any]:
    """Few steps of a small batch."""
    settings = {
        "method": "full", "quantization": "none", "learning_rate": 2e-3, "num_train_epochs": 3,
        "per_device_train_batch_size": 4, "evals_per_epoch": 1, "label_smoothing_factor": 0.1,
        "warmup_ratio": 0.0, "lr_scheduler_type": "linear", "weight_decay": 0.01, "r": 4,
    }  # fmt: skip
    return Recipe().changed(**{**settings, **values}).as_dict()


def make_job(folder: Path, base: Path, data: Path, kind: str = "train", **values: Any) -> JobDir:
    """A job's folder with its spec."""
    job = JobDir(folder)
    folder.mkdir(parents=True, exist_ok=True)
    spec = {
        "kind": kind, "job_id": 1, "attempt": 1, "run_id": 1, "task": "classification",
        "data": str(data), "system": "", "recipe": recipe(),
        "base": {"name": base.name, "path": str(base), "kind": "encoder", "revision": ""},
        **values,
    }  # fmt: skip
    write_json(job.spec, json.loads(json.dumps(spec)))
    return job
