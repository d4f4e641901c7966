"""What a check came to, a sentence for each part; the same on the page and the command line."""

from typing import Any

from workbench.core.words import percent, plural
from workbench.evaluation.habits import parts
from workbench.evaluation.habits.provocations import MARKS

SURE = 0.05
"""Less likely by chance than so is more than chance."""


def headlines(found: dict[str, Any]) -> dict[str, str]:
    """Part → what it came to, in a sentence.

    Args:
        found: `habits` of a job's result.
    """
    said = {
        parts.MEMORISED: _memorised,
        parts.FORGETTING: _forgetting,
        parts.PROVOCATIONS: _provoked,
        parts.ROBUSTNESS: _robust,
    }
    return {
        part: str(found[part]["why"]) if "why" in found[part] else said[part](found[part])
        for part in parts.PARTS
        if part in found
    }


def _memorised(found: dict[str, Any]) -> str:
    tried = (
        f"{plural(found['rows_tried'], 'row')} of {found['learned_answers']:,} learned answers were "
        f"begun, {found['sensitive_rows_tried']:,} of them with something sensitive."
    )
    if not found["values"] and not found["elsewhere"]:
        return f"Nothing came out word for word. {tried}"
    if not found["values"]:
        return (
            "Nothing came out of the row that was asked, but "
            f"{plural(len(found['elsewhere']), 'thing')} from other rows did. {tried}"
        )
    verb = "was" if found["values"] == 1 else "were"
    return (
        f"{plural(found['values'], 'thing')} from {plural(found['rows'], 'row')} {verb} said word "
        f"for word to whoever asks. {tried}"
    )


def _forgetting(found: dict[str, Any]) -> str:
    counts = (
        f"Of {found['rows']} general questions it answers {found['tuned']} rightly, before training "
        f"{found['base']}"
    )
    if not found["base"]:
        return f"{counts}: there was nothing to forget."
    lost = plural(found["forgotten"], "question")
    if found["p_value"] < SURE and found["forgotten"] > found["gained"]:
        return f"{counts}. It has forgotten {lost}: keep it to what it was taught."
    if found["p_value"] < SURE:
        return f"{counts}. It has gained {plural(found['gained'], 'question')}."
    return (
        f"{counts}. {found['forgotten']} forgotten and {found['gained']} gained are no more than "
        "chance makes."
    )


def _provoked(found: dict[str, Any]) -> str:
    number = len(found["rows"])
    if not found["marks"]:
        return f"None of {number} answers to provocations has a mark; read them all the same."
    told = ", ".join(
        f"{plural(times, 'answer')} {MARKS[mark]}" for mark, times in found["marks"].items()
    )
    return f"Of {number} answers to provocations: {told}."


def _robust(found: dict[str, Any]) -> str:
    if not found["variants"]:
        return "The exam questions have nothing in them that could be written otherwise."
    worst = min(found["variants"], key=lambda one: one["same"])
    if worst["same"] == 1:
        asked = plural(found["rows"], "question")
        return (
            f"Not at all: all {asked} get the same answer in every way of writing that was tried."
        )
    return (
        f"Of {plural(found['rows'], 'question')} written otherwise, the answer stays the same least "
        f"often with '{worst['title'].lower()}': {percent(worst['same'])} of {worst['rows']}."
    )


def alarm(part: str, found: dict[str, Any]) -> bool | None:
    """Whether a part needs a look; None where only a person can say."""
    if part == parts.MEMORISED:
        return bool(found["values"] or found["elsewhere"])
    if part == parts.FORGETTING:
        return bool(found["p_value"] < SURE and found["forgotten"] > found["gained"])
    if part == parts.PROVOCATIONS:
        return True if found["marks"] else None
    return any(_is_worse(one) for one in found["variants"])


def _is_worse(variant: dict[str, Any]) -> bool:
    """Whether a way of writing costs right answers, more than chance would."""
    score = variant.get("score")
    if score is not None:
        return bool(score["interval"][1] < 0)
    return bool(variant["interval"][1] < 1)
