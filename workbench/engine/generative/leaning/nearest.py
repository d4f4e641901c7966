"""The user's example that is most like a question, by the pieces of words they share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.evaluation.scoring.pieces import pieces

ALIKE = 0.9
"""A likeness from which two questions count as one: to be shown its answer would teach to copy."""


@dataclass(frozen=True)
class Example:
    """A question and its answer."""

    question: str
    answer: str
    found_by: str = ""
    """The text by which it is found, where words of an instruction stand in the question, too."""


class Nearest:
    """Finds the example whose question is most like a text: cosine of TF-IDF of pieces of words."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self._examples = list(examples)
        self._pieces = pieces()
        self._rows = self._pieces.fit_transform(
            [one.found_by or one.question for one in self._examples]
        )

    def to(self, question: str, *, others_only: bool = False) -> Example | None:
        """The nearest example; None where none has anything in common with the question.

        Args:
            others_only: passes over the question itself and what is nearly the same.
        """
        found = self.several(question, 1, others_only=others_only)
        return found[0] if found else None

    def several(self, question: str, count: int, *, others_only: bool = False) -> list[Example]:
        """The nearest examples that have something in common with the question, nearest first."""
        likeness = (self._rows @ self._pieces.transform([question]).T).toarray()[:, 0]
        if others_only:
            likeness[likeness >= ALIKE] = 0.0
        best = np.argsort(-likeness, kind="stable")[:count]
        return [self._examples[place] for place in best if likeness[place] > 0]
