"""Sketches of long texts, by which those that share most of their words find each other.

MinHash with banding (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.4):
eight bands of four find a pair whose words overlap by 0.82 with 99 %.
"""

import numpy as np
import numpy.typing as npt

from workbench.data.checkup.similarity.buckets import Ints
from workbench.data.checkup.similarity.hashing import Keys, mix
from workbench.data.checkup.similarity.tokens import Tokens

LONG_WORDS = 20
"""Shorter texts have no sketch."""
Sketches = npt.NDArray[np.uint32]
"""(texts, 32): the least hash of a text's words, by 32 hash functions."""
_BANDS, _ROWS = 8, 4
_LIKELY = 0.55
"""The share of equal hashes from which two texts are worth comparing: three standard deviations
below an overlap of 0.82."""
_SEED = 20_120_611
_CHUNK = 200_000


def sketches(said: Tokens) -> Sketches:
    """The sketches of the long ones among these texts, in their order."""
    long = said.sizes >= LONG_WORDS
    found = np.empty((np.count_nonzero(long), _BANDS * _ROWS), np.uint32)
    if not len(found):
        return found
    hashes = said.hashes[long[said.rows]]
    starts = np.cumsum(said.lengths[long]) - said.lengths[long]
    salts = np.random.default_rng(_SEED).integers(0, 1 << 63, _BANDS * _ROWS, dtype=np.uint64)
    for place, salt in enumerate(salts):
        short = (mix(hashes ^ salt) >> np.uint64(32)).astype(np.uint32)
        found[:, place] = np.minimum.reduceat(short, starts)
    return found


def band_keys(found: Sketches) -> Keys:
    """For each band a key of every sketch, band after band."""
    keys = []
    for band in range(_BANDS):
        key = np.full(len(found), band, np.uint64)
        for place in range(band * _ROWS, (band + 1) * _ROWS):
            key = mix(key ^ found[:, place])
        keys.append(key)
    return np.concatenate(keys)


def worth_comparing(found: Sketches, pairs: Ints) -> npt.NDArray[np.bool_]:
    """For each pair of sketches whether they agree enough."""
    agree = [
        (found[some[:, 0]] == found[some[:, 1]]).mean(axis=1) >= _LIKELY
        for start in range(0, len(pairs), _CHUNK)
        for some in (pairs[start : start + _CHUNK],)
    ]
    return np.concatenate([*agree, np.empty(0, np.bool_)])
