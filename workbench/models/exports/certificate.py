"""Parity certificate: whether a model answers elsewhere as it does here, way by way."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.jobs.process.contract import Contract
from workbench.jobs.process.job_dir import read_json, write_json

FILE = "certificate.json"
TRAINER, PLAYGROUND, TABLE, API = "trainer", "playground", "file", "api"
EXACT, EXPORT = "weights", "export"
TITLES = {
    TRAINER: "The exam after training",
    PLAYGROUND: "The playground",
    TABLE: "Answers to a file",
    API: "Other programs (API)",
    EXACT: "The weights in 16 bits, computed exactly",
    EXPORT: "This export",
}


@dataclass(frozen=True, kw_only=True)
class Way(Contract):
    """One way to ask the model, held against the exam's."""

    name: str
    read_by: str
    """Program and version."""
    questions: int
    same: int
    """Answers that are the same, letter by letter."""
    score: float | None = None
    """Of the exam's questions, in the metric of the task."""
    usual_score: float | None = None
    """What the exam's way reaches on the same questions."""
    surprise: float | None = None
    """How much less likely the exactly computed model finds these answers than its own: nats a
    token, over all questions; None where nothing is written or it was not measured."""
    unexplained: int = 0
    """Answers that part from the exact ones where rounding does not explain it."""
    largest_difference: float | None = None
    """Of a probability, or of a number; None where texts are written."""
    passed: bool = True
    why: str = ""
    """What is wrong, in a sentence; empty where it passed."""

    @property
    def title(self) -> str:
        """What a person calls it."""
        return TITLES.get(self.name, self.name)

    @property
    def share(self) -> float:
        """Of answers that are the same, 0 to 1."""
        return self.same / self.questions if self.questions else 1.0


@dataclass(frozen=True, kw_only=True)
class Certificate(Contract):
    """What was found of one model, and of one export of it."""

    run_id: int
    model: str
    format: str = ""
    """Empty where no export was looked at."""
    quantization: str = ""
    metric: str = ""
    template_sha256: str = ""
    """Of the chat template; empty where there is none."""
    template_same: bool | None = None
    """Whether the program that reads the export writes the same prompts."""
    prompts: int = 0
    """Golden ones."""
    exam_questions: int = 0
    ways: tuple[Way, ...] = ()
    passed: bool = True
    verdict: str = ""
    notes: tuple[str, ...] = ()
    made_at: str = ""
    versions: dict[str, Any] = field(default_factory=dict)

    def way(self, name: str) -> Way | None:
        """The way of this name."""
        return next((way for way in self.ways if way.name == name), None)


def read_certificate(folder: Path) -> Certificate:
    """The certificate in a folder.

    Raises:
        WorkbenchError: there is none, or it cannot be read.
    """
    values = read_json(folder / FILE)
    if values is None:
        raise WorkbenchError(f"{folder} has no certificate ({FILE}): make the export again.")
    return Certificate.from_dict(values)


def write_certificate(folder: Path, certificate: Certificate) -> None:
    """Put the certificate into a folder."""
    write_json(folder / FILE, certificate.as_dict())
