"""What of an answer can be sent while it is written: all that will not be written again.

An answer is held to what was told (see `grounding`) once it is whole, as in an exam. Until then its last
words are kept back, and from an invention on all of it.
"""

import re
from collections.abc import Callable, Sequence

from workbench.engine.generative.leaning.grounding import Again, Draft

LAST_WORDS = 4
"""What they say may change with the words behind them: 3, and then "3 working days"."""
_WORD = re.compile(r"\S+")


class Withheld:
    """Belongs to one answer."""

    def __init__(self, draft: Draft, send: Callable[[str], None]) -> None:
        self._draft, self._send = draft, send
        self._text = self._sent = ""

    def add(self, piece: str) -> None:
        """More of the text."""
        self._text += piece
        if any(letter.isspace() for letter in piece):
            self._send_up_to(self._safe())

    def again(self, tokens: Sequence[int], *, is_cut: bool = False) -> Again | None:
        """From where the answer, which is whole, is written again; None where all of it is sent now."""
        again = self._draft.again(tokens, is_cut=is_cut)
        if again is not None:
            kept = self._draft.text_of(again.kept)
            if kept.startswith(self._sent):
                self._text = kept
                return again
        best = self._draft.text_of(self._draft.tokens)
        if best.startswith(self._sent):
            self._text = best
        self._send_up_to(len(self._text))
        return None

    def _safe(self) -> int:
        words = [word.start() for word in _WORD.finditer(self._text)]
        before = words[-LAST_WORDS] if len(words) >= LAST_WORDS else 0
        return min(before, self._draft.invented_from(self._text))

    def _send_up_to(self, letter: int) -> None:
        if letter > len(self._sent):
            piece, self._sent = self._text[len(self._sent) : letter], self._text[:letter]
            self._send(piece)
