"""Numbers of 64 bits that stand for words and texts."""

import numpy as np
import numpy.typing as npt

from workbench.data.checkup.similarity.tokens import Tokens

Keys = npt.NDArray[np.uint64]
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)


def mix(numbers: Keys) -> Keys:
    """The numbers well shuffled (the finalizer of SplitMix64, Steele, Lea and Flood 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def whole_texts(said: Tokens) -> Keys:
    """A number for each text that knows the order of its words: Σ hash(word) · base^place."""
    return mix(_totals(_terms(said), said))


def bags(said: Tokens) -> Keys:
    """A number for each text that does not know the order of its words."""
    return mix(_totals(mix(said.hashes), said))


def without_each(said: Tokens) -> Keys:
    """For each word the number of its text without that word."""
    terms = _terms(said)
    running = _running(terms)
    before = running[:-1] - running[said.starts[:-1]][said.rows]
    after = running[said.starts[1:]][said.rows] - running[1:]
    return mix(before + after * np.uint64(_INVERSE))


def _terms(said: Tokens) -> Keys:
    longest = int(said.lengths.max(initial=0))
    powers = np.cumprod(np.full(longest + 1, _BASE, np.uint64)) * np.uint64(_INVERSE)
    terms: Keys = said.hashes * powers[np.arange(len(said.hashes)) - said.starts[said.rows]]
    return terms


def _running(values: Keys) -> Keys:
    """The sums of the first 0, 1, 2 … values, modulo 2^64."""
    return np.concatenate([np.zeros(1, np.uint64), np.cumsum(values)])


def _totals(values: Keys, said: Tokens) -> Keys:
    """The sum over each text."""
    running = _running(values)
    totals: Keys = running[said.starts[1:]] - running[said.starts[:-1]]
    return totals
