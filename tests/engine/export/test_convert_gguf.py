"""What llama.cpp calls the rules of tokenizers whose vocabulary it has never seen."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from workbench.core.paths import CHECKOUT
from workbench.engine.export.convert_gguf import (
    BYTE,
    CONTROL,
    NORMAL,
    OWN,
    UNKNOWN,
    UNUSED,
    main,
    pieces_of,
    puts_space_before,
    rules_of,
)
from workbench.engine.export.llama import converter_folder

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


PIECES: dict[str, Any] = {
    "version": "1.0",
    "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"},
    "pre_tokenizer": None,
    "added_tokens": [
        {"id": 0, "content": "<unk>", "special": True},
        {"id": 1, "content": "<s>", "special": True},
        {"id": 10, "content": "\u2581\u2581", "special": False},
    ],
    "model": {
        "type": "BPE", "byte_fallback": True, "unk_token": "<unk>",
        "vocab": {"<unk>": 0, "<s>": 1, "<0x41>": 2, "\u2581": 3, "a": 4, "b": 5, "\u2581a": 6, "ab": 7, "\u2581ab": 8},
        "merges": [["\u2581", "a"], ["a", "b"], ["\u2581", "ab"], ["\u2581a", "b"]],
    },
}  # fmt: skip
FLAGS = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}


def test_pieces_are_the_likelier_the_sooner_they_are_joined(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text(json.dumps(PIECES))
    assert pieces_of(tmp_path) == [
        ("<unk>", -1000, UNKNOWN), ("<s>", -1000, CONTROL), ("<0x41>", 0, BYTE),
        ("\u2581", -3, NORMAL), ("a", -3, NORMAL), ("b", -3, NORMAL),
        ("\u2581a", 0, NORMAL), ("ab", -1, NORMAL), ("\u2581ab", -2, NORMAL),
        ("[PAD9]", -10000, UNUSED), ("  ", -1000, OWN),
    ]  # fmt: skip


def test_only_a_vocabulary_of_pieces_has_some(tmp_path: Path) -> None:
    assert pieces_of(tmp_path) is None
    model = {**PIECES["model"], "byte_fallback": False}
    (tmp_path / "tokenizer.json").write_text(json.dumps({**PIECES, "model": model}))
    assert pieces_of(tmp_path) is None


BLANK = {"type": "Prepend", "prepend": "\u2581"}
FIRST = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first", "split": False}


@pytest.mark.parametrize(
    ("steps", "splits", "before"),
    [
        ([BLANK, PIECES["normalizer"]], None, True),
        ([PIECES["normalizer"]], None, False),
        ([], FIRST, False),
    ],
)
def test_it_is_known_whether_a_word_behind_a_mark_gets_a_blank(
    tmp_path: Path, steps: list[Any], splits: Any, before: bool
) -> None:
    added = [{**FLAGS, **token} for token in PIECES["added_tokens"]]
    normal = {"type": "Sequence", "normalizers": steps}
    plan = {**PIECES, "added_tokens": added, "normalizer": normal, "pre_tokenizer": splits}
    (tmp_path / "tokenizer.json").write_text(json.dumps(plan))
    assert puts_space_before(tmp_path) == before


@pytest.mark.parametrize("why", ["'rotary_pct'", "gguf.MODEL_TENSOR.NEVER_HEARD_OF"])
def test_what_the_converter_cannot_read_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """Not for want of a name that only its newer `gguf` knows."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "conversion", raising=False)
    converter = tmp_path / "converter"
    (converter / "conversion").mkdir(parents=True)
    (converter / "conversion" / "__init__.py").write_text(f"import gguf\nraise KeyError({why})")
    order = tmp_path / "order.json"
    order.write_text(json.dumps({"converter": str(converter), "source": str(tmp_path)}))
    assert main(order) == 1
    said = (tmp_path / "refused.txt").read_text()
    name = why.strip("'").rpartition(".")[2]
    assert f"does not know this kind of model (KeyError: '{name}'): export it merged" in said


ALL_MODULES = """
import importlib, pkgutil, sys
from pathlib import Path
from workbench.engine.export.convert_gguf import name_what_it_lacks

sys.path.insert(0, sys.argv[1])
name_what_it_lacks(Path(sys.argv[1]))
import conversion
for module in pkgutil.iter_modules(conversion.__path__):
    importlib.import_module(f"conversion.{module.name}")
"""


@pytest.mark.skipif(
    not (converter_folder() / "conversion").is_dir(),
    reason="llama.cpp's converter is not installed",
)
def test_every_kind_of_model_that_the_converter_is_for_can_be_asked_for() -> None:
    """Mistral 3, GLM and DeepSeek lay in modules that name what its own `gguf` does not know."""
    order = [sys.executable, "-c", ALL_MODULES, str(converter_folder())]
    done = subprocess.run(order, capture_output=True, text=True, cwd=CHECKOUT, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
