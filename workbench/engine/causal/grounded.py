"""Answers of an exam or a file held to what the examples and the question tell (see `grounding`)."""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from workbench.engine.causal.model import CausalModel, context_of
from workbench.engine.causal.reading import ends_set
from workbench.engine.evaluation.systems import Done
from workbench.engine.generative.fields.constraint import Told
from workbench.engine.generative.held import Held
from workbench.engine.generative.leaning.grounding import Again, BarringEach, Draft, width_of
from workbench.evaluation.scoring.facts.known import Known

Questions = Sequence[list[int]]
"""Token ids."""
Answer = tuple[list[int], Told]
"""Its tokens, perhaps with its end and what is behind that, and what is told of it."""
Write = Callable[[Questions, int, Held | None, Done], list[Answer]]
"""Answers to questions, in at most so many tokens."""


def grounded(
    model: CausalModel,
    known: Known,
    prompts: Sequence[str],
    questions: Questions,
    written: Sequence[Answer],
    most: int,
    write: Write,
) -> list[Answer]:
    """The answers; those that invent are written again, all of them at once, as often as it takes.

    Args:
        prompts: what the model reads, as texts.
        questions: the same as token ids.
        most: tokens of the longest answer.
    """
    found, ends = list(written), ends_set(model.model)
    width = width_of(model.model, model.tokenizer)

    def text_of(tokens: Sequence[int]) -> str:
        text = str(model.tokenizer.decode(list(tokens), skip_special_tokens=True))
        return text.partition(ends.text)[0] if ends.text else text

    drafts = {place: Draft(known, prompts[place], text_of) for place in range(len(found))}
    tokens = {place: _until_end(found[place][0], ends.ids) for place in drafts}
    while tokens:
        again = {
            place: begun
            for place, own in tokens.items()
            if (begun := drafts[place].again(own, is_cut=len(own) == most)) is not None
        }
        for place in tokens:
            found[place] = drafts[place].tokens, found[place][1]
        tokens = {}
        for places, room in _together(model, questions, again, most):
            held = BarringEach([again[place].barred for place in places], width)
            begun_at = [[*questions[place], *again[place].kept] for place in places]
            for place, (own, _) in zip(
                places, write(begun_at, room, held, lambda _: None), strict=True
            ):
                whole = [*again[place].kept, *_until_end(own, ends.ids)]
                tokens[place] = whole[:most]
    return found


def _together(
    model: CausalModel, questions: Questions, again: Mapping[int, Again], most: int
) -> Iterator[tuple[list[int], int]]:
    """Which answers go on at once, and in how many tokens: those that all have room for as many as the
    one of them that has most to write; each of the others alone."""
    if not again:
        return
    context = context_of(model) or math.inf
    room = most - min(len(one.kept) for one in again.values())
    fit = [p for p, one in again.items() if len(questions[p]) + len(one.kept) + room <= context]
    if fit:
        yield fit, room
    for place in again.keys() - set(fit):
        yield [place], most - len(again[place].kept)


def _until_end(tokens: Sequence[int], ends: frozenset[int]) -> list[int]:
    return list(itertools.takewhile(lambda token: token not in ends, tokens))
