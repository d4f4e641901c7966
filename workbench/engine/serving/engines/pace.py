"""How many tokens are read in one step, so that nobody waits long for the next one of an answer."""

from collections.abc import Sequence as Several

from workbench.engine.serving.engines.sequence import Sequence

STEP_S = 0.2
"""A step with a long question in it takes about so long."""
FEWEST, MOST = 32, 512
CHANGE = 2.0
"""By at most this factor the size of a step changes after one measurement."""


class Pace:
    """Tokens of a step, by how long steps take."""

    def __init__(self, tokens: int, seconds: float) -> None:
        """A step of so many tokens took so long."""
        self._limit = float(tokens)
        self._change_by(STEP_S / max(seconds, 1e-9), within=MOST)

    def measured(self, tokens: int, seconds: float) -> None:
        """A step of so many tokens took so long; only one that was nearly full tells anything."""
        if 2 * tokens >= self._limit:
            self._change_by(STEP_S / max(seconds, 1e-9), within=CHANGE)

    @property
    def tokens(self) -> int:
        """Tokens of a step."""
        return int(self._limit)

    def shares(self, running: Several[Sequence]) -> dict[int, int]:
        """How many tokens each of the answers (by its place) reads now.

        Those that write read one. Of the others, the oldest has a quarter of the step for sure, and
        the rest goes to the shortest first: a long question holds up no short one, nor is it
        starved by many.
        """
        found = {n: 1 for n, one in enumerate(running) if one.pending == 1}
        reading = [n for n, one in enumerate(running) if one.pending > 1]
        left = self.tokens
        if reading:
            oldest = min(reading, key=lambda n: running[n].number)
            found[oldest] = min(running[oldest].pending, max(FEWEST, left // 4))
            left -= found[oldest]
        for n in sorted(reading, key=lambda n: running[n].pending):
            more = min(running[n].pending - found.get(n, 0), left)
            if more > 0:
                found[n], left = found.get(n, 0) + more, left - more
        return found

    @classmethod
    def steady(cls) -> "Pace":
        """Steps of one size, as large as any, however long they take: where nobody waits for the next
        token, and the same answers are to be computed in the same steps each time."""
        return _Steady()

    def _change_by(self, factor: float, within: float) -> None:
        factor = max(1 / within, min(within, factor))
        self._limit = max(FEWEST, min(MOST, self._limit * factor))


class _Steady(Pace):
    def __init__(self) -> None:
        self._limit = float(MOST)

    def measured(self, tokens: int, seconds: float) -> None:
        """It changes nothing."""
