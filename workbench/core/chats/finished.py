"""Finished prompts: conversations that somebody has already written out with the marks of a model.

Each form has marks that open a turn and name its side; what stands between two of them is the turn.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_USER, _ASSISTANT, _SYSTEM, _TOOL = "user", "assistant", "system", "tool"
_WORDS = {
    _USER: (
        "user|human|instruction|input|question|prompt|customer|client|q|context|gpt4 correct user|"
        "problem|query"
    ),
    _ASSISTANT: (
        "assistant|response|answer|output|bot|ai|agent|gpt|chatgpt|a|model|completion|reply|chatbot|"
        "gpt4 correct assistant|support|solution"
    ),
    _SYSTEM: "system|system prompt|system message",
    _TOOL: "tool|ipython|observation|function",
}
_SIDES = {word: side for side, words in _WORDS.items() for word in words.split("|")}
_ENDS = re.compile(
    r"(?:\s|</?s>|<\|(?:im_end|im_start|end|endoftext|end_of_text|begin_of_text|eot_id|eot|eom_id|"
    r"end_of_turn|END_OF_TURN_TOKEN)\|>|<(?:end_of_turn|eos|bos|pad|eoh|eoa|BOS_TOKEN|EOS_TOKEN)>|<｜(?:end▁of▁sentence|begin▁of▁sentence)｜>)*"
)
_MOST_ENDS = 8
"""So many marks in a row end a turn; more are a text about marks."""
_PREFACE = re.compile(r"below is an? instruction\b.*", re.I | re.S)
"""What stands before the first mark in Alpaca's form, and says nothing of the row."""
_LLAMA2_SYSTEM = re.compile(r"^\s*<<SYS>>(.*?)<</SYS>>", re.S)


@dataclass(frozen=True)
class _Form:
    hint: str
    """Stands in every text of this form."""
    opener: re.Pattern[str]
    """Group 1 names the side."""
    name: str = ""
    """Empty: it is called by its marks."""
    prefaced: bool = False
    """Whether a text may stand before the first mark: an instruction for all."""
    strict: bool = False
    """Whether the sides must take turns, since the marks are ordinary words."""


def _any(*sides: str) -> str:
    words = [word for side in sides for word in _WORDS[side].split("|")]
    return "|".join(sorted(words, key=len, reverse=True))


_SPOKEN = (
    "user|human|customer|client|question|q|assistant|answer|a|bot|ai|agent|gpt|chatgpt|support|"
    "instruction|response|prompt|completion|input|output|system"
)
_FORMS = (
    _Form("<|im_start|>", re.compile(r"<\|im_start\|>[ \t]*(\w+)[ \t]*\n?"), "ChatML"),
    _Form(
        "<|start_header_id|>",
        re.compile(r"<\|start_header_id\|>\s*(\w+)\s*<\|end_header_id\|>\s*"),
        "Llama 3",
    ),
    _Form(
        "<|header_start|>",
        re.compile(r"<\|header_start\|>\s*(\w+)\s*<\|header_end\|>\s*"),
        "Llama 4",
    ),
    _Form("<start_of_turn>", re.compile(r"<start_of_turn>[ \t]*(\w+)[ \t]*\n?"), "Gemma"),
    _Form(
        "<|start_of_role|>",
        re.compile(r"<\|start_of_role\|>\s*(\w+)\s*<\|end_of_role\|>\s*"),
        "Granite",
    ),
    _Form(
        "_TOKEN|>",
        re.compile(r"<\|START_OF_TURN_TOKEN\|><\|(USER|CHATBOT|SYSTEM)_TOKEN\|>\s*"),
        "Command R",
    ),
    _Form("<|", re.compile(r"<\|(system|user|assistant|bot)\|>:?\s*", re.IGNORECASE)),
    _Form("<｜", re.compile(r"<｜(User|Assistant)｜>\s*"), "DeepSeek", prefaced=True),
    _Form("<human>", re.compile(r"<(human|bot)>:?\s*")),
    _Form(
        "##",
        re.compile(
            rf"#{{2,4}} ?({_any(_USER, _ASSISTANT, _SYSTEM)})(?::|(?=\s*\n))\s*", re.IGNORECASE
        ),
        prefaced=True,
    ),
    _Form("GPT4 Correct", re.compile(r"(GPT4 Correct (?:User|Assistant)):\s*"), "OpenChat"),
    _Form(
        ":",
        re.compile(r"(?:(?<=\s)|(?<=</s>)|^)(USER|HUMAN|ASSISTANT|SYSTEM):\s*"),
        prefaced=True,
    ),
    _Form(
        ":",
        re.compile(rf"(?:^|\n)[ \t]*(?:\*\*)?({_SPOKEN}):(?:\*\*)?[ \t]*", re.IGNORECASE),
        strict=True,
    ),
)


