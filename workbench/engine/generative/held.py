"""Answers of a file or an exam, held to a form or free: the likeliest token each time that it allows."""

from collections.abc import Iterable
from typing import Protocol

from workbench.engine.generative.fields.constraint import Told
from workbench.engine.serving.choosing.token_choice import TokenChoice
from workbench.engine.serving.constraint import TokenConstraint
from workbench.engine.serving.requests import Sampling


class Held(Protocol):
    """The form that some answers are held to."""

    def constraint(self, limit: int, place: int = 0) -> TokenConstraint | None:
        """What the answer at a place keeps to, in so many tokens; None where it is free."""


def choices(form: Held | None, places: Iterable[int], limit: int) -> list[TokenChoice]:
    """How the tokens of the answers at these places are chosen, whoever computes them.

    Args:
        form: None where all are free.
        limit: tokens that an answer may have; `TokenChoice.room` says what it gets.
    """
    sampling = Sampling(max_tokens=limit)
    return [
        TokenChoice(sampling, None, form.constraint(limit, place) if form else None)
        for place in places
    ]


def told_of(choice: TokenChoice) -> Told:
    """What is told of an answer beside its text."""
    return getattr(choice.constraint, "told", None) or Told()
