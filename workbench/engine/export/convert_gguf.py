"""Makes a GGUF file of a merged model, in a process of its own.

    python -m workbench.engine.export.convert_gguf ORDER.json

llama.cpp's own converter does it. It brings a `gguf` of its own, another than ours, so it lies in a folder
of its own and goes before ours in this process alone. Why a model cannot be converted stands in
`refused.txt` beside the order afterwards, a sentence.

A vocabulary of SentencePiece is told by tokenizer.json alone, as transformers saves it: how likely each piece is
comes from the order in which pieces are joined. The converter wants tokenizer.model for it, or makes all
pieces equally likely, and then texts come apart otherwise.
"""

import json
import re
import sys
import traceback
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from workbench.jobs.process.job_dir import read_json

REFUSED = "refused.txt"
_REGEXES = {
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|": "llama-bpe",
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?": "qwen2",
}
"""How the rules for cutting texts into words begin, and what llama.cpp calls them."""
NORMAL, UNKNOWN, CONTROL, OWN, UNUSED, BYTE = range(1, 7)
"""Kinds of pieces, as GGUF numbers them; OWN ones are found in a text before it is cut."""
_NAMES = re.compile(r"\bgguf\.(MODEL_TENSOR|MODEL_ARCH)\.(\w+)")
"""What the converter's modules know models and their tensors by."""
_BYTE = re.compile(r"<0x[0-9A-F]{2}>")
_WHOLE, _NEVER = -1000.0, -10000.0
"""How likely is a piece that nothing is joined to, and one that does not occur."""
_READS_JSON = ("Gemma4",)
"""How the converter's classes begin that read such a tokenizer.json themselves."""
_FORMER = {
    "rotary_pct": "partial_rotary_factor",
    "rotary_emb_base": "rope_theta",
    "n_ctx": "n_positions",
}
"""What settings of the model were called that transformers names otherwise now."""
Piece = tuple[str, float, int]
"""Text, how likely, kind."""


def main(order_file: Path) -> int:
    """Convert; the exit code."""
    order = json.loads(order_file.read_text("utf-8"))
    sys.path.insert(0, order["converter"])
    try:
        name_what_it_lacks(Path(order["converter"]))
        _convert(order)
    except NotImplementedError as error:
        return _refuse(order_file, str(error))
    except Exception as error:  # it meets models as it never expected them
        traceback.print_exc()
        return _refuse(order_file, f"{type(error).__name__}: {error}")
    return 0


def _refuse(order_file: Path, why: str) -> int:
    said = (why.strip().splitlines() or ["no reason given"])[0][:160]
    order_file.with_name(REFUSED).write_text(
        f"llama.cpp's converter does not know this kind of model ({said}): export it merged instead.",
        "utf-8",
    )
    return 1


def name_what_it_lacks(converter: Path) -> None:
    """Give the converter's `gguf` the names that its modules use of newer ones.

    A module that names a single one that there is not could not be loaded, and with it none of the
    models that it is for; most of them never use that one.
    """
    import gguf

    for file in (converter / "conversion").glob("*.py"):
        for kind, name in set(_NAMES.findall(file.read_text("utf-8"))):
            if not hasattr(getattr(gguf, kind), name):
                setattr(getattr(gguf, kind), name, name)


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
        pieces = None if kind.__name__.startswith(_READS_JSON) else pieces_of(folder)
        kind.set_vocab = _told(_with_pieces(pieces, folder) if pieces else kind.set_vocab, order)
        kind.set_gguf_parameters = _with_former_names(kind.set_gguf_parameters)
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


def _with_pieces(pieces: list[Piece], folder: Path) -> Any:
    """Writes such a vocabulary."""

    def set_vocab(self: Any) -> None:
        import gguf

        rest = [
            (f"[PAD{at}]", _NEVER, UNUSED) for at in range(len(pieces), self.hparams["vocab_size"])
        ]
        texts, scores, kinds = zip(*pieces, *rest, strict=True)
        writer = self.gguf_writer
        writer.add_tokenizer_model("llama")
        writer.add_tokenizer_pre("default")
        writer.add_token_list([text.encode() for text in texts])
        writer.add_token_scores(list(scores))
        writer.add_token_types(list(kinds))
        writer.add_add_space_prefix(puts_space_before(folder))
        gguf.SpecialVocab(folder, n_vocab=len(texts)).add_to_gguf(writer)

    return set_vocab


def pieces_of(folder: Path) -> list[Piece] | None:
    """The pieces of a SentencePiece vocabulary, by id; None if the tokenizer is of another kind."""
    plan = read_json(folder / "tokenizer.json") or {}
    model = plan.get("model") or {}
    if model.get("type") != "BPE" or not model.get("byte_fallback"):
        return None
    joined: dict[str, int] = {}
    for at, both in enumerate(model["merges"]):
        joined.setdefault("".join(both if isinstance(both, list) else both.split(" ")), at)
    ids = {number: text for text, number in model["vocab"].items()}
    added = {token["id"]: token for token in plan.get("added_tokens") or []}
    return [
        _piece(ids.get(number), added.get(number), joined, model.get("unk_token"))
        or (f"[PAD{number}]", _NEVER, UNUSED)
        for number in range(max([*ids, *added]) + 1)
    ]


def _piece(
    text: str | None, added: Any, joined: dict[str, int], unknown: str | None
) -> Piece | None:
    """A piece by its text in the vocabulary and by what is said of an added token; None without either."""
    if added is not None:
        kind = CONTROL if added.get("special") else OWN
        own = added["content"] if kind == CONTROL else added["content"].replace("\u2581", " ")
        return own, _WHOLE, UNKNOWN if added["content"] == unknown else kind
    if text is None:
        return None
    if _BYTE.fullmatch(text):
        return text, 0.0, BYTE
    return text, -float(joined.get(text, len(joined))), UNKNOWN if text == unknown else NORMAL


def puts_space_before(folder: Path) -> bool:
    """Whether the first word behind a mark gets a blank before it; llama.cpp then puts one at the beginning,
    too."""
    plan = read_json(folder / "tokenizer.json") or {}
    marks = [one["content"] for one in plan.get("added_tokens") or [] if one.get("special")]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokens = tokenizer.encode(f"{''.join(marks[:1])}a", add_special_tokens=False).tokens
    return any(token.startswith("\u2581") for token in tokens)


def _with_former_names(write: Any) -> Any:
    """The converter asks for settings by names that they had in older files."""

    def told(self: Any) -> None:
        known = {**self.hparams, **self.rope_parameters}
        for former, name in _FORMER.items():
            if name in known:
                self.hparams.setdefault(former, known[name])
        write(self)

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
