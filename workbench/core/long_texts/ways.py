"""The ways to read a text that is longer than a model takes, and the sentences that say so."""

from dataclasses import dataclass

AUTO = "auto"
WINDOWS, NEAREST, HEAD_TAIL, HEAD = "windows", "nearest", "head_tail", "head"
CHOICES = (AUTO, WINDOWS, NEAREST, HEAD_TAIL, HEAD)
"""What a recipe may say."""
LEARNED_WINDOWS = 4
"""An encoder learns from so many windows of a long text in a step, drawn anew each time: a step would
otherwise take as long as the longest text."""


@dataclass(frozen=True)
class Way:
    """One way to read a long text."""

    name: str
    title: str
    """On a page, where one is chosen."""
    told: str
    """What happens, in a sentence behind "of those", for one who only wants to know what is read."""
    loses: bool
    """Whether a part of the text is not read."""


WAYS = {
    way.name: way
    for way in (
        Way(
            WINDOWS,
            "All of it, window by window",
            "all is read, in overlapping parts (windows) that are put together",
            loses=False,
        ),
        Way(
            NEAREST,
            "The parts that fit the question",
            "the beginning and the parts nearest to the question are read, and a mark stands where "
            "something is left out",
            loses=True,
        ),
        Way(
            HEAD_TAIL,
            "Beginning and end",
            "the beginning and the end are read, and the middle is left out",
            loses=True,
        ),
        Way(
            HEAD,
            "The beginning only",
            "only the beginning is read",
            loses=True,
        ),
    )
}


def way_for(wanted: str, *, writes_text: bool, has_question: bool = False) -> str:
    """The way that is taken where a recipe wants `wanted`.

    Args:
        writes_text: whether the model writes; one that only reads can read window by window.
        has_question: whether a long text comes with something that is asked about it.
    """
    if wanted != AUTO:
        return wanted
    if not writes_text:
        return WINDOWS
    return NEAREST if has_question else HEAD_TAIL


def refusal(wanted: str, *, writes_text: bool) -> str:
    """Why a model cannot read long texts so, and what to choose; empty where it can."""
    if writes_text and wanted == WINDOWS:
        return (
            "A model that writes reads a text as one piece and cannot put windows together: set "
            "'Long texts' (long_texts) to auto, nearest, head_tail or head, or choose an encoder."
        )
    if not writes_text and wanted == NEAREST:
        return (
            "A model that sorts is asked no question by which parts of a text could be chosen: set "
            "'Long texts' (long_texts) to auto, windows, head_tail or head."
        )
    return ""
