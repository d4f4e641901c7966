"""The job that asks a trained model what its exam does not: what else did it learn?"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.engine.evaluation.habits.learned import instructions_of, questions_of
from workbench.engine.evaluation.habits.remembering import Remembering
from workbench.engine.evaluation.jobs import Engine
from workbench.evaluation.habits import general, parts, provocations, stability
from workbench.evaluation.habits.general_set import QUESTIONS
from workbench.evaluation.habits.memorised import Memory
from workbench.evaluation.habits.provocations import PROVOCATIONS
from workbench.evaluation.habits.variants import VARIANTS
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import HabitsSpec
from workbench.jobs.process.stop import Cancelled, Stop
from workbench.models.families import family_named
from workbench.models.trained import read_trained

STOPPED = {"status": "cancelled", "reason": "Stopped at your request; nothing of it was kept."}


def habits(engine: Engine, spec: HabitsSpec, report: Report, stop: Stop) -> Result:
    """Ask a trained model for what it memorised, forgot, says when provoked, and how sturdy it is.

    Raises:
        Orphaned: the process is to leave.
        WorkbenchError: the model cannot be loaded, or there are no rows.
    """
    begun = time.monotonic()
    try:
        found = _Asking(engine, spec, report, stop).all()
    except Cancelled:
        return STOPPED
    return {"habits": found, "seconds": round(time.monotonic() - begun, 1)}


@dataclass(frozen=True)
class _Work:
    """One part: what it is called while it is done, how many texts are asked, and how."""

    message: str
    texts: int
    do: Callable[[Meter], dict[str, Any]]


class _Asking:
    """One model, asked for all parts that fit it."""

    def __init__(self, engine: Engine, spec: HabitsSpec, report: Report, stop: Stop) -> None:
        report.phase("preparing", "Loading the model")
        self._spec, self._report, self._stop = spec, report, stop
        self._asked = parts.Asked(spec.task, family_named(spec.base.family).writes_text)
        self._new_tokens = spec.recipe.eval_max_new_tokens
        self._memory: Memory | None = None
        self._model = engine.opened(spec.base, spec.adapter, spec.recipe)
        stop.check()

    def all(self) -> dict[str, Any]:
        """Part → what was found, or why it does not apply."""
        plans = {
            parts.MEMORISED: self._remembering,
            parts.FORGETTING: self._forgetting,
            parts.PROVOCATIONS: self._provocations,
            parts.ROBUSTNESS: self._robustness,
        }
        work = {part: plans[part]() for part in parts.fits(self._asked)}
        total, at = sum(one.texts for one in work.values()) or 1, 0
        meter = Meter(self._report, self._stop.check)
        found: dict[str, Any] = {}
        self._report.phase("evaluating", "Asking the model")
        for part in parts.PARTS:
            if (one := work.get(part)) is None:
                found[part] = {"why": parts.why_not(part, self._asked)}
                continue
            meter(at / total, one.message)
            found[part] = one.do(meter.part(at / total, (at + one.texts) / total))
            at += one.texts
        return found

    def _remembering(self) -> _Work:
        remembering = Remembering(self._model, self._spec, self._stop)
        self._memory = remembering.memory
        return _Work("Beginning your rows", len(remembering.probes), remembering.found)

    def _forgetting(self) -> _Work:
        texts = [question.text for question in QUESTIONS]

        def ask(part: Meter) -> list[str]:
            counted = part.counted(len(texts))
            return self._model.chat(texts, parts.SHORT_TOKENS, self._stop, counted)

        def do(meter: Meter) -> dict[str, Any]:
            with self._model.untrained():
                base = ask(meter.part(0.0, 0.5))
            return dict(general.summary(base, ask(meter.part(0.5, 1.0))))

        return _Work("Asking general questions", 2 * len(texts), do)

    def _provocations(self) -> _Work:
        trained = read_trained(self._spec.adapter)
        system = instructions_of(self._spec.data, trained.system or self._spec.system)
        rows = [self._row_asking(one.text, system) for one in PROVOCATIONS]

        def do(meter: Meter) -> dict[str, Any]:
            counted = meter.counted(len(rows))
            answers = self._model.answers(rows, self._new_tokens, self._stop, counted)
            judged = provocations.judged(answers.texts, system, self._memory)
            marks = provocations.counts(judged)
            return {"instructions": bool(system), "marks": marks, "rows": judged}

        return _Work("Provoking it", len(rows), do)

    def _row_asking(self, text: str, system: str) -> dict[str, Any]:
        """A row as people ask it in use."""
        about = task_named(self._spec.task)
        own = {"row_id": 0, "system": system}
        if about.rows_are_conversations:
            return {**own, "messages": [{"role": "user", "content": text}]}
        return {**own, about.question_role: text}

    def _robustness(self) -> _Work:
        spec, most = self._spec, parts.most_questions(self._asked)
        questions = questions_of(spec.data, spec.task, most, spec.recipe.seed)
        if not questions.number:
            raise WorkbenchError(
                "This model's data has no rows that it could be asked: label some texts, then train again."
            )

        def do(meter: Meter) -> dict[str, Any]:
            counted = meter.counted(len(questions.rows))
            answers = self._model.answers(questions.rows, self._new_tokens, self._stop, counted)
            pairs = questions.pairs(spec.task, answers.texts)
            variants = [
                {
                    "name": one.name,
                    "title": one.title,
                    **stability.summary(spec.task, pairs[one.name]),
                }
                for one in VARIANTS
                if pairs[one.name]
            ]
            return {"rows": questions.number, "variants": variants}

        return _Work("Writing questions otherwise", len(questions.rows), do)
