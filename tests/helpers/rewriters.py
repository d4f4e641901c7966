"""Tiny encoder-decoders: random weights from the real configurations, tokenizers in real form."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import (
    AutoModelForSeq2SeqLM,
    BartConfig,
    BartTokenizer,
    BlenderbotConfig,
    BlenderbotSmallConfig,
    BlenderbotTokenizer,
    LEDConfig,
    LongT5Config,
    M2M100Config,
    MarianConfig,
    MBartConfig,
    MBartTokenizer,
    MT5Config,
    MvpConfig,
    NllbTokenizer,
    PegasusConfig,
    PegasusTokenizer,
    PegasusXConfig,
    PLBartConfig,
    PreTrainedTokenizerFast,
    ProphetNetConfig,
    ProphetNetTokenizer,
    T5Config,
    T5Tokenizer,
    UMT5Config,
)

from tests.helpers.writers import replies

POSITIONS = 128
HALVES = {
    "d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4,
    "decoder_attention_heads": 4, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "init_std": 0.1,
}  # fmt: skip
PLACED = {**HALVES, "max_position_embeddings": POSITIONS}
RELATIVE = {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4,
            "decoder_start_token_id": 0}  # fmt: skip
GATED = {**RELATIVE, "feed_forward_proj": "gated-gelu"}
PROPHET = {
    "hidden_size": 32, "encoder_ffn_dim": 64, "num_encoder_layers": 2, "decoder_ffn_dim": 64,
    "num_encoder_attention_heads": 4, "num_decoder_layers": 2, "num_decoder_attention_heads": 4,
    "max_position_embeddings": POSITIONS, "init_std": 0.1,
}  # fmt: skip
BLOCKS = {"block_size": 16, "num_global_tokens": 4, "scale_embedding": False}
WORDS = [f"{row['prompt']} {row['response']}" for row in replies(12)]


def _unigram() -> list[tuple[str, float]]:
    """Pieces with their scores, as SentencePiece has them."""
    core = Tokenizer(models.Unigram())
    core.pre_tokenizer = pre_tokenizers.Metaspace()
    core.train_from_iterator(
        [
            *WORDS,
            *"abcdefghijklmnopqrstuvwxyz{}:;\"'?!-,.<>/|_ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        ],
        trainers.UnigramTrainer(vocab_size=300, show_progress=False),
    )
    return [tuple(piece) for piece in json.loads(core.to_str())["model"]["vocab"]]


def _marked(*marks: str) -> list[tuple[str, float]]:
    return [*((mark, 0.0) for mark in marks), *(p for p in _unigram() if p[0] not in marks)]


def _pairs(*marks: str, in_bytes: bool = True) -> dict[str, Any]:
    """Vocabulary and merges of a BPE: of bytes, as BART has them, or of letters, as NLLB."""
    core = Tokenizer(models.BPE())
    core.pre_tokenizer = (
        pre_tokenizers.ByteLevel(add_prefix_space=False) if in_bytes else pre_tokenizers.Metaspace()
    )
    core.train_from_iterator(
        WORDS,
        trainers.BpeTrainer(
            vocab_size=400,
            special_tokens=list(marks),
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet() if in_bytes else [],
            show_progress=False,
        ),
    )
    told = json.loads(core.to_str())["model"]
    return {"vocab": told["vocab"], "merges": [tuple(pair) for pair in told["merges"]]}


def _t5() -> Any:
    return T5Tokenizer(vocab=_marked("<pad>", "</s>", "<unk>"), extra_ids=10)


def _bart() -> Any:
    return BartTokenizer(**_pairs("<s>", "<pad>", "</s>", "<unk>", "<mask>"))


def _mbart() -> Any:
    return MBartTokenizer(vocab=_marked("<s>", "<pad>", "</s>", "<unk>"), src_lang="en_XX")


def _nllb() -> Any:
    pieces = _pairs("<s>", "<pad>", "</s>", "<unk>", in_bytes=False)
    return NllbTokenizer(**pieces, src_lang="eng_Latn")


def _pegasus() -> Any:
    return PegasusTokenizer(vocab=_marked("<pad>", "</s>", "<mask_1>", "<mask_2>", "<unk>"))


def _blenderbot() -> Any:
    return BlenderbotTokenizer(**_pairs("<s>", "<pad>", "</s>", "<unk>", "<mask>"))


def _marian() -> Any:
    """Pieces of both languages in one file, the padding token last, as its converted folders."""
    core = Tokenizer(models.Unigram([*_marked("</s>", "<unk>"), ("<pad>", 0.0)], unk_id=1))
    core.normalizer = normalizers.NFKC()
    core.pre_tokenizer, core.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    core.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A $B </s>", special_tokens=[("</s>", 0)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=core, eos_token="</s>", unk_token="<unk>", pad_token="<pad>"
    )


def _prophetnet(folder: Path) -> Any:
    core = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    core.normalizer = normalizers.BertNormalizer(lowercase=True)
    core.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[X_SEP]", "[MASK]"]
    core.train_from_iterator(
        WORDS, trainers.WordPieceTrainer(vocab_size=300, special_tokens=marks, show_progress=False)
    )
    by_id = sorted(core.get_vocab().items(), key=lambda piece: piece[1])
    file = folder / "vocab.txt"
    file.write_text("\n".join(word for word, _ in by_id))
    return ProphetNetTokenizer(str(file))


TOKENIZERS: dict[str, Callable[[], Any]] = {
    **dict.fromkeys(("t5", "flan-t5", "mt5", "umt5", "longt5"), _t5),
    **dict.fromkeys(("bart", "led", "mvp", "blenderbot-small"), _bart),
    **dict.fromkeys(("pegasus", "pegasus_x"), _pegasus),
    "mbart": _mbart,
    "plbart": _mbart,
    "m2m_100": _nllb,
    "marian": _marian,
    "blenderbot": _blenderbot,
}
CONFIGS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "t5": lambda ids: T5Config(**ids, **RELATIVE),
    "flan-t5": lambda ids: T5Config(**ids, **GATED, tie_word_embeddings=False),
    "mt5": lambda ids: MT5Config(**ids, **GATED, tie_word_embeddings=False),
    "umt5": lambda ids: UMT5Config(**ids, **GATED),
    "longt5": lambda ids: LongT5Config(**ids, **GATED, encoder_attention_type="transient-global"),
    "bart": lambda ids: BartConfig(**ids, **PLACED),
    "mbart": lambda ids: MBartConfig(**ids, **PLACED),
    "plbart": lambda ids: PLBartConfig(**ids, **PLACED),
    "pegasus": lambda ids: PegasusConfig(**ids, **PLACED),
    "pegasus_x": lambda ids: PegasusXConfig(**ids, **PLACED, **BLOCKS),
    "marian": lambda ids: MarianConfig(
        **ids, **PLACED, decoder_start_token_id=ids["pad_token_id"]
    ),
    "blenderbot": lambda ids: BlenderbotConfig(**ids, **PLACED),
    "blenderbot-small": lambda ids: BlenderbotSmallConfig(**ids, **PLACED),
    "mvp": lambda ids: MvpConfig(**ids, **PLACED),
    "m2m_100": lambda ids: M2M100Config(**ids, **PLACED, scale_embedding=False),
    "led": lambda ids: LEDConfig(
        **ids, **HALVES, attention_window=16, max_encoder_position_embeddings=POSITIONS,
        max_decoder_position_embeddings=64,
    ),
    "prophetnet": lambda ids: ProphetNetConfig(
        **ids, **PROPHET, decoder_start_token_id=ids["eos_token_id"]
    ),
}  # fmt: skip
FAMILIES = tuple(CONFIGS)


def make_rewriter(folder: Path, family: str = "t5") -> Path:
    """A folder with a random encoder-decoder of a family and its kind of tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = _prophetnet(folder) if family == "prophetnet" else TOKENIZERS[family]()
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    end = tokenizer.eos_token_id
    ids = {
        "vocab_size": len(tokenizer),
        "pad_token_id": tokenizer.pad_token_id,
        "eos_token_id": tokenizer.sep_token_id if end is None else end,
    }
    if family not in ("t5", "flan-t5", "mt5", "umt5", "longt5"):
        ids["bos_token_id"] = tokenizer.bos_token_id
    model = AutoModelForSeq2SeqLM.from_config(CONFIGS[family](ids))
    with torch.no_grad():
        model.get_input_embeddings().weight.normal_()  # so that words differ, and few steps teach
    model.save_pretrained(folder)
    return folder
