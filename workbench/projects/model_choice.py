"""Which model to begin with, and why: one that is here, and beside it perhaps one to download."""

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.core.tasks import task_named
from workbench.core.words import about, joined, plural, short_count
from workbench.data.checkup.checks.languages import named_in
from workbench.models.families import family_named
from workbench.models.model_info import SUGGESTED
from workbench.models.suggested import YES
from workbench.projects.model_candidates import FEW_ROWS, Candidate, Wish

_LARGER = 2.0
"""A model is larger if its layers have so many times the weights."""
_WORDS_PER_TOKEN = 0.75
_NAMED = 3
"""So many of a model's languages are named."""


@dataclass(frozen=True)
class Recommendation:
    """A model to begin with, and why."""

    candidate: Candidate
    reason: str


def recommend(found: Sequence[Candidate], wish: Wish) -> list[Recommendation]:
    """The model to begin with among those here, then one to download if it suits better.

    Args:
        found: the candidates, the best first.
    """
    here = next(
        (one for one in found if one.is_here and one.learns and one.suggestion is not None), None
    )
    if here is None:
        return []
    better = next(
        (
            Recommendation(one, reason)
            for one in found
            if _may_be_recommended(one) and (reason := _advantage(one, here, wish))
        ),
        None,
    )
    return [Recommendation(here, _why_here(here, wish)), *([better] if better else [])]


def _may_be_recommended(one: Candidate) -> bool:
    """Whether it can be had by everybody: to download, fits, free for companies and without a token."""
    free = one.commercial_use == YES and not (one.suggestion and one.suggestion.gated)
    return one.model.state == SUGGESTED and one.learns and one.fit.ok and free


def _why_here(one: Candidate, wish: Wish) -> str:
    """Why to begin with a model that is here, and what to expect of it less."""
    said = [_does(one, wish), "It is here already, so nothing has to be downloaded."]
    if 0 < wish.rows < 200:
        said.append("Fewer than 200 examples are enough to try, but more would help.")
    if one.knows(wish.texts.languages) is False:
        said.append(
            f"Your texts are {_spoken(wish)}, and it was made for {_languages_of(one)}: expect less "
            "of it there."
        )
    return " ".join([*said, *_cut(one, wish)])


def _cut(one: Candidate, wish: Wish) -> list[str]:
    """That it does not read long examples at once, if so."""
    limit = one.model.context_length
    if limit is None or one.reads(wish.texts.tokens):
        return []
    writes = family_named(one.model.family).writes_text
    rest = "of more the parts that matter" if writes else "more in several parts, put together"
    return [
        f"Your long examples have about {wish.texts.words:,} words, and it reads {limit:,} tokens at once "
        f"(some {round(limit * _WORDS_PER_TOKEN, -1):,.0f} words), {rest}."
    ]


def _does(one: Candidate, wish: Wish) -> str:
    task = task_named(wish.task)
    if task.rows_are_documents:
        return "Your task needs a model that goes on with texts, as this one does."
    if not task.is_read_off:
        return (
            "Your task needs a model that writes text. This one already follows instructions and "
            "is small enough to learn from your examples on this machine."
        )
    if family_named(one.model.family).writes_text:
        return "This one writes the name of the category, which takes it longer than reading."
    wait = about(one.seconds)
    if task.answers_are_numbers:
        return (
            "To estimate a number, a model only has to read the text. This one reads it at once and "
            f"learns in {wait} here."
        )
    return (
        "To sort a text, a model only has to read it. This one reads it at once "
        f"instead of writing word by word, so it learns in {wait} here, and is usually "
        "more accurate than a small model that writes."
    )


def _advantage(one: Candidate, here: Candidate, wish: Wish) -> str:
    """What speaks for a download; empty where nothing does that could be named."""
    texts = wish.texts
    if one.knows(texts.languages) is not True:
        return ""
    if here.knows(texts.languages) is False:
        why = (
            f"Your texts are {_spoken(wish)}: it was made for "
            f"{_languages_of(one, texts.languages)}, and learns in {about(one.seconds)} here."
        )
        return " ".join([why, *_cut(one, wish)])
    if not here.reads(texts.tokens) and one.reads(texts.tokens) and one.model.context_length:
        return (
            f"Your long examples have about {texts.words:,} words: it reads "
            f"{one.model.context_length:,} tokens at once, once 'Longest example' on the Train page "
            "allows as much."
        )
    if not one.is_quick:
        return ""
    return _by_its_kind(one, here, wish) or _by_its_size(one, here, wish)


def _by_its_kind(one: Candidate, here: Candidate, wish: Wish) -> str:
    apart, here_apart = (family_named(c.model.family).reads_apart for c in (one, here))
    if not wish.texts.shortens or not apart or here_apart:
        return ""
    return (
        "Your answers are much shorter than what comes in: it was made to turn one text into "
        f"another, and learns in {about(one.seconds)} here."
    )


def _by_its_size(one: Candidate, here: Candidate, wish: Wish) -> str:
    sorts = task_named(wish.task).is_read_off
    enough = wish.rows >= FEW_ROWS if sorts else wish.rows > 0
    if sorts and family_named(one.model.family).writes_text:
        return ""
    if not enough or one.layers_weights < _LARGER * here.layers_weights:
        return ""
    return (
        f"You have {plural(wish.rows, 'example')}: enough for a larger model. It has "
        f"{short_count(one.model.parameters)} parameters instead of "
        f"{short_count(here.model.parameters)}, and learns in {about(one.seconds)} here."
    )


def _spoken(wish: Wish) -> str:
    return joined(named_in(wish.texts.languages))


def _languages_of(one: Candidate, first: tuple[str, ...] = ()) -> str:
    """What it was made for: the languages that are asked for, and how many others."""
    suggestion = one.suggestion
    if suggestion is None:
        return "others"
    listed = suggestion.languages
    shown = [*first, *(code for code in listed if code not in first)]
    if len(shown) <= _NAMED and not suggestion.many_languages:
        return joined(named_in(shown))
    named = named_in(shown[: max(len(first), 1)])
    others = max(len(listed), suggestion.many_languages) - len(named)
    return joined([*named, f"{others} other languages"])
