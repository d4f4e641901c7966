"""Texts of a model that writes, as sets of the categories that there are."""

from collections.abc import Sequence
from dataclasses import replace

from workbench.core.tasks.category_sets import known_in
from workbench.engine.evaluation.systems import Answers


def as_sets(answers: Answers, labels: Sequence[str]) -> Answers:
    """The answers with known categories only, each once and in order; what else was named is told."""
    read = [known_in(text, labels) for text in answers.texts]
    return replace(
        answers, texts=[known for known, _ in read], unknown=[strange for _, strange in read]
    )
