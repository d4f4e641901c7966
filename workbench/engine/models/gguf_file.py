"""A GGUF file as a folder of safetensors with tokenizer and chat template."""

from pathlib import Path
from typing import Any

import torch
from tokenizers import pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
from transformers.integrations.gguf.gguf_tokenizer_mapping import (
    GGUF_PRE_TOKENIZER_SPLITS,
    get_gguf_tokenizer,
)
from transformers.integrations.gguf.reader import GgufHeader

from workbench.core.errors import WorkbenchError
from workbench.engine.models.tokenizer_files import save_checked

LIKE_GPT2 = ("", "default", "gpt-2", "phi-2", "olmo", "mpt", "jais", "trillion", "granite-docling")
"""Names of rules for cutting texts into words that are GPT-2's."""
DIGITS_APART = ("smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b")
"""Those with each digit a word of its own, and else GPT-2's."""


def write_gguf(gguf: Path, folder: Path) -> None:
    """Unpack a model into a folder.

    Raises:
        WorkbenchError: it is damaged, or its tokenizer is of a kind that is not known here.
    """
    try:
        tokenizer = gguf_tokenizer(gguf)
        _write_model(gguf, folder)
    except WorkbenchError:
        raise
    except Exception as error:  # whatever a damaged file leads to in the library's two readers
        said = str(error).strip().splitlines()[:1] or [type(error).__name__]
        raise WorkbenchError(
            f"The file {gguf} cannot be unpacked ({said[0][:160]}): get the model's .safetensors "
            "files instead, or download it again."
        ) from error
    save_checked(tokenizer, folder)


def gguf_tokenizer(gguf: Path) -> Any:
    """The tokenizer in a GGUF file.

    Raises:
        WorkbenchError: it cuts texts into words by rules that are not known.
    """
    _, told, _ = get_gguf_tokenizer(str(gguf))
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    rules = str(told.get("pre_tokenizer_type") or "")
    if told.get("tokenizer_type") != "gpt2" or rules in {*GGUF_PRE_TOKENIZER_SPLITS, *LIKE_GPT2}:
        return tokenizer
    if rules not in DIGITS_APART:
        raise WorkbenchError(
            f"The tokenizer in {gguf} cuts texts into words by rules of the name '{rules[:40]}', "
            "which are not known here: get the model's .safetensors files instead."
        )
    tokenizer.backend_tokenizer.pre_tokenizer = digits_apart()
    return tokenizer


def digits_apart() -> pre_tokenizers.Sequence:
    """Each digit by itself, then the byte-level pattern of GPT-2."""
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )


def _write_model(gguf: Path, folder: Path) -> None:
    whole = GgufHeader.from_file(str(gguf)).dtype
    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent,
        gguf_file=gguf.name,
        quantization_config=GgufConfig(dequantize=True),
        dtype=torch.float32 if whole is torch.float32 else torch.bfloat16,
    )
    model.save_pretrained(folder)
