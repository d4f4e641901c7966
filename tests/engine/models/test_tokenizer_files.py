"""Tokenizers that are SentencePiece files: written as tokenizer.json, and read as they were meant."""

import json
from pathlib import Path
from typing import Any

import pytest
from transformers import (
    AlbertConfig,
    AutoTokenizer,
    DebertaV2Config,
    GemmaConfig,
    LlamaConfig,
    MistralConfig,
    Phi3Config,
    T5Config,
    XLMRobertaConfig,
)

from tests.helpers.odd_forms import BPE, UNIGRAM, sentencepiece
from workbench.core.errors import WorkbenchError
from workbench.engine.models.tokenizer_files import write_fast_tokenizer

LLAMAS = ("<unk>", "<s>", "</s>")
FORMS: dict[str, Any] = {
    "llama": (LlamaConfig, "tokenizer.model", BPE, LLAMAS, ["<s>", "▁"], []),
    "mistral": (MistralConfig, "tokenizer.model", BPE, LLAMAS, ["<s>", "▁"], []),
    "phi3": (Phi3Config, "tokenizer.model", BPE, LLAMAS, ["<s>", "▁"], []),
    "gemma": (
        GemmaConfig, "tokenizer.model", BPE, ("<pad>", "<eos>", "<bos>", "<unk>"), ["<bos>"], [],
    ),
    "deberta-v2": (
        DebertaV2Config, "spm.model", UNIGRAM, ("[PAD]", "[CLS]", "[SEP]", "[UNK]"), ["[CLS]"],
        ["[SEP]"],
    ),
    "albert": (
        AlbertConfig, "spiece.model", UNIGRAM, ("<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"),
        ["[CLS]"], ["[SEP]"],
    ),
    "xlm-roberta": (
        XLMRobertaConfig, "sentencepiece.bpe.model", UNIGRAM, LLAMAS, ["<s>"], ["</s>"],
    ),
    "t5": (T5Config, "spiece.model", UNIGRAM, ("<pad>", "</s>", "<unk>"), ["▁"], ["</s>"]),
}  # fmt: skip


@pytest.mark.parametrize("family", FORMS)
def test_a_sentencepiece_file_becomes_the_tokenizer_of_its_family(
    tmp_path: Path, family: str
) -> None:
    config, name, kind, special, begins, ends = FORMS[family]
    config().save_pretrained(tmp_path)
    write_fast_tokenizer(tmp_path, sentencepiece(tmp_path / name, kind, special))
    (tmp_path / name).unlink()
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    ids = tokenizer("where is my pen?")["input_ids"]
    tokens = tokenizer.convert_ids_to_tokens(ids)
    assert [token[: len(b)] for token, b in zip(tokens, begins, strict=False)] == begins
    assert tokens[len(tokens) - len(ends) :] == ends
    assert tokenizer.decode(ids, skip_special_tokens=True).strip() == "where is my pen?"


def test_what_tokenizer_config_says_is_kept(tmp_path: Path) -> None:
    LlamaConfig().save_pretrained(tmp_path)
    told = {"tokenizer_class": "LlamaTokenizer", "add_bos_token": False, "pad_token": "<unk>"}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(told))
    write_fast_tokenizer(tmp_path, sentencepiece(tmp_path / "tokenizer.model"))
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    assert tokenizer.convert_ids_to_tokens(tokenizer("a")["input_ids"])[0] != "<s>"
    assert tokenizer.pad_token == "<unk>"


@pytest.mark.parametrize("prefix", [True, False])
def test_a_blank_before_the_first_word_is_put_where_the_file_wants_one(
    tmp_path: Path, *, prefix: bool
) -> None:
    LlamaConfig().save_pretrained(tmp_path)
    write_fast_tokenizer(tmp_path, sentencepiece(tmp_path / "tokenizer.model", prefix=prefix))
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    tokens = tokenizer.convert_ids_to_tokens(
        tokenizer("where", add_special_tokens=False)["input_ids"]
    )
    assert tokens[0].startswith("▁") is prefix


@pytest.mark.parametrize("content", [b"", b"IQ== 0\nIg== 1\n", bytes(range(256))])
def test_a_file_that_is_no_table_of_pieces_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    LlamaConfig().save_pretrained(tmp_path)
    (tmp_path / "tokenizer.model").write_bytes(content)
    with pytest.raises(WorkbenchError, match=r"tokenizer.*tokenizer\.model"):
        write_fast_tokenizer(tmp_path, tmp_path / "tokenizer.model")
