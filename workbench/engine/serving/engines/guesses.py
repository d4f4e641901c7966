"""Guesses at the next tokens of an answer, read along with the last one and kept where they are right.

What an answer says often stands in its question, or was said before: where its last tokens stood
already, those that followed are guessed (prompt lookup decoding: Saxena 2023; Leviathan et al. 2023).
A guess is compared with the likeliest token, so answers stay what they are.
"""

from collections.abc import Sequence

LENGTH = 3
"""Tokens that must have stood before."""
MOST = 3
"""Tokens that are guessed."""
LEARNED = 0.2
"""Share of the newest guess in what is hoped of the next."""
LEAST = 0.25
"""Share of right tokens that pays for reading the others."""
AGAIN = 24
"""Guesses that are left out before another try."""


class Guesses:
    """Of one text, which grows."""

    def __init__(self, ids: Sequence[int]) -> None:
        self._ids = ids
        self._ends: dict[tuple[int, ...], int] = {}
        """After which tokens the text went on, and where."""
        self._known = LENGTH
        self._hope, self._left_out = 1.0, 0

    def next(self, most: int) -> list[int]:
        """Up to so many tokens that may follow; none where nothing speaks for any."""
        ids = self._ids
        while self._known < len(ids):
            self._ends[tuple(ids[self._known - LENGTH : self._known])] = self._known
            self._known += 1
        if self._hope < LEAST and self._left_out < AGAIN:
            self._left_out += 1
            return []
        at = self._ends.get(tuple(ids[-LENGTH:]))
        return [] if at is None else list(ids[at : at + min(most, MOST)])

    def came_true(self, right: int, guessed: int) -> None:
        """So many of the guessed tokens were right."""
        self._left_out = 0
        self._hope += LEARNED * (right / guessed - self._hope)
