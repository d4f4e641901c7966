"""Marks of a model in a user's text are text.

`<|im_end|>` in a question must not end the turn. Only the chat template writes marks: where one
stands in a turn, a guard is put after its first character before the turn is rendered, and a mark
of a single character is put as a stand-in. The tokenizer then finds the template's own marks
alone. It is a copy of the model's own that takes the guard out, and puts the character back, once
marks are found, so the model reads the text as it is. A text without either goes to the model's
own tokenizer, unless that looks for marks in another form of the text than ours.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from tokenizers import Tokenizer

GUARD = "\ufdd0"
"""A noncharacter, which Unicode keeps out of texts; in a user's text it is lost."""
_STAND_INS = tuple(map(chr, range(0xFDD1, 0xFDF0)))
"""More of them; in a user's text they are lost, too."""
_LOST = dict.fromkeys(map(ord, _STAND_INS))
_PUT_IN = re.compile(f"[{GUARD}{_STAND_INS[0]}-{_STAND_INS[-1]}]")

_guards: "WeakKeyDictionary[Any, Guard]" = WeakKeyDictionary()


def guard_of(tokenizer: Any) -> "Guard":
    """The guard of a transformers tokenizer; one and the same each time."""
    if tokenizer not in _guards:
        marks = marks_of(tokenizer)
        _guards[tokenizer] = Guard(marks, looks_further=_looks_further(tokenizer, marks))
    return _guards[tokenizer]


def marks_of(tokenizer: Any) -> tuple[str, ...]:
    """The texts that the tokenizer takes for one token wherever they stand, and that are marks.

    They are the special ones, and of the others those that look like marks, such as [INST] or
    <think>; not the words and runs of blanks that some tokenizers add.
    """
    added = tokenizer.added_tokens_decoder.values()
    found = {str(token.content) for token in added if token.special or _is_mark(token.content)}
    return tuple(sorted(mark for mark in found | set(tokenizer.all_special_tokens) if mark))


def _is_mark(text: str) -> bool:
    """Whether a text begins and ends with a sign and has letters between."""
    ends = text[:1] + text[-1:]
    has_letters = any(sign.isalpha() for sign in text[1:-1])
    return has_letters and not any(sign.isalnum() or sign.isspace() for sign in ends)


class Guard:
    """Keeps a user's text from being read as marks."""

    def __init__(self, marks: Sequence[str], *, looks_further: bool = False) -> None:
        """`looks_further`: other forms of the marks count, too, so every text goes to the copy."""
        self.looks_further = looks_further
        long, single = [m for m in marks if m[1:]], [m for m in marks if not m[1:]]
        self._inside = re.compile(f"(?=(?:{_any(long)}))(.)", re.S | re.I) if long else None
        self._begun = tuple(sorted({m[:n].lower() for m in long for n in range(1, len(m))}))
        self.stand_ins = dict(zip(single, _STAND_INS, strict=False))
        """A mark of one character → what is put in its place."""
        self._single = str.maketrans(self.stand_ins)
        self._tokenizer: Tokenizer | None = None

    def messages(self, turns: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The turns, to be rendered."""
        return [{name: self._guarded(value) for name, value in turn.items()} for turn in turns]

    def _guarded(self, value: Any) -> Any:
        return self.text(value) if isinstance(value, str) else value

    def text(self, text: str) -> str:
        """A text without marks; a mark that it only begins cannot be completed behind it."""
        text = text.translate(_LOST)
        if self._inside is not None:
            ended = GUARD if text.lower().endswith(self._begun) else ""
            text = self._inside.sub(rf"\1{GUARD}", text) + ended
        return text.translate(self._single)

    def tokenizer(self, own: Any) -> Tokenizer:
        """The model's own tokenizer, but for the guard."""
        if self._tokenizer is None:
            self._tokenizer = _copy(own, self)
        return self._tokenizer


def is_guarded(text: str, tokenizer: Any) -> bool:
    """Whether a text is read by the copy of the tokenizer that knows the guard."""
    return bool(_PUT_IN.search(text)) or guard_of(tokenizer).looks_further


def token_ids(text: str, tokenizer: Any) -> list[int]:
    """The ids of a text in which a guard may stand."""
    if not is_guarded(text, tokenizer):
        return list(tokenizer(text, add_special_tokens=False)["input_ids"])
    if not tokenizer.is_fast:
        return list(_apart(text, tokenizer))
    copy = guard_of(tokenizer).tokenizer(tokenizer)
    return list(copy.encode(text, add_special_tokens=False).ids)


def ids_and_offsets(text: str, tokenizer: Any) -> tuple[list[int], list[tuple[int, int]]]:
    """As `token_ids` of a fast tokenizer, and which characters each id stands for."""
    if not is_guarded(text, tokenizer):
        encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        return encoded["input_ids"], encoded["offset_mapping"]
    found = guard_of(tokenizer).tokenizer(tokenizer).encode(text, add_special_tokens=False)
    return list(found.ids), list(found.offsets)


def _looks_further(tokenizer: Any, marks: Sequence[str]) -> bool:
    """Whether marks are looked for once the text is normalised: a text may become one then."""
    if not tokenizer.is_fast or tokenizer.backend_tokenizer.normalizer is None:
        return False
    added = tokenizer.added_tokens_decoder.values()
    return any(token.normalized and token.content in marks for token in added)


def _any(texts: Sequence[str]) -> str:
    return "|".join(map(re.escape, texts))


def _apart(text: str, tokenizer: Any) -> Iterator[int]:
    """For tokenizers in Python: the pieces between guards, each on its own."""
    marks = {stand_in: mark for mark, stand_in in guard_of(tokenizer).stand_ins.items()}
    for piece in re.split(f"({_PUT_IN.pattern})", text):
        if piece in marks:
            yield from tokenizer(marks[piece], add_special_tokens=False, split_special_tokens=True)[
                "input_ids"
            ]
        elif piece and piece != GUARD:
            yield from tokenizer(piece, add_special_tokens=False)["input_ids"]


def _copy(own: Any, guard: Guard) -> Tokenizer:
    plan = json.loads(own.backend_tokenizer.to_str())
    marks = set(marks_of(own))
    for token in plan["added_tokens"]:
        if token["content"] in marks:
            token["normalized"] = False  # found before the guard is gone
    steps = [_replace(stand_in, mark) for mark, stand_in in guard.stand_ins.items()]
    if plan["model"]["type"] == "Unigram":
        # Its vocabulary finds </s> in plain text: the guard parts it until there are words.
        cut = {"type": "Split", "pattern": {"String": GUARD}, "behavior": "Removed",
               "invert": False}  # fmt: skip
        plan["pre_tokenizer"] = _after(plan["pre_tokenizer"], cut, "pretokenizers")
    else:
        steps.append(_replace(GUARD, ""))
    if steps:
        steps += [plan["normalizer"]] if plan["normalizer"] else []
        plan["normalizer"] = {"type": "Sequence", "normalizers": steps}
    plan["truncation"] = plan["padding"] = None
    return Tokenizer.from_str(json.dumps(plan))


def _replace(text: str, content: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": {"String": text}, "content": content}


def _after(first: dict[str, Any] | None, then: dict[str, Any], name: str) -> dict[str, Any]:
    return {"type": "Sequence", name: [first, then] if first else [then]}
