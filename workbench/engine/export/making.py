"""What the steps of a certificate share: the model, its questions, and how it answers here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from workbench.core.tasks import task_named
from workbench.core.words import plural
from workbench.engine.export.model_digest import model_digest
from workbench.engine.export.parity import number_way, sorted_way, text_way
from workbench.engine.export.questions import Questions
from workbench.engine.export.ways import FILE as WAYS
from workbench.engine.export.ways import Answered, Asking, Ways
from workbench.engine.families import engine_of
from workbench.engine.runtime.versions import versions
from workbench.jobs.process.job_dir import JobDir, read_json, write_json
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import CertifySpec
from workbench.jobs.process.stop import Stop
from workbench.models.exports.certificate import TRAINER, Certificate, Way
from workbench.models.exports.formats import is_rounded
from workbench.models.exports.set_note import as_read
from workbench.models.families import Family
from workbench.models.trained import TrainedModel

ASKED = 0.45
"""How much of the way the ways of this program are."""
WORK = "work"
"""Where a job keeps what is in the making."""


@dataclass
class Making:
    """What the steps of a job share."""

    spec: CertifySpec
    job: JobDir
    report: Report
    stop: Stop
    meter: Meter
    trained: TrainedModel
    family: Family
    questions: Questions
    new_tokens: int

    @property
    def usual(self) -> Answered:
        """What the exam's way answered; there once `ways` was called."""
        found = self._ways.of(TRAINER)
        assert found is not None
        return found

    def ways(self) -> list[Way]:
        """All ways of this program, held against the exam's."""
        self._ways = self._asked()
        return [
            self._way(name, Answered.from_dict(told)) for name, told in self._ways.answers.items()
        ]

    def _asked(self) -> Ways:
        key = (
            f"{model_digest(self.spec.adapter)} {self.questions.key} {self.new_tokens} {versions()}"
        )
        for folder in (self.job.path, *self.spec.earlier):
            values = read_json(folder / WAYS)
            if isinstance(values, dict) and values.get("key") == key:
                write_json(self.job.path / WAYS, values)
                return Ways.from_dict(values)
        asking = Asking(
            engine_of(self.trained.family), self.spec, self.questions, self.new_tokens,
            self.job.path / WORK,
        )  # fmt: skip
        found = Ways(key, asking.ask_all(self.meter.part(0, ASKED), self.report, self.stop))
        write_json(self.job.path / WAYS, found.as_dict())
        return found

    def _way(self, name: str, given: Answered) -> Way:
        usual, read_by = self.usual, "this program"
        asked = [i for i, pair in enumerate(zip(usual.texts, given.texts, strict=True))
                 if None not in pair]  # fmt: skip
        questions = picked(self.questions, asked)
        texts = [self.read([w.texts[i] for i in asked]) for w in (usual, given)]
        if self.trained.numbers is not None:
            known = self.trained.numbers
            return number_way(name, read_by, questions, texts[0], texts[1], known)
        if usual.probabilities and given.probabilities and None not in given.probabilities:
            shares = [[w.probabilities[i] for i in asked] for w in (usual, given)]
            return sorted_way(name, read_by, self.spec.task, questions, (texts[0], shares[0]),
                              (texts[1], shares[1]))  # fmt: skip
        return text_way(name, read_by, self.spec.task, questions, texts[0], texts[1])

    def read(self, texts: Sequence[str]) -> list[str]:
        """Answers as they count (`set_note.as_read`)."""
        return [as_read(self.trained, text) for text in texts]

    def certificate(self, ways: list[Way], **told: Any) -> Certificate:
        """The certificate of these ways."""
        bad = [way for way in ways if not way.passed]
        task = task_named(self.spec.task)
        found = Certificate(
            run_id=self.spec.run_id, model=self.spec.title,
            metric=task.metric if task.asks_in_writing else "",
            prompts=len(self.questions.golden), exam_questions=len(self.questions.exam),
            ways=tuple(ways), passed=not bad, made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            versions=versions(), **told,
        )  # fmt: skip
        return replace(found, verdict=verdict(found))


def verdict(certificate: Certificate) -> str:
    """What the certificate says, in a sentence or two."""
    bad = [way for way in certificate.ways if not way.passed]
    if bad:
        return f"It does not answer as the trained model does. {bad[0].title}: {bad[0].why}"
    last = certificate.ways[-1]
    if not certificate.format:
        return "The trained model answers alike in every way it can be asked here."
    if last.same == last.questions:
        return f"It answers as the trained model does: all {plural(last.questions, 'answer')} are the same."
    share = f"{last.same} of {plural(last.questions, 'answer')} are the same"
    if is_rounded(certificate.quantization):
        return f"It answers as well as the trained model: {share}, and the others are as good."
    return f"It answers as the trained model does: {share}, and the others differ as rounding explains."


def picked(questions: Questions, places: list[int]) -> Questions:
    """Those of the questions that stand at these places of `all`."""
    exam, all_of = len(questions.exam), questions.all
    return Questions(
        [all_of[i] for i in places if i < exam], [all_of[i] for i in places if i >= exam]
    )
