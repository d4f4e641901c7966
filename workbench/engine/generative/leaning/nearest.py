"""The user's example that an answer leans on: of those most like the question a typical one.

Likeness is the cosine of TF-IDF of pieces of words, and where it helps that of meanings as well, as the
bundled encoder reads them. Of the nearest ones that is taken whose answer has most in common with the
answers of the others (as minimum Bayes risk decoding chooses among candidates: Kumar & Byrne 2004,
https://aclanthology.org/N04-1022), for the very nearest may be an odd one.
"""

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.engine.encoder.reader.meaning import Meaning, Vectors
from workbench.evaluation.scoring.pieces import MOST_CHARS, pieces

ALIKE = 0.9
"""A likeness from which two questions count as one: to be shown its answer would teach to copy."""
NEAR = (1, 3, 5, 10, 20)
"""Among so many of the nearest a typical one is looked for."""
TRIED = 400
"""Examples that ways are tried on; of more, some of all."""
Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Example:
    """A question and its answer."""

    question: str
    answer: str
    found_by: str = ""
    """The text by which it is found, where words of an instruction stand in the question, too."""


@dataclass(frozen=True)
class Way:
    """How an example is found."""

    near: int = 1
    """Among so many of the nearest the one with the most typical answer is taken."""
    by_meaning: bool = False
    """Nearest by meaning and by pieces of words, the sum of both; else by the pieces alone."""

    @property
    def described(self) -> str:
        """One sentence, for the log of a training."""
        like = "in wording and meaning" if self.by_meaning else "in wording"
        if self.near == 1:
            return f"Before a question stands the example that is most like it {like}."
        return (
            f"Of the {self.near} examples that are most like a question {like}, the one with the most "
            "usual answer stands before it."
        )


SPELLING = Way()
"""The nearest by pieces of words, whatever its answer."""


class Nearest:
    """Finds the example whose question is most like a text.

    Args:
        vectors: of the examples' questions (examples, hidden); needed to find by meaning.
        read: what gives a question's vector; None: what is not installed here.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        way: Way = SPELLING,
        vectors: Vectors | None = None,
        read: Callable[[], Meaning | None] = lambda: None,
    ) -> None:
        self.way, self.vectors = way, vectors
        self._examples, self._read = list(examples), read
        self._pieces = pieces()
        self._rows = self._pieces.fit_transform(asked_by(self._examples))

    def to(self, question: str, *, others_only: bool = False) -> Example | None:
        """The example that an answer to the question leans on; None where none has anything in common.

        Args:
            others_only: passes over the question itself and what is nearly the same.
        """
        found = self.several(question, 1, others_only=others_only)
        return found[0] if found else None

    def several(self, question: str, count: int, *, others_only: bool = False) -> list[Example]:
        """Examples that have something in common with the question, the best first: of one the way's
        choice, of more the nearest."""
        shared: Floats = (self._rows @ self._pieces.transform([question]).T).toarray()[:, 0]
        same = shared >= ALIKE
        likeness = shared + self._in_meaning(question)
        if others_only:
            likeness[same] = 0.0
        elif same.any():
            likeness = shared  # who asked this before was answered
        best = np.argsort(-likeness, kind="stable")
        best = best[likeness[best] > 0]
        if count == 1 and (others_only or not same.any()):
            best = self._typical(best[: self.way.near], (self.way.near,))
        return [self._examples[place] for place in best[:count]]

    @classmethod
    def tried(
        cls,
        examples: Sequence[Example],
        vectors: Vectors | None,
        check: Callable[[], None] = lambda: None,
    ) -> Way:
        """The way whose examples' answers have most in common with the right ones, as the examples
        themselves show: each is asked of the others. Of equally good ones the simplest.

        Args:
            vectors: as above; None: nothing is found by meaning.
            check: may raise to leave.
        """
        finder = cls(examples, vectors=vectors)
        some = range(0, len(examples), -(-len(examples) // TRIED))
        scores: dict[Way, list[float]] = {}
        for place in some:
            check()
            for way, found in finder._ways(place):
                score = 0.0 if found is None else finder._in_common(found, place)
                scores.setdefault(way, []).append(score)
        # A thousandth is chance, and a simpler way is easier to understand.
        return max(scores, key=lambda way: round(float(np.mean(scores[way])), 3), default=SPELLING)

    def _ways(self, place: int) -> Iterable[tuple[Way, int | None]]:
        """Each way with what it finds for one of the examples among the others; None: nothing."""
        shared: Floats = (self._rows @ self._rows[place].T).toarray()[:, 0]
        allowed = shared < ALIKE
        allowed[place] = False
        likenesses = {False: shared}
        if self.vectors is not None:
            likenesses[True] = shared + self.vectors @ self.vectors[place]
        for by_meaning, likeness in likenesses.items():
            best = np.argsort(-np.where(allowed, likeness, 0.0), kind="stable")[: max(NEAR)]
            best = best[allowed[best] & (likeness[best] > 0)]
            found = self._typical(best, NEAR).tolist() or [None] * len(NEAR)
            for near, one in zip(NEAR, found, strict=True):
                yield Way(near, by_meaning), one

    def _in_meaning(self, question: str) -> Floats | float:
        if not self.way.by_meaning or self.vectors is None:
            return 0.0
        place, own = self._places.get(question), None
        if place is not None:
            own = self.vectors[place]
        elif reader := self._read():
            own = reader.vectors([question])[0]
        return 0.0 if own is None else np.asarray(self.vectors @ own)

    @functools.cached_property
    def _places(self) -> dict[str, int]:
        return {text: place for place, text in enumerate(asked_by(self._examples))}

    def _typical(self, best: npt.NDArray[np.int64], nears: Sequence[int]) -> npt.NDArray[np.int64]:
        """Of the nearest so many each time the one whose answer has most in common with the others'."""
        if len(best) < 2 or max(nears) < 2:
            return best[:1].repeat(len(nears)) if len(best) else best
        answers = self._answers[best]
        common: Floats = (answers @ answers.T).toarray()
        return np.array([best[int(common[:near, :near].sum(1).argmax())] for near in nears])

    def _in_common(self, found: int, wanted: int) -> float:
        return float((self._answers[found] @ self._answers[wanted].T)[0, 0])

    @functools.cached_property
    def _answers(self) -> Any:
        return pieces().fit_transform([one.answer[:MOST_CHARS] for one in self._examples])


def asked_by(examples: Sequence[Example]) -> list[str]:
    """The texts by which they are found."""
    return [one.found_by or one.question for one in examples]
