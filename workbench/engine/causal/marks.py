"""Marks of a model in a user's text are text.

`<|im_end|>` in a question must not end the turn. Only the chat template writes marks: where a
special token's text stands in a turn, a guard is put after its first character before the turn is
rendered. The tokenizer then finds the template's own marks alone. It is a copy of the model's own
that takes the guard out once marks are found, so the model reads the text as it is. A text
without a guard goes to the model's own tokenizer.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from tokenizers import Tokenizer

GUARD = "\ufdd0"
"""A noncharacter, which Unicode keeps out of texts; in a user's text it is lost."""

_guards: "WeakKeyDictionary[Any, Guard]" = WeakKeyDictionary()


def guard_of(tokenizer: Any) -> "Guard":
    """The guard of a transformers tokenizer; one and the same each time."""
    if tokenizer not in _guards:
        _guards[tokenizer] = Guard(marks_of(tokenizer))
    return _guards[tokenizer]


def marks_of(tokenizer: Any) -> tuple[str, ...]:
    """The texts of the special tokens; those of one character cannot be told from text."""
    added = tokenizer.added_tokens_decoder.values()
    found = {str(token.content) for token in added if token.special}
    return tuple(sorted(mark for mark in found | set(tokenizer.all_special_tokens) if mark[1:]))


class Guard:
    """Keeps a user's text from being read as marks."""

    def __init__(self, marks: Sequence[str]) -> None:
        self._inside = re.compile(f"(?=(?:{_any(marks)}))(.)", re.S) if marks else None
        begun = sorted({mark[:n] for mark in marks for n in range(1, len(mark))})
        self._begun = tuple(begun)
        self._tokenizer: Tokenizer | None = None

    def messages(self, turns: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
        """The turns, to be rendered."""
        return [{name: self.text(value) for name, value in turn.items()} for turn in turns]

    def text(self, text: str) -> str:
        """A text without marks; a mark that it only begins cannot be completed behind it."""
        if self._inside is None:
            return text
        ended = GUARD if text.endswith(self._begun) else ""
        return self._inside.sub(rf"\1{GUARD}", text) + ended

    def tokenizer(self, own: Any) -> Tokenizer:
        """The model's own tokenizer, but for the guard."""
        if self._tokenizer is None:
            self._tokenizer = _copy(own)
        return self._tokenizer


def token_ids(text: str, tokenizer: Any, *, add_special_tokens: bool = False) -> list[int]:
    """The ids of a text in which a guard may stand."""
    if GUARD not in text:
        return list(tokenizer(text, add_special_tokens=add_special_tokens)["input_ids"])
    if not tokenizer.is_fast:
        return _apart(text, tokenizer, add_special_tokens)
    copy = guard_of(tokenizer).tokenizer(tokenizer)
    return list(copy.encode(text, add_special_tokens=add_special_tokens).ids)


def ids_and_offsets(text: str, tokenizer: Any) -> tuple[list[int], list[tuple[int, int]]]:
    """As `token_ids` of a fast tokenizer, and which characters each id stands for."""
    if GUARD not in text:
        encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        return encoded["input_ids"], encoded["offset_mapping"]
    found = guard_of(tokenizer).tokenizer(tokenizer).encode(text, add_special_tokens=False)
    return list(found.ids), list(found.offsets)


def _any(texts: Sequence[str]) -> str:
    return "|".join(map(re.escape, texts))


def _apart(text: str, tokenizer: Any, add_special_tokens: bool) -> list[int]:
    """For tokenizers in Python: the pieces between guards, each on its own."""
    ids: list[int] = []
    for number, piece in enumerate(text.split(GUARD)):
        add = add_special_tokens and not number
        ids += tokenizer(piece, add_special_tokens=add)["input_ids"] if piece else []
    return ids


def _copy(own: Any) -> Tokenizer:
    plan = json.loads(own.backend_tokenizer.to_str())
    marks = set(marks_of(own))
    for token in plan["added_tokens"]:
        if token["content"] in marks:
            token["normalized"] = False  # found before the guard is gone
    if plan["model"]["type"] == "Unigram":
        # Its vocabulary finds </s> in plain text: the guard parts it until there are words.
        cut = {"type": "Split", "pattern": {"String": GUARD}, "behavior": "Removed",
               "invert": False}  # fmt: skip
        plan["pre_tokenizer"] = _after(plan["pre_tokenizer"], cut, "pretokenizers")
    else:
        drop = {"type": "Replace", "pattern": {"String": GUARD}, "content": ""}
        steps = [drop, plan["normalizer"]] if plan["normalizer"] else [drop]
        plan["normalizer"] = {"type": "Sequence", "normalizers": steps}
    plan["truncation"] = plan["padding"] = None
    return Tokenizer.from_str(json.dumps(plan))


def _after(first: dict[str, Any] | None, then: dict[str, Any], name: str) -> dict[str, Any]:
    return {"type": "Sequence", name: [first, then] if first else [then]}
