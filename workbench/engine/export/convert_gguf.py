"""Makes a GGUF file of a merged model, in a process of its own.

    python -m workbench.engine.export.convert_gguf ORDER.json

llama.cpp's own converter does it. It brings a `gguf` of its own, another than ours, so it lies in a folder
of its own and goes before ours in this process alone. Why a model cannot be converted stands in
`refused.txt` beside the order afterwards, a sentence.
"""

import json
import sys
from pathlib import Path
from typing import Any

from workbench.jobs.process.job_dir import read_json

REFUSED = "refused.txt"
_REGEXES = {
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|": "llama-bpe",
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?": "qwen2",
}
"""How the rules for cutting texts into words begin, and what llama.cpp calls them."""


def main(order_file: Path) -> int:
    """Convert; the exit code."""
    order = json.loads(order_file.read_text("utf-8"))
    sys.path.insert(0, order["converter"])
    try:
        _convert(order)
    except NotImplementedError as error:
        return _refuse(order_file, str(error))
    return 0


def _refuse(order_file: Path, why: str) -> int:
    said = (why.strip().splitlines() or ["no reason given"])[0][:160]
    order_file.with_name(REFUSED).write_text(
        f"llama.cpp's converter does not know this kind of model ({said}): export it merged instead.",
        "utf-8",
    )
    return 1


def _convert(order: dict[str, Any]) -> None:
    import gguf
    import torch
    from conversion import (  # type: ignore[import-not-found]
        ModelBase,
        ModelType,
        get_model_architecture,
        get_model_class,
    )

    folder = Path(order["source"])
    with torch.inference_mode():
        facts = ModelBase.load_hparams(folder, False)
        kind = get_model_class(get_model_architecture(facts, ModelType.TEXT))
        kind.set_vocab = _told(kind.set_vocab, order)
        kind.get_vocab_base_pre = _known_rules(kind.get_vocab_base_pre, folder)
        for name in (
            "add_add_bos_token",
            "add_add_eos_token",
            "add_chat_template",
            "add_eos_token_id",
        ):
            setattr(gguf.GGUFWriter, name, lambda *_: None)
        types = gguf.LlamaFileType
        wide = types.ALL_F32 if order["type"] == "f32" else types.MOSTLY_F16
        kind(folder, wide, Path(order["target"]), model_name=order["name"]).write()


def _told(set_vocab: Any, order: dict[str, Any]) -> Any:
    """Says what the converter guesses at: template, begin mark and ends."""

    def told(self: Any) -> None:
        set_vocab(self)
        writer = self.gguf_writer
        writer.add_bool("tokenizer.ggml.add_bos_token", order["begins"])
        writer.add_bool("tokenizer.ggml.add_eos_token", False)
        writer.add_uint32("tokenizer.ggml.eos_token_id", order["end"])
        if order["template"]:
            writer.add_string("tokenizer.chat_template", order["template"])

    return told


def _known_rules(by_hash: Any, folder: Path) -> Any:
    """The converter knows published vocabularies by what they make of a text; others by their rules."""

    def known(self: Any, tokenizer: Any) -> str:
        try:
            return str(by_hash(self, tokenizer))
        except NotImplementedError:
            name = rules_of(folder)
            if name is None:
                raise
            return name

    return known


def rules_of(folder: Path) -> str | None:
    """What llama.cpp calls the rules by which a tokenizer cuts texts into words; None if it has none."""
    plan = (read_json(folder / "tokenizer.json") or {}).get("pre_tokenizer") or {}
    steps = plan.get("pretokenizers") or [plan]
    kinds = [step.get("type") for step in steps]
    if kinds == ["ByteLevel"] and steps[0].get("use_regex", True):
        return "gpt-2"
    if kinds == ["Digits", "ByteLevel"] and steps[0].get("individual_digits"):
        return "smollm"
    if kinds == ["Split", "ByteLevel"]:
        rule = str((steps[0].get("pattern") or {}).get("Regex") or "")
        return next((name for head, name in _REGEXES.items() if rule.startswith(head)), None)
    return None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
