"""How a trial did on practice questions, and how far it had come at each tenth of its way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.metrics import LOSS, Metric, main_score, metric_of
from workbench.evaluation.scoring.intervals import by_turns_interval
from workbench.evaluation.sweeps.tried import TENTHS
from workbench.training.run_view import RunView

VALIDATION = "validation"


@dataclass(frozen=True)
class Practice:
    """A score on practice questions, which a sweep chooses by."""

    metric: Metric
    score: float
    interval: tuple[float, float] | None
    """95 %; None where the rows do not tell it."""
    rows: int
    """Questions that were answered."""
    loss: float | None

    @property
    def words(self) -> str:
        """ "91.2 % (85.0 % to 95.0 %)"."""
        said = self.metric.unit.words(self.score)
        if self.interval is None:
            return said
        low, high = (self.metric.unit.words(end) for end in self.interval)
        return f"{said} ({low} to {high})"

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "metric": self.metric.name,
            "score": self.score,
            "interval": None if self.interval is None else list(self.interval),
            "rows": self.rows,
            "loss": self.loss,
        }


def practice_of(run: RunView) -> Practice | None:
    """How a trained run did on practice questions; None where nobody asked it any.

    What learned by contrast was asked with a part of its rows held out.
    """
    told = (run.result or {}).get("trial")
    if isinstance(told, Mapping) and told.get("score") is not None:
        ends = told.get("interval")
        return Practice(
            metric_of(run.task),
            float(told["score"]),
            (float(ends[0]), float(ends[1])) if ends else None,
            int(told.get("rows") or 0),
            _number(told.get("loss")),
        )
    return _held_out(run)


def practice_loss(run: RunView) -> float | None:
    """How wrong the kept state of a run was on its practice questions."""
    return _number((run.scores.get(VALIDATION) or {}).get(LOSS))


def tenths_of(points: Sequence[Mapping[str, Any]], steps: int) -> dict[int, float]:
    """Tenth of the way → the least practice loss by then, as far as a training has come.

    Args:
        points: of the curve, each with `step` and `loss`.
        steps: of the whole way.
    """
    found: dict[int, float] = {}
    least: float | None = None
    for point in points:
        if (loss := _number(point.get("loss"))) is None:
            continue
        tenth = min(TENTHS, int(TENTHS * point["step"] / max(1, steps)))
        if least is not None:
            for passed in range(max(found, default=0), tenth):
                found.setdefault(passed, least)
        least = loss if least is None else min(least, loss)
        found[tenth] = least
    return found


def _held_out(run: RunView) -> Practice | None:
    scores, rows = run.scores.get(VALIDATION) or {}, (run.result or {}).get("held_out")
    score, metric = main_score(run.task, scores), metric_of(run.task)
    if score is None or not rows:
        return None
    ends = by_turns_interval(score * rows, rows) if metric.is_share_right else None
    return Practice(metric, score, ends, int(rows), _number(scores.get(LOSS)))


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
