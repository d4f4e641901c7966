"""Tells how training goes, as it goes, and ends it when asked to."""

import math
import statistics
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from workbench.engine.training.measured import MeasuredSteps
from workbench.jobs.process.memory import peaks
from workbench.jobs.process.report import Report

RECENT = 30
"""Steps whose median time counts for the time left."""
FIRST = 3
"""Steps after which it is told what a step takes, where that was not measured before."""
NAMES = {"loss": "loss", "learning_rate": "learning_rate", "grad_norm": "grad_norm"}


class Reporter(TrainerCallback):
    """Writes events for each step, and stops at the next step when the process is to stop.

    Stopping saves a checkpoint, so that an orphaned run goes on from this very step.
    """

    def __init__(self, report: Report, leaves: Callable[[], bool]) -> None:
        """
        Args:
            leaves: whether the process is to stop, asked after each step.
        """
        self._report, self._leaves = report, leaves
        self._steps: deque[float] = deque(maxlen=RECENT)
        self._checks: deque[float] = deque(maxlen=3)
        self._tokens: deque[int] = deque(maxlen=RECENT)
        self._began = 0.0
        self._step_tokens = 0
        self.measured: MeasuredSteps | None = None
        """What steps on the longest examples took: before the first one, or the first ones themselves."""

    def count(self, tokens: int) -> None:
        """Note tokens that the model read in this step."""
        self._step_tokens += tokens

    @property
    def step_tokens(self) -> int:
        """Those of this step so far."""
        return self._step_tokens

    def checked(self, seconds: float) -> None:
        """Note how long scoring the practice questions took."""
        self._checks.append(seconds)

    @property
    def tokens_per_second(self) -> float:
        """Over the recent steps."""
        return sum(self._tokens) / sum(self._steps) if self._steps else 0.0

    def on_step_begin(self, *_: Any, **__: Any) -> None:
        """A step begins."""
        self._began, self._step_tokens = time.monotonic(), 0

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """A step has ended."""
        self._steps.append(time.monotonic() - self._began)
        self._tokens.append(self._step_tokens)
        self._report.progress(
            state.global_step,
            state.max_steps,
            epoch=round(state.epoch or 0.0, 3),
            seconds_left=round(self._seconds_left(state), 1),
            tokens_per_second=round(self.tokens_per_second, 1),
        )
        if len(self._steps) == FIRST and self.measured is None:
            most = peaks.by_phase().get("training", 0) / 1e6
            self.measured = MeasuredSteps(most, self._steps[0], self._tokens[0])
            self._report.measured(self.measured.as_dict())
        if self._leaves():
            control.should_training_stop = control.should_save = True
            control.should_evaluate = False

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        """Values of a step, or of a check of the practice questions."""
        logs = logs or {}
        if "eval_loss" in logs:
            self._report.metric("validation", state.global_step, {"loss": logs["eval_loss"]})
        elif "loss" in logs:
            values = {name: logs[name] for name in NAMES if name in logs}
            values |= {"epoch": state.epoch or 0.0, "tokens_per_second": self.tokens_per_second}
            finite = {name: float(v) for name, v in values.items() if math.isfinite(v)}
            self._report.metric("train", state.global_step, finite)

    def _seconds_left(self, state: TrainerState) -> float:
        steps = state.max_steps - state.global_step
        checks = math.ceil(steps / state.eval_steps) if state.eval_steps else 0
        check_s = statistics.median(self._checks) if self._checks else 0.0
        return steps * statistics.median(self._steps) + checks * check_s
