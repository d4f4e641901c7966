"""What looking up alone can do: the answer of the most similar example, unchanged.

Most similar by the pieces of words in common (cosine of TF-IDF): it needs no model, serves every task and
language alike, and costs milliseconds a question. Texts are looked up as answers that lean on examples
have it, where there are few: whoever is better than that is better for what it has learned.
"""

from collections.abc import Callable, Sequence

import numpy as np

from workbench.engine.encoder.reader import meaning
from workbench.engine.generative.leaning.nearest import Example, Nearest, asked_by
from workbench.evaluation.scoring.pieces import pieces

MOST_EXAMPLES, MOST_CHARS = 20_000, 40_000_000
"""Examples that are looked through, and characters of all of them (of more, some of all); every text is
read whole."""
MOST_TRIED = 2_000
"""Examples of which it is tried how they are looked up best; more are looked up by pieces of words."""
AT_ONCE = 256
"""Questions that are compared at once: the likenesses of so many to all examples are in memory."""


def learned_nearest(
    questions: Sequence[str], answers: Sequence[str]
) -> Callable[[Sequence[str]], list[str]]:
    """Gives each question the answer of the nearest learned one; the first of equally near ones."""
    characters = sum(map(len, questions))
    step = max(1, -(-len(questions) // MOST_EXAMPLES), -(-characters // MOST_CHARS))
    kept, given = questions[::step], answers[::step]
    if not any(text.strip() for text in kept):
        return lambda asked: [given[0]] * len(asked)
    weigh = pieces()
    known = weigh.fit_transform(kept).T.tocsr()

    def nearest(asked: Sequence[str]) -> list[str]:
        found: list[str] = []
        for start in range(0, len(asked), AT_ONCE):
            some = weigh.transform(asked[start : start + AT_ONCE])
            best = np.argmax((some @ known).toarray(), axis=1)  # of a sparse one thrice as slow
            found += [given[number] for number in best.tolist()]
        return found

    return nearest


def learned_typical(
    questions: Sequence[str], answers: Sequence[str]
) -> Callable[[Sequence[str]], list[str]]:
    """Gives each question the answer of the example that an answer would lean on."""
    examples = [Example(*both) for both in zip(questions, answers, strict=True)]
    said = [one for one in examples if one.question.strip() and one.answer.strip()]
    characters = sum(map(len, questions))
    if not said or len(said) > MOST_TRIED or characters > MOST_CHARS:
        return learned_nearest(questions, answers)
    reader = meaning.meaning()
    vectors = reader.vectors(asked_by(said)) if reader else None
    nearest = Nearest(said, Nearest.tried(said, vectors), vectors, meaning.meaning)

    def found(asked: Sequence[str]) -> list[str]:
        return [(nearest.to(question) or said[0]).answer for question in asked]

    return found
