"""Whether a turn is to be learned, by the marks that training programs put at it."""

from collections.abc import Mapping
from typing import Any

from workbench.core.chats.seen import Seen

_LEARNED = ("weight", "loss", "loss_scale", "train", "training", "trainable", "learn")
"""0 or false: not learned. OpenAI says weight; others say loss or train."""
_MASKED = ("mask", "masked")
"""1 or true: not learned."""
_PARTLY = ("train_detail", "training_detail")
KEYS = (*_LEARNED, *_MASKED, *_PARTLY)


def unlearned_mark(item: Mapping[str, Any], seen: Seen) -> str:
    """The mark that says that an answer is not to be learned, in the file's words ("weight 0");
    empty where it is to be."""
    if item.keys().isdisjoint(KEYS):
        return ""
    seen.unused.update(key for key in _PARTLY if item.get(key))
    for key in _LEARNED:
        number = _number(item.get(key))
        if number == 0:
            return f"{key} {_words(item[key])}"
        if number not in (None, 1):
            seen.unused.add(f"{key} other than 0 and 1")
    return next(
        (f"{key} {_words(item[key])}" for key in _MASKED if _number(item.get(key)) == 1), ""
    )


def _number(value: Any) -> float | None:
    """0 for no, 1 for yes; None for what is neither a truth value nor a number."""
    if isinstance(value, str):
        value = {"false": 0, "no": 0, "true": 1, "yes": 1}.get(value.strip().lower(), value)
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, int | float) else str(value).strip()
