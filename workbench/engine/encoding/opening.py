"""What a tokenizer puts before a text: a begin mark, for models that learned every text with one."""

from typing import Any
from weakref import WeakKeyDictionary

from workbench.models.model_types import type_facts

_openings: "WeakKeyDictionary[Any, tuple[int, ...]]" = WeakKeyDictionary()


def opening(tokenizer: Any) -> tuple[int, ...]:
    """The ids that it puts before a text; none where it puts nothing there."""
    if tokenizer not in _openings:
        around = tokenizer("a")["input_ids"]
        alone = tokenizer("a", add_special_tokens=False)["input_ids"]
        places = range(len(around) - len(alone) + 1)
        start = next((p for p in places if around[p : p + len(alone)] == alone), 0)
        _openings[tokenizer] = tuple(around[:start])
    return _openings[tokenizer]


def begin_texts(tokenizer: Any, model_type: str) -> None:
    """Let the tokenizer put the begin mark before texts, where models of this type need it."""
    if type_facts(model_type).begins and tokenizer.bos_token and not opening(tokenizer):
        tokenizer.add_bos_token = True
        _openings.pop(tokenizer, None)
