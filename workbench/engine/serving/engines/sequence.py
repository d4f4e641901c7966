"""One answer in the batching engine: its tokens, how far they are read, and who waits for more."""

import itertools
import logging
import queue
from collections.abc import Iterator
from collections.abc import Sequence as Several

from torch import Tensor

from workbench.engine.serving.engines.guesses import Guesses
from workbench.engine.serving.engines.kv_pool import KeyValues
from workbench.engine.serving.engines.low_rank import Adapter
from workbench.engine.serving.engines.next_token import NextToken
from workbench.engine.serving.engines.protocol import Asked

_log = logging.getLogger(__name__)
_END = object()
_numbers = itertools.count()


class Sequence:
    """The scheduler's thread reads and adds; the caller's takes tokens out."""

    def __init__(self, asked: Asked, adapter: Adapter | None, chooses: NextToken) -> None:
        self.number = next(_numbers)
        """In order of arrival."""
        self.asked, self.adapter, self._chooses = asked, adapter, chooses
        self.ids = list(asked.ids)
        """Tokens of question and answer."""
        self.read = 0
        """Tokens whose keys and values are known."""
        self.kv: KeyValues | None = None
        self.is_over = False
        self._guesses = Guesses(self.ids)
        self._most = len(self.ids) + asked.most
        self._left = False
        self._written: queue.SimpleQueue[object] = queue.SimpleQueue()

    @property
    def pending(self) -> int:
        """Tokens to be read before the next is known."""
        return len(self.ids) - self.read

    @property
    def is_wanted(self) -> bool:
        """Whether somebody waits for more of it."""
        return not (self._left or self.asked.gone())

    def guess(self) -> list[int]:
        """Tokens that may follow; only where the likeliest are taken, and none beyond the end."""
        if self.pending > 1 or not self.is_plain:
            return []
        return self._guesses.next(self._most - len(self.ids) - 1)

    def take(self, count: int, guess: Several[int], scores: Tensor, best: list[int]) -> None:
        """So many tokens were read, and a guess at those behind them; what follows is now known.

        Args:
            scores: (1 + guessed, vocabulary) behind the last token and behind each guessed one.
            best: the tokens of the highest scores.
        """
        self.read += count
        if self.pending or self.is_over:
            return
        right = 0
        self._follow(scores[0], best[0])
        while right < len(guess) and not self.is_over and self.ids[-1] == guess[right]:
            right += 1
            self.read += 1
            self._follow(scores[right], best[right])
        if guess:
            self._guesses.came_true(right, len(guess))

    @property
    def is_plain(self) -> bool:
        """Whether its next token is just the likeliest."""
        return self._chooses.is_plain

    def _follow(self, scores: Tensor, best: int) -> None:
        """Add the token that scores (vocabulary,) lead to; an error is this answer's alone.

        Args:
            best: the token of the highest score.
        """
        try:
            self._add(best if self.is_plain else self._chooses.of(scores, self.ids))
        except Exception as error:
            _log.info("an answer was given up: %s", error)
            self.fail(error)

    def _add(self, token: int) -> None:
        asked = self.asked
        self.ids.append(token)
        asked.choice.accept(token, ends=token in asked.ends)
        self._written.put(token)
        if token in asked.ends or asked.choice.is_over or len(self.ids) >= self._most:
            self.end()

    def end(self) -> None:
        """Nothing follows."""
        self.is_over = True
        self._written.put(_END)

    def fail(self, error: BaseException) -> None:
        """Nothing follows, and this is why."""
        self.is_over = True
        self._written.put(error)

    def leave(self) -> None:
        """Nobody waits for more; it goes at the end of the step."""
        self._left = True

    def __iter__(self) -> Iterator[int]:
        """The answer's tokens as they come.

        Raises:
            Exception: it failed.
        """
        while (item := self._written.get()) is not _END:
            if isinstance(item, BaseException):
                raise item
            assert isinstance(item, int)
            yield item
