"""How far a judge agrees with people on the same pairs, and from when on its score counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.words import percent, plural
from workbench.evaluation.scoring.intervals import wilson_interval

FEWEST = 20
"""Pairs that both have judged; with fewer, agreement is not known."""
LIMIT = 0.4
"""The interval of kappa must lie above: what is higher is called moderate or better (Landis and Koch
1977, Biometrics 33:159–174)."""
_WORDS = (
    (0.8, "almost perfect"),
    (0.6, "substantial"),
    (0.4, "moderate"),
    (0.2, "fair"),
    (0.0, "slight"),
)
"""Landis and Koch's words for kappa above such a value."""


@dataclass(frozen=True)
class Agreement:
    """A judge and people on the same pairs."""

    shared: int
    same: int
    """Pairs on which both say the same."""
    kappa: float | None = None
    """Cohen's; None without pairs, or where both always say one and the same."""
    interval: tuple[float, float] | None = None
    """Of kappa, 95 %."""

    @property
    def raw(self) -> float | None:
        """The share of pairs on which both say the same."""
        return self.same / self.shared if self.shared else None

    @property
    def raw_interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval of that share."""
        return wilson_interval(self.same, self.shared) if self.shared else None

    @property
    def counts(self) -> bool:
        """Whether the judge's score may be relied on."""
        return self.shared >= FEWEST and self.interval is not None and self.interval[0] > LIMIT

    @property
    def missing(self) -> int:
        """So many more pairs must people judge before agreement is known."""
        return max(0, FEWEST - self.shared)

    @property
    def why_not(self) -> str:
        """Why the judge's score does not count yet; empty where it does."""
        if self.counts:
            return ""
        if self.missing:
            return (
                f"People have judged {self.shared} of the same questions, and {FEWEST} are the fewest "
                "that tell whether the judge sees them as people do."
            )
        if self.kappa is None or self.interval is None:
            return (
                "The judge and people gave one and the same verdict throughout: whether it tells good "
                "from bad cannot be seen from these questions. Judge more of them, or compare with "
                "another model."
            )
        return (
            f"On {plural(self.shared, 'question')} it agrees with people in {percent(self.raw or 0)} of "
            f"cases; beyond what chance would give (Cohen's kappa) that is {self.kappa:.2f}, most likely "
            f"{self.interval[0]:.2f} to {self.interval[1]:.2f}, and the lower end must be above "
            f"{LIMIT:.1f}. Judge more questions, or take a better judge or rubric."
        )

    @property
    def sentence(self) -> str:
        """The agreement in words; empty where none is known."""
        if self.kappa is None or self.interval is None or self.missing:
            return ""
        word = next((word for above, word in _WORDS if self.kappa > above), "poor")
        return (
            f"On {plural(self.shared, 'question')} that people judged, too, it agrees with them in "
            f"{percent(self.raw or 0)} of cases (Cohen's kappa {self.kappa:.2f}, {word}; 95\u00a0% interval "
            f"{self.interval[0]:.2f} to {self.interval[1]:.2f})."
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "shared": self.shared,
            "same": self.same,
            "agreement": self.raw,
            "agreement_interval": list(self.raw_interval) if self.raw_interval else None,
            "kappa": self.kappa,
            "kappa_interval": list(self.interval) if self.interval else None,
        }


def agreement(judged: Sequence[int], people: Sequence[int]) -> Agreement:
    """Hold two lists of verdicts on the same pairs against each other.

    Kappa is the agreement beyond what two who do not look would have by their habits alone (Cohen 1960,
    Educ. Psychol. Meas. 20:37–46). Its interval is Wilson's of the share that agrees, with the agreement by
    chance as it was found; the usual one from kappa's standard error is too narrow for few pairs, and has
    no width where all agree (`scripts/evaluation/bench_judge.py` counts how often both hold).

    Raises:
        ValueError: the lists differ in length.
    """
    pairs = [*zip(judged, people, strict=True)]
    number = len(pairs)
    same = sum(one == other for one, other in pairs)
    if not number:
        return Agreement(0, 0)
    chance = by_chance(judged, people)
    if chance >= 1:
        return Agreement(number, same)
    low, high = (beyond(share, chance) for share in wilson_interval(same, number))
    return Agreement(number, same, beyond(same / number, chance), (max(-1.0, low), high))


def by_chance(judged: Sequence[int], people: Sequence[int]) -> float:
    """How often two would agree that give their verdicts as often as these, but without looking."""
    number = len(judged)
    kinds = {*judged, *people}
    return sum([*judged].count(kind) * [*people].count(kind) for kind in kinds) / number**2


def beyond(share: float, chance: float) -> float:
    """A share of agreement on kappa's scale: 0 is chance, 1 is always."""
    return (share - chance) / (1 - chance)