@dataclass(frozen=True)
class Finished:
    """What a finished prompt says."""

    form: str
    """What its marks are called."""
    turns: tuple[tuple[str, str], ...]
    """Side (user, assistant, system, tool) and text; the last may be an answer that is still to
    be written, and empty."""

    @property
    def is_open(self) -> bool:
        """Whether it ends where the answer is to be written."""
        return self.turns[-1] == (_ASSISTANT, "")


def read(text: str) -> Finished | None:
    """The conversation in a finished prompt; None if the text is none.

    A text is one if it has nothing before its first mark but an instruction, begins with a question
    and has an answer, or a place for one.
    """
    if "[INST]" in text:
        return _checked("Llama 2, Mistral", _instructed(text))
    for form in _FORMS:
        if form.hint in text and (found := _checked(*_cut(text, form), form.strict)):
            return found
    return None


def is_finished(text: str) -> bool:
    """Whether a text is a finished prompt."""
    return read(text) is not None


@lru_cache(1000)
def _side_of(word: str) -> str:
    return _SIDES.get(" ".join(word.lower().split()), "")


def _cut(text: str, form: _Form) -> tuple[str, list[tuple[str, str]]]:
    """What the form is called, and its turns."""
    marks = [match for match in form.opener.finditer(text) if _side_of(match[1])]
    preface = _bare(text[: marks[0].start()]) if marks else ""
    if not marks or (preface and not form.prefaced):
        return "", []
    turns = [(_SYSTEM, preface)] if preface and not _PREFACE.fullmatch(preface) else []
    ends = [match.start() for match in marks[1:]] + [len(text)]
    for match, end in zip(marks, ends, strict=True):
        turns.append((_side_of(match[1]), _bare(text[match.end() : end])))
    return form.name or _called(marks), turns


def _called(marks: Sequence[re.Match[str]]) -> str:
    """The first mark of each side: "### Human, ### Assistant"."""
    found: dict[str, str] = {}
    for match in marks:
        found.setdefault(_side_of(match[1]), match[0].strip().rstrip(":"))
    return ", ".join(found[side] for side in (_USER, _ASSISTANT) if side in found)


def _instructed(text: str) -> list[tuple[str, str]]:
    """Llama 2 and Mistral: [INST] question [/INST] answer </s>."""
    before, *parts = text.split("[INST]")
    turns: list[tuple[str, str]] = []
    if _bare(before):
        return turns
    for part in parts:
        asked, closed, told = part.partition("[/INST]")
        if not closed:
            return []
        if system := _LLAMA2_SYSTEM.match(asked):
            turns.append((_SYSTEM, system[1].strip()))
            asked = asked[system.end() :]
        turns += [(_USER, asked.strip()), (_ASSISTANT, _bare(told))]
    return turns


def _bare(text: str) -> str:
    """A text without blanks and marks at its ends."""
    start = _ENDS.match(text)
    text = text[start.end() if start else 0 :]
    for _ in range(_MOST_ENDS):
        if text == (shorter := _END.sub("", text).rstrip()):
            break
        text = shorter
    return text


_END = re.compile(_ENDS.pattern.removesuffix("*") + r"$")


def _checked(form: str, turns: list[tuple[str, str]], strict: bool = False) -> Finished | None:
    sides = [side for side, _ in turns if side != _SYSTEM]
    if not sides or sides[0] != _USER or _ASSISTANT not in sides:
        return None
    if strict and any(one == other for one, other in itertools.pairwise(sides)):
        return None
    if not any(text for side, text in turns if side == _USER):
        return None
    return Finished(form, tuple(turns))
