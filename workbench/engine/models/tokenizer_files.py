"""Tokenizers in forms that the library does not load by itself, written as tokenizer.json.

A SentencePiece file is read as what it is, a table of pieces: the program of that name is not
needed for it, only the form of its messages, which transformers brings along.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer, LlamaTokenizer
from transformers.convert_slow_tokenizer import SentencePieceExtractor, import_protobuf

from workbench.core.errors import WorkbenchError
from workbench.engine.models.config import unreadable
from workbench.jobs.process.job_dir import read_json

_BPE = 2
"""SentencePiece's number for a vocabulary of merges."""
PROBES = (
    "Where is my parcel? It was due on 12 May, for 1,200.50 €.",
    "  two  spaces,\n\na line and a tab\t.",
    "Größe, naïve, 日本語, 🙂",
)
"""Texts on which a tokenizer must do the same before and after it is written."""


def write_fast_tokenizer(folder: Path, vocabulary: Path) -> None:
    """Write tokenizer.json for a folder whose tokenizer is a SentencePiece file.

    Raises:
        WorkbenchError: the file is damaged, or cannot be written as a fast tokenizer.
    """
    with _without_sentencepiece():
        try:
            tokenizer = _tokenizer(folder, vocabulary)
        except WorkbenchError:
            raise
        except Exception as error:  # whatever a damaged table of pieces leads to
            raise unreadable(folder, f"tokenizer ({vocabulary.name})", error) from error
    save_checked(tokenizer, folder)


def save_checked(tokenizer: Any, folder: Path) -> None:
    """Write a tokenizer to a folder and see that what is read from there does the same.

    Raises:
        WorkbenchError: it does not.
    """
    tokenizer.save_pretrained(folder)
    again = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    if any(again(text)["input_ids"] != tokenizer(text)["input_ids"] for text in PROBES):
        raise WorkbenchError(
            f"The tokenizer in {folder.name} reads texts otherwise once it is written as "
            "tokenizer.json: get the model with a tokenizer.json, or choose another model."
        )


def _tokenizer(folder: Path, vocabulary: Path) -> Any:
    """The tokenizer of the model's family; Llama's way where it has none of its own."""
    proto = _read(vocabulary)
    tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    told = read_json(folder / "tokenizer_config.json") or {}
    merges = proto.trainer_spec.model_type == _BPE
    if not merges:
        return tokenizer
    settings: dict[str, Any] = {"add_bos_token": told.get("add_bos_token", True)}
    if type(tokenizer).__name__ != "TokenizersBackend":
        return AutoTokenizer.from_pretrained(folder, trust_remote_code=False, **settings)
    settings["add_prefix_space"] = told.get(
        "add_prefix_space", bool(proto.normalizer_spec.add_dummy_prefix)
    )
    return LlamaTokenizer.from_pretrained(folder, **settings)


def _read(vocabulary: Path) -> Any:
    proto = import_protobuf().ModelProto()
    proto.ParseFromString(vocabulary.read_bytes())
    if not proto.pieces:
        raise WorkbenchError(
            f"The tokenizer {vocabulary.name} holds no pieces of words (it may be a tiktoken file, "
            "which cannot be read here): get the model with a tokenizer.json."
        )
    return proto


@contextlib.contextmanager
def _without_sentencepiece() -> Iterator[None]:
    """Let transformers read the table of pieces though the program `sentencepiece` is missing."""
    kind: Any = SentencePieceExtractor
    before = kind.__init__

    def read(self: Any, model: str) -> None:
        self.proto = _read(Path(model))

    kind.__init__ = read
    try:
        yield
    finally:
        kind.__init__ = before
