"""What was read of earlier texts, for those that begin alike: a system prompt, a conversation."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence

import numpy as np

from workbench.engine.serving.engines.kv_pool import KeyValues, Pool
from workbench.engine.serving.engines.low_rank import Adapter

LEAST = 16
"""Tokens in common that are worth a copy."""
MOST, MOST_BYTES = 32, 128 * 2**20
"""Texts that are kept, and what they may take together but for the newest."""

Known = tuple[Adapter | None, Sequence[int], KeyValues]
"""An adapter, the tokens that were read with it, and what was kept of them."""


class Prefixes:
    """Texts that are over; the one used longest ago goes first when room is needed."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._kept: OrderedDict[int, Known] = OrderedDict()
        self._number = 0
        self.reused_tokens = 0
        """Tokens that did not have to be read again."""

    def keep(self, adapter: Adapter | None, ids: Sequence[int], kv: KeyValues) -> None:
        """Keep a text that is over."""
        self._number += 1
        self._kept[self._number] = (adapter, tuple(ids), kv)
        while len(self._kept) > MOST or (len(self._kept) > 1 and self.bytes > MOST_BYTES):
            self._drop()

    @property
    def bytes(self) -> int:
        """What is kept takes."""
        return sum(kv.bytes for _, _, kv in self._kept.values())

    def begin(
        self, adapter: Adapter | None, ids: Sequence[int], own: KeyValues, running: Iterable[Known]
    ) -> int:
        """Fill `own` with what is known of the beginning of a text; how many tokens that is.

        The last token is left, since what follows it is to be found.
        """
        found: list[tuple[int, int, KeyValues]] = []
        for number, other in [*self._kept.items(), *((0, one) for one in running)]:
            if other[0] is adapter:
                found.append((_common(ids[:-1], other[1]), number, other[2]))
        count, number, kv = max(found, key=lambda one: one[0], default=(0, 0, own))
        if count < LEAST:
            return 0
        if number:
            self._kept.move_to_end(number)
        own.take(kv, count)
        self.reused_tokens += count
        return count

    def make_room(self, tokens: int) -> bool:
        """Forget texts until so many tokens have room; false if there is none."""
        while not self._pool.is_free(tokens) and self._kept:
            self._drop()
        return self._pool.is_free(tokens)

    def forget(self, adapter: Adapter) -> None:
        """Forget what was read with an adapter that is gone."""
        for number in [n for n, known in self._kept.items() if known[0] is adapter]:
            self._pool.give_back(self._kept.pop(number)[2])

    def forget_all(self) -> None:
        """Forget every text."""
        while self._kept:
            self._drop()

    def _drop(self) -> None:
        self._pool.give_back(self._kept.popitem(last=False)[1][2])


def _common(left: Sequence[int], right: Sequence[int]) -> int:
    """With how many equal tokens two texts begin."""
    length = min(len(left), len(right))
    differ = np.flatnonzero(np.asarray(left[:length]) != np.asarray(right[:length]))
    return int(differ[0]) if len(differ) else length
