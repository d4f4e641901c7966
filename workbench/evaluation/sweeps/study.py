"""The study: what to try next, and what falls behind, told from what was tried (Optuna).

Nothing is kept here. Each answer is a pure function of the trials so far, those that run included, and a seed, so that a sweep that
was killed goes on as if it had not been: Optuna's sampler is seeded anew for each trial (TPE: Bergstra et
al. 2011, "Algorithms for hyper-parameter optimization"; pruning below the median: Golovin et al. 2017,
"Google Vizier").
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.importance import FanovaImportanceEvaluator, get_param_importances
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState, create_trial

from workbench.evaluation.sweeps.space import Range, Space, rounded
from workbench.evaluation.sweeps.tried import BEHIND, DONE, LOST, RUNNING, Tried

RANDOM_FIRST = 4
"""Trials that are drawn at random before what they scored is learned from."""
FIRST_TENTH = 3
"""From the third tenth of a training's way on it is compared with others."""
COMPARED_WITH = 3
"""Scored trials with curves, before one is stopped for being behind."""
ENOUGH = 6
"""Scored trials from which on it is told what mattered."""
_DRAWS = 20
optuna.logging.set_verbosity(optuna.logging.WARNING)


@dataclass(frozen=True)
class Study:
    """What varies, which way is up, and by which seed."""

    space: Space
    higher_is_better: bool
    seed: int

    def next_settings(self, tried: Sequence[Tried]) -> dict[str, Any] | None:
        """What to try next; None where everything that can be tried has been.

        What runs is not tried again, nor its neighbours: to the sampler it counts as bad (the "constant
        liar": Ginsbourger et al. 2010, "Kriging is well-suited to parallelize optimization").
        """
        known = [dict(one.settings) for one in tried]
        for draw in range(_DRAWS):
            seed = self.seed + 1000 * len(tried) + draw
            study = self._rebuilt(tried, optuna.samplers.TPESampler(
                seed=seed % 2**32, n_startup_trials=RANDOM_FIRST, constant_liar=True
            ))  # fmt: skip
            asked = study.ask(self._distributions())
            found = {name: _plain(self.space[name], asked.params[name]) for name in self.space}
            if found not in known:
                return found
        return None

    def behind_at(self, tried: Sequence[Tried], losses: Mapping[int, float]) -> int | None:
        """The first tenth of its way at which a trial is worse than half of the others; None if never."""
        compared = [one for one in tried if one.state == DONE and one.losses]
        if len(compared) < COMPARED_WITH:
            return None
        pruner = optuna.pruners.MedianPruner(COMPARED_WITH, FIRST_TENTH, n_min_trials=COMPARED_WITH)
        study = self._rebuilt(compared, optuna.samplers.RandomSampler(seed=self.seed), pruner)
        trial = study.ask()
        for tenth in sorted(losses):
            trial.report(self._upwards(losses[tenth]), tenth)
            if trial.should_prune():
                return tenth
        return None

    def importance(self, tried: Sequence[Tried]) -> dict[str, float]:
        """Setting → its share in how far the scores lie apart (fANOVA: Hutter et al. 2014), the largest
        first; empty of too few trials."""
        scored = [one for one in tried if one.state == DONE and one.score is not None]
        if len(scored) < ENOUGH or len(self.space) < 2 or len({one.score for one in scored}) < 2:
            return {}
        study = self._rebuilt(scored, optuna.samplers.RandomSampler(seed=self.seed))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a setting that happens to be alike everywhere
            found = get_param_importances(
                study, evaluator=FanovaImportanceEvaluator(seed=self.seed % 2**32)
            )
        return {name: round(float(share), 4) for name, share in found.items()}

    def _rebuilt(
        self,
        tried: Sequence[Tried],
        sampler: optuna.samplers.BaseSampler,
        pruner: optuna.pruners.BasePruner | None = None,
    ) -> optuna.Study:
        up = self.higher_is_better
        direction = StudyDirection.MAXIMIZE if up else StudyDirection.MINIMIZE
        study = optuna.create_study(
            sampler=sampler, pruner=pruner or optuna.pruners.NopPruner(), direction=direction
        )
        study.add_trials([self._frozen(one) for one in tried])
        return study

    def _frozen(self, one: Tried) -> FrozenTrial:
        """As Optuna has it; the first one may lie outside of what varies, and says nothing of that."""
        distributions = self._distributions()
        inside = {
            name: value
            for name, value in one.settings.items()
            if name in self.space and self.space[name].contains(value)
        }
        states = {
            DONE: TrialState.COMPLETE, BEHIND: TrialState.PRUNED, LOST: TrialState.FAIL,
            RUNNING: TrialState.RUNNING,
        }  # fmt: skip
        return create_trial(
            state=states[one.state],
            params=inside,
            distributions={name: distributions[name] for name in inside},
            value=one.score if one.state == DONE else None,
            intermediate_values={
                tenth: self._upwards(loss) for tenth, loss in sorted(one.losses.items())
            },
        )

    def _upwards(self, loss: float) -> float:
        """A loss in the direction of the score."""
        return -loss if self.higher_is_better else loss

    def _distributions(self) -> dict[str, BaseDistribution]:
        return {name: _distribution(span) for name, span in self.space.items()}


def _distribution(span: Range) -> BaseDistribution:
    if span.choices:
        return CategoricalDistribution(span.choices)
    if _is_whole(span):
        return IntDistribution(int(span.low), int(span.high), log=span.log)
    return FloatDistribution(span.low, span.high, log=span.log)


def _plain(span: Range, value: Any) -> Any:
    """Rounded, but never out of its range."""
    if span.choices or _is_whole(span):
        return value
    return min(span.high, max(span.low, rounded(float(value))))


def _is_whole(span: Range) -> bool:
    return not span.log and isinstance(span.low, int) and isinstance(span.high, int)
