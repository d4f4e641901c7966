"""A share that may be looked at after every vote, and a test that may stop as soon as it is decided.

An interval that is right at one number of votes, looked at again and again, is wrong at some of them far more
often than it says. Here all intervals together are right: the beta-binomial mixture is a martingale that
starts at 1 for the true share, so with a chance of at most alpha it ever reaches 1/alpha (Ville 1939; Robbins
1970, Ann. Math. Stat. 41:1397–1409; Waudby-Smith and Ramdas 2024, JRSS B 86:1–27).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

ALPHA = 0.05
"""At most so likely it is, that a difference is told where there is none, however often one looks."""
_PRIOR = 1.0
"""Of the mixture over shares, Beta(1, 1): any share is as likely as any other."""
_STEPS = 60
"""Halvings in search of an interval's end: to the last digit of a float."""

_LARGEST = 700.0
"""The logarithm of about the largest float."""


@dataclass(frozen=True)
class Tally:
    """Votes that prefer one or the other of two; who sees no difference prefers neither."""

    wins: int
    losses: int
    ties: int = 0

    @property
    def decisive(self) -> int:
        """How many prefer one of the two."""
        return self.wins + self.losses

    @property
    def share(self) -> float | None:
        """Of those, the share that prefers the first; None without any."""
        return self.wins / self.decisive if self.decisive else None


def evidence(wins: int, losses: int, share: float = 0.5) -> float:
    """How much more the votes speak against this share than for it: an e-value.

    The likelihood of the votes, averaged over all shares, over that of `share`: where that is the true
    one, a fair bet, and 1/alpha or more at any time has a chance of at most alpha.
    """
    log = _log_evidence(wins, losses, share)
    return math.exp(log) if log < _LARGEST else math.inf


def _log_evidence(wins: int, losses: int, share: float) -> float:
    if (share <= 0 and wins) or (share >= 1 and losses):
        return math.inf
    mixed = _log_beta(_PRIOR + wins, _PRIOR + losses) - _log_beta(_PRIOR, _PRIOR)
    own = (wins * math.log(share) if wins else 0.0) + (
        losses * math.log1p(-share) if losses else 0.0
    )
    return mixed - own


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def interval(wins: int, losses: int, alpha: float = ALPHA) -> tuple[float, float]:
    """The shares that are not refuted yet; with 1 - alpha the true one is in it after every vote.

    Both ends from 0 to 1; all of it before the first vote.
    """
    if not wins + losses:
        return 0.0, 1.0
    middle, limit = wins / (wins + losses), math.log(1 / alpha)

    def end(outside: float) -> float:
        inside = middle
        for _ in range(_STEPS):
            between = (inside + outside) / 2
            if _log_evidence(wins, losses, between) < limit:
                inside = between
            else:
                outside = between
        return inside

    return end(0.0) if wins else 0.0, end(1.0) if losses else 1.0


def decided(votes: Sequence[int], alpha: float = ALPHA) -> int | None:
    """After how many votes it was decided that the two are not alike; None if it is not.

    Args:
        votes: in their order 1 for the first, -1 for the second, 0 for no difference. Votes behind
            the decision change nothing.
    """
    wins = losses = 0
    for number, vote in enumerate(votes, start=1):
        wins, losses = wins + (vote > 0), losses + (vote < 0)
        if evidence(wins, losses) >= 1 / alpha:
            return number
    return None


def tally(votes: Sequence[int]) -> Tally:
    """The votes counted."""
    return Tally(
        sum(vote > 0 for vote in votes),
        sum(vote < 0 for vote in votes),
        sum(not vote for vote in votes),
    )


def fewest_votes(alpha: float = ALPHA) -> int:
    """So many votes for the same side decide."""
    number = 1
    while evidence(number, 0) < 1 / alpha:
        number += 1
    return number
