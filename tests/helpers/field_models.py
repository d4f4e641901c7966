"""A tiny random model of each family of the field, in the form in which the field has it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers as t
from tokenizers import AddedToken

from tests.helpers import encoders, odd_forms, writers
from tests.helpers.odd_forms import BPE, UNIGRAM, sentencepiece
from workbench.models.model_types import type_facts

GPT = {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 256}
OLD = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
       "max_position_embeddings": 256}  # fmt: skip
SEES = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1,
        "num_attention_heads": 4, "image_size": 28, "patch_size": 14}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """How a family is made."""

    config: Callable[[dict[str, Any]], Any]
    """From the ids of its special tokens."""
    pickled: bool = False
    """Whether its weights come as pytorch_model.bin."""
    vocabulary: str = ""
    """The SentencePiece or plain file that its tokenizer is; empty for tokenizer.json."""
    special: tuple[str, ...] = ()
    template: str | None = None
    """Its chat template; of SentencePiece none, else ChatML, where it has none of its own."""
    added: tuple[str, ...] = ()
    """Marks that only tokenizer.json has, and not as special ones."""


THINKS = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}"
    "{% if m.role == 'assistant' and loop.last %}{{ '<think>\n\n</think>\n\n' }}{% endif %}"
    "{{ m.content + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}"
    "{% if enable_thinking is defined and not enable_thinking %}{{ '<think>\n\n</think>\n\n' }}"
    "{% endif %}{% endif %}"
)
"""As Qwen 3: an empty thought before the last answer."""
REASONS = (
    "{% set mode = '/think' if enable_thinking is not defined or enable_thinking else '/no_think' %}"
    "{{ '<|im_start|>system\nReasoning: ' + mode + '<|im_end|>\n' }}{% for m in messages %}"
    "{{ '<|im_start|>' + m.role + '\n' }}{% if m.role == 'assistant' and mode == '/no_think' %}"
    "{{ '<think>\n\n</think>\n' }}{% endif %}{{ m.content + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% if mode == '/no_think' %}"
    "{{ '<think>\n\n</think>\n' }}{% endif %}{% endif %}"
)
"""As SmolLM3: thoughts are on unless it is told otherwise."""
OPENS_A_THOUGHT = (
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}{{ '<|im_start|>' + m.content }}"
    "{% else %}{{ '<|im_end|>' + m.content + eos_token }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_end|><think>\n' }}{% endif %}"
)
"""As DeepSeek R1: the question ends with a thought that has begun."""
ENDS_TWICE = (
    "{% for m in messages %}{{ '<|' + m.role + '|>\n' + m.content + '<|end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% else %}{{ eos_token }}{% endif %}"
)
"""As Phi-3."""
THOUGHT = ("<think>", "</think>")


def _sees_as_well(ids: dict[str, Any]) -> Any:
    return t.Gemma3Config(
        text_config=t.Gemma3TextConfig(**ids, **writers.HEADS).to_dict(),
        vision_config=t.SiglipVisionConfig(**SEES).to_dict(),
        mm_tokens_per_image=4, image_token_index=5, boi_token_index=6, eoi_token_index=7,
    )  # fmt: skip


def _sees(kind: str, seeing: Any) -> Callable[[dict[str, Any]], Any]:
    """A model that sees as well."""

    def config(ids: dict[str, Any]) -> Any:
        made = getattr(t, kind)(vision_config=seeing())
        made.text_config = type(made.text_config)(**ids, **LAYERS)
        return made

    return config


LAYERS, HEADS = writers.LAYERS, writers.HEADS
LONG = {**LAYERS, "max_position_embeddings": 512}
"""For a family whose every conversation begins with a system prompt."""
_LLAMA = ("<unk>", "<s>", "</s>")
_GEMMA = ("<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>")
_PHI = (*_LLAMA, "<|user|>", "<|assistant|>", "<|end|>", "<|system|>")
_CHATML = (*_LLAMA, "<|im_start|>", "<|im_end|>")
WRITERS: dict[str, Field] = {
    "llama": Field(lambda i: t.LlamaConfig(**i, **LAYERS)),
    "llama-spm": Field(lambda i: t.LlamaConfig(**i, **LAYERS), True, "tokenizer.model", _LLAMA),
    "vicuna": Field(lambda i: t.LlamaConfig(**i, **LONG), True, "tokenizer.model", _LLAMA),
    "orca-2": Field(lambda i: t.LlamaConfig(**i, **LAYERS), True, "tokenizer.model", _CHATML),
    "r1-distill": Field(
        lambda i: t.Qwen2Config(**i, **LAYERS), template=OPENS_A_THOUGHT, added=THOUGHT
    ),
    "mistral": Field(lambda i: t.MistralConfig(**i, **LAYERS), False, "tokenizer.model", _LLAMA),
    "qwen2": Field(lambda i: t.Qwen2Config(**i, **LAYERS)),
    "qwen3": Field(lambda i: t.Qwen3Config(**i, **HEADS), template=THINKS, added=THOUGHT),
    "gemma": Field(lambda i: t.GemmaConfig(**i, **HEADS), False, "tokenizer.model", _GEMMA),
    "gemma2": Field(lambda i: t.Gemma2Config(**i, **HEADS), False, "tokenizer.model", _GEMMA),
    "gemma3_text": Field(lambda i: t.Gemma3TextConfig(**i, **HEADS)),
    "gemma3": Field(_sees_as_well),
    "phi": Field(lambda i: t.PhiConfig(**i, **LAYERS), False, "vocab.json"),
    "phi3": Field(
        lambda i: t.Phi3Config(**i, **LAYERS), False, "tokenizer.model", _PHI, ENDS_TWICE
    ),
    "gpt2": Field(lambda i: t.GPT2Config(**i, **GPT), True, "vocab.json"),
    "gpt_neo": Field(
        lambda i: t.GPTNeoConfig(
            **i, hidden_size=32, num_layers=2, num_heads=4, max_position_embeddings=256,
            attention_types=[[["global", "local"], 1]],
        ), True, "vocab.json",
    ),
    "gpt_neox": Field(lambda i: t.GPTNeoXConfig(**i, **OLD, intermediate_size=64), True),
    "gptj": Field(lambda i: t.GPTJConfig(**i, **GPT, rotary_dim=4), True, "vocab.json"),
    "olmo2": Field(lambda i: t.Olmo2Config(**i, **LAYERS)),
    "granite": Field(lambda i: t.GraniteConfig(**i, **LAYERS)),
    "falcon": Field(lambda i: t.FalconConfig(**i, **OLD, ffn_hidden_size=64), True),
    "lfm2": Field(
        lambda i: t.Lfm2Config(**i, **LAYERS, layer_types=["conv", "full_attention"])
    ),
    "mamba": Field(
        lambda i: t.MambaConfig(**i, hidden_size=32, num_hidden_layers=2, state_size=8)
    ),
    "smollm3": Field(
        lambda i: t.SmolLM3Config(**i, **LAYERS), template=REASONS, added=THOUGHT
    ),
    "mixtral": Field(lambda i: t.MixtralConfig(**i, **LAYERS, num_local_experts=4)),
    "mistral3": Field(_sees("Mistral3Config", lambda: t.PixtralVisionConfig(**SEES).to_dict())),
    "llava": Field(_sees("LlavaConfig", lambda: t.CLIPVisionConfig(**SEES).to_dict())),
    "smolvlm": Field(_sees("SmolVLMConfig", lambda: SEES)),
    "idefics3": Field(_sees("Idefics3Config", lambda: SEES)),
    "lfm2_vl": Field(_sees("Lfm2VlConfig", lambda: SEES)),
    "internvl": Field(_sees("InternVLConfig", lambda: {**SEES, "image_size": [28, 28],
                                                       "patch_size": [14, 14]})),
    "stablelm": Field(lambda i: t.StableLmConfig(**i, **LAYERS)),
    "bloom": Field(
        lambda i: t.BloomConfig(**i, hidden_size=32, n_layer=2, n_head=4), True
    ),
    "opt": Field(
        lambda i: t.OPTConfig(**i, **OLD, ffn_dim=64, word_embed_proj_dim=32), True, "vocab.json"
    ),
    "cohere": Field(lambda i: t.CohereConfig(**i, **LAYERS, logit_scale=0.25)),
    "olmo": Field(lambda i: t.OlmoConfig(**i, **LAYERS)),
    "olmo3": Field(lambda i: t.Olmo3Config(**i, **LAYERS)),
    "starcoder2": Field(lambda i: t.Starcoder2Config(**i, **LAYERS)),
    "gpt_bigcode": Field(lambda i: t.GPTBigCodeConfig(**i, **GPT), True),
    "nemotron": Field(lambda i: t.NemotronConfig(**i, **LAYERS)),
    "qwen3_moe": Field(
        lambda i: t.Qwen3MoeConfig(**i, **HEADS, num_experts=4, num_experts_per_tok=2, moe_intermediate_size=64)
    ),
    "mamba2": Field(
        lambda i: t.Mamba2Config(
            **i, hidden_size=32, num_hidden_layers=2, state_size=8, num_heads=8, head_dim=8,
            n_groups=1,
        )
    ),
    "falcon_h1": Field(
        lambda i: t.FalconH1Config(
            **i, **LAYERS, mamba_d_ssm=64, mamba_n_heads=8, mamba_d_head=8, mamba_d_state=8
        )
    ),
    "recurrent_gemma": Field(
        lambda i: t.RecurrentGemmaConfig(
            **i, **LAYERS, block_types=["recurrent", "attention"], attention_window_size=64
        )
    ),
    "exaone4": Field(lambda i: t.Exaone4Config(**i, **LAYERS)),
    "hunyuan_v1_dense": Field(lambda i: t.HunYuanDenseV1Config(**i, **HEADS)),
    "ernie4_5": Field(lambda i: t.Ernie4_5Config(**i, **HEADS)),
    "seed_oss": Field(lambda i: t.SeedOssConfig(**i, **HEADS)),
}  # fmt: skip
"""Models that write."""

WIDE = {**encoders.WIDE, "max_position_embeddings": 64}
_BERT = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_MPNET = ("<s>", "<pad>", "</s>", "[UNK]", "<mask>")
ENCODERS: dict[str, Field] = {
    "bert": Field(lambda i: t.BertConfig(**i, **WIDE), True, "vocab.txt", _BERT),
    "distilbert": Field(
        lambda i: t.DistilBertConfig(
            **i, dim=32, hidden_dim=64, n_layers=2, n_heads=4, max_position_embeddings=64
        ), True, "vocab.txt", _BERT,
    ),
    "albert": Field(
        lambda i: t.AlbertConfig(**i, **WIDE, embedding_size=16), True, "spiece.model",
        ("<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"),
    ),
    "mobilebert": Field(
        lambda i: t.MobileBertConfig(
            **i, **WIDE, embedding_size=16, intra_bottleneck_size=32
        ), True, "vocab.txt", _BERT,
    ),
    "mpnet": Field(lambda i: t.MPNetConfig(**i, **WIDE), True, "vocab.txt", _MPNET),
    "roberta": Field(lambda i: t.RobertaConfig(**i, **WIDE, pad_token_id=1), True),
    "xlm-roberta": Field(
        lambda i: t.XLMRobertaConfig(**i, **WIDE, pad_token_id=1), True,
        "sentencepiece.bpe.model", _LLAMA,
    ),
    "deberta-v2": Field(
        lambda i: t.DebertaV2Config(
            **i, **WIDE, relative_attention=True, pos_att_type=["c2p", "p2c"],
            position_biased_input=False,
        ), True, "spm.model", ("[PAD]", "[CLS]", "[SEP]", "[UNK]"),
    ),
    "modernbert": Field(
        lambda i: t.ModernBertConfig(
            **i, **WIDE, pad_token_id=1, bos_token_id=0, eos_token_id=2, cls_token_id=0,
            sep_token_id=2,
        )
    ),
    "electra": Field(
        lambda i: t.ElectraConfig(**i, **WIDE, embedding_size=16), True, "vocab.txt", _BERT
    ),
}  # fmt: skip
"""Models that read."""


def make_writer(folder: Path, name: str) -> Path:
    """A model that writes, of one of `WRITERS`."""
    field = WRITERS[name]
    folder.mkdir(parents=True, exist_ok=True)
    if field.vocabulary.endswith(".model"):
        sentencepiece(folder / field.vocabulary, BPE, field.special)
        end = next(s for s in field.special if s in ("</s>", "<eos>"))
        ids = {"bos_token_id": _place(field, "<bos>", "<s>"), "eos_token_id": _place(field, end)}
        size = 400
        if field.template:
            told = {"chat_template": field.template, "bos_token": "<s>", "eos_token": end}
            (folder / "tokenizer_config.json").write_text(json.dumps(told))
    else:
        tokenizer = writers._tokenizer()
        tokenizer.chat_template = field.template or writers.CHATML
        tokenizer.add_tokens([AddedToken(mark, special=False) for mark in field.added])
        tokenizer.save_pretrained(folder)
        ids = {"bos_token_id": None, "eos_token_id": tokenizer.eos_token_id}
        size = len(tokenizer)
        if field.vocabulary:
            _split(folder)
    return _write(folder, field, {**ids, "vocab_size": size, "pad_token_id": 0})


def make_encoder(folder: Path, name: str) -> Path:
    """A model that reads, of one of `ENCODERS`."""
    field = ENCODERS[name]
    folder.mkdir(parents=True, exist_ok=True)
    if field.vocabulary.endswith(".model"):
        sentencepiece(folder / field.vocabulary, UNIGRAM, field.special)
        return _write(folder, field, {"vocab_size": 200})
    if field.vocabulary:
        words = sorted({w for text, _ in encoders.examples() for w in text.lower().split()})
        letters = [c for w in "abcdefghijklmnopqrstuvwxyz.,?!'" for c in (w, f"##{w}")]
        listed = list(dict.fromkeys([*field.special, *letters, *words]))
        (folder / field.vocabulary).write_text("\n".join(listed) + "\n")
        return _write(folder, field, {"vocab_size": len(listed)})
    tokenizer = encoders._tokenizer()
    tokenizer.save_pretrained(folder)
    return _write(folder, field, {"vocab_size": len(tokenizer)})


def _write(folder: Path, field: Field, ids: dict[str, Any]) -> Path:
    torch.manual_seed(0)
    config = field.config(ids)
    config.get_text_config().initializer_range = 0.2
    kind = getattr(t, type_facts(config.model_type).auto_class)
    kind = kind if "eos_token_id" in ids else t.AutoModelForMaskedLM
    kind.from_config(config).save_pretrained(folder)
    return odd_forms.as_pickle(folder) if field.pickled else folder


def _place(field: Field, *names: str) -> int:
    return next(field.special.index(name) for name in names if name in field.special)


def _split(folder: Path) -> None:
    """tokenizer.json as vocab.json and merges.txt, the marks of a turn in tokenizer_config.json."""
    plan = json.loads((folder / "tokenizer.json").read_text())
    vocab, merges = plan["model"]["vocab"], plan["model"]["merges"]
    (folder / "vocab.json").write_text(json.dumps(vocab))
    pairs = [m if isinstance(m, str) else " ".join(m) for m in merges]
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *pairs]) + "\n")
    told = {
        "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "unk_token": "<|endoftext|>",
        "bos_token": "<|endoftext|>",
        "added_tokens_decoder": {
            str(token["id"]): {k: v for k, v in token.items() if k != "id"}
            for token in plan["added_tokens"]
        },
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(told))
    (folder / "tokenizer.json").unlink()
