"""A judgement: what a judge said of a run's answers, its score, and whether that counts."""

from dataclasses import dataclass, replace
from typing import Any

from workbench.core.words import percent, plural
from workbench.evaluation.judge.address import host_of
from workbench.evaluation.judge.agreement import Agreement
from workbench.evaluation.judge.counting import Counts
from workbench.evaluation.scoring.intervals import by_turns_interval, wilson_interval
from workbench.evaluation.verdict import Verdict
from workbench.jobs.job import JobView
from workbench.jobs.process.specs import JudgeSpec


@dataclass(frozen=True)
class Judgement:
    """A judging that came to its end, and what people say of the same pairs."""

    job: JobView
    spec: JudgeSpec
    counts: Counts
    title: str
    """With whom it was compared."""
    verdicts: tuple[tuple[int, str, int | None], ...]
    """row_id, digest of the pair, and 1 for the run, -1 for the other, 0 for neither, None for unclear."""
    agreement: Agreement

    @property
    def win_rate(self) -> float | None:
        """The share of questions that go to the run, a tie counting half; None without a verdict."""
        judged = self.counts.judged
        return (self.counts.wins + self.counts.ties / 2) / judged if judged else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its 95 % interval: Wilson's, which for a share with ties is a little too wide rather than too
        narrow, and has a width also where all verdicts are alike."""
        if not self.counts.judged:
            return None
        interval = by_turns_interval if self.spec.by_turns else wilson_interval
        return interval(self.counts.wins + self.counts.ties / 2, self.counts.judged)

    @property
    def does_count(self) -> bool:
        """Whether its score may be relied on: people agree with the judge, shown on enough pairs."""
        return self.agreement.counts and self.win_rate is not None

    @property
    def why_not(self) -> str:
        """Why it does not count yet; empty where it does."""
        if self.win_rate is None:
            return "None of the judge's replies could be read as a verdict."
        return self.agreement.why_not

    @property
    def said(self) -> str:
        """The score in words."""
        if self.win_rate is None or self.interval is None:
            return "No verdict."
        low, high = self.interval
        return (
            f"A judge ({self.spec.model}) prefers the trained model to '{self.title}' in "
            f"{percent(self.win_rate)} of {plural(self.counts.judged, 'question')} that both answer "
            f"differently (a tie counts half; 95\u00a0% interval {percent(low)} to {percent(high)})."
        )

    @property
    def evidence(self) -> str:
        """The score with what makes it count."""
        return f"{self.said} {self.agreement.sentence}".strip()

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON; a score that does not count is not among them."""
        score = {
            "win_rate": self.win_rate if self.does_count else None,
            "interval": list(self.interval) if self.does_count and self.interval else None,
        }
        return {
            "job_id": self.job.id,
            "against": self.spec.other,
            "address": host_of(self.spec.url),
            "model": self.spec.model,
            "rubric": self.spec.rubric,
            "repeat": self.spec.repeat,
            "questions": len(self.verdicts),
            "alike": self.spec.alike,
            "too_long": self.spec.too_long,
            "counts": self.does_count,
            "why_not": self.why_not,
            **score,
            **self.counts.as_dict(),
            **self.agreement.as_dict(),
        }


def with_judge(verdict: Verdict, judgement: Judgement | None) -> Verdict:
    """A verdict with what a judge says among its evidence, once that counts; what the exam's own scores say
    stays as it is.
    """
    if judgement is None or not judgement.does_count:
        return verdict
    return replace(verdict, evidence=(*verdict.evidence, judgement.evidence))
