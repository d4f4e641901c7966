"""What llama.cpp calls the rules of tokenizers whose vocabulary it has never seen."""

import json
from pathlib import Path
from typing import Any

import pytest

from workbench.engine.export.convert_gguf import rules_of

BYTES = {"type": "ByteLevel", "use_regex": True}
PLAIN_BYTES = {"type": "ByteLevel", "use_regex": False}
LLAMA_3 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"


def split(rule: str) -> dict[str, Any]:
    return {"type": "Split", "pattern": {"Regex": rule}}


@pytest.mark.parametrize(
    ("steps", "name"),
    [
        ([BYTES], "gpt-2"),
        ([{"type": "Digits", "individual_digits": True}, BYTES], "smollm"),
        ([split(LLAMA_3), PLAIN_BYTES], "llama-bpe"),
        ([split(LLAMA_3.replace("{1,3}", "")), PLAIN_BYTES], "qwen2"),
        ([split("\\w+"), PLAIN_BYTES], None),
        ([{"type": "Whitespace"}], None),
        ([PLAIN_BYTES], None),
    ],
)
def test_rules_are_known_by_their_steps(tmp_path: Path, steps: list[Any], name: str | None) -> None:
    plan = {"pre_tokenizer": {"type": "Sequence", "pretokenizers": steps}}
    (tmp_path / "tokenizer.json").write_text(json.dumps(plan))
    assert rules_of(tmp_path) == name


def test_a_folder_without_a_tokenizer_has_none(tmp_path: Path) -> None:
    assert rules_of(tmp_path) is None
