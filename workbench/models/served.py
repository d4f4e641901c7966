"""A model on offer: one item of models.json, the list that the model server reads.

The application writes the list whenever a run ends; the server reads it again once it has changed.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from workbench.core.metrics import please_check
from workbench.core.tasks import asked_as
from workbench.jobs.process.contract import Contract
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.families import Family, family_named

BASE, RUN = "base:", "run-"
"""How the ids of base models and of trained ones begin."""
UNTRAINED = ":base"
"""`run-3:base` is the base model of run 3, asked just as the run is: same system prompt,
template and wording of the question. That is what makes the two comparable."""


@dataclass(frozen=True, kw_only=True)
class ServedModel(Contract):
    """One model on offer."""

    id: str
    title: str = ""
    family_name: str = field(metadata={"key": "kind"})
    task: str | None = None
    """None for a base model that was taught nothing here."""
    base: BaseModelRef
    adapter: Path | None = None
    labels: tuple[str, ...] = ()
    out_of_scope: str = ""
    """The category of texts that belong to none of the others."""
    pair: tuple[str, ...] = ()
    """The headings of two texts that belong together, where a question is two."""
    system: str = ""
    quantization: str = "none"
    leans_on: Path | None = None
    """Where the examples lie that its answers lean on; those of the base model, too, as it is asked
    just so."""
    max_length: int = 2048
    """Tokens that its examples had at most."""
    long_texts: str = ""
    """How it reads a question that is longer (`core.long_texts.ways`); empty: all of it that fits into the
    model's context."""
    fields: tuple[dict[str, Any], ...] = ()
    """Those that it pulls out of texts (`core.fields.field.read` reads them)."""
    threshold: float | None = None
    """An answer that is not surer than this is to be checked by a person; None where nobody said."""
    tools: tuple[dict[str, Any], ...] = ()
    """Those that its examples name or call (`core.tools.tool.read` reads them)."""
    calls_tools: bool = False
    """Whether its examples taught it to call tools."""
    project_id: int | None = None
    """The project that it was trained in; None for a base model."""
    rung: str = ""
    """Who answers in the model's place, having learned from the same examples (`core.tasks.rungs`); empty:
    it answers itself."""
    created_at_s: int = field(default=0, metadata={"key": "created"})
    """Seconds since 1970."""

    @property
    def family(self) -> Family:
        """What models of its kind can do."""
        return family_named(self.family_name)

    @property
    def template_from(self) -> Path:
        """The folder whose chat template and tokenizer count."""
        return self.adapter or self.base.path

    @property
    def sorts(self) -> bool:
        """Whether it answers with categories and says how sure it is of each, or with a number and between
        which ones the true one lies; what writes several categories writes a text."""
        return self.task is not None and sorts_as(self.task, self.family)

    @property
    def estimates(self) -> bool:
        """Whether it answers with a number."""
        return asked_as(self.task).answers_are_numbers

    def in_place(self, rung: str) -> "ServedModel":
        """A rung that needs no model, in the place of this one."""
        return replace(self, id=in_place_of(self.id, rung), rung=rung, threshold=None)

    def untrained(self) -> "ServedModel":
        """The base model, asked as this model is."""
        return replace(
            self, id=self.id + UNTRAINED, adapter=None, threshold=None, calls_tools=False
        )

    def please_check(self, probability: float, none_of_these: bool | None = None) -> bool | None:
        """Whether a person is to check an answer of this probability; None where no limit was kept.

        What belongs to none of the categories is always to be checked then.
        """
        return please_check(self.threshold, probability, none_of_these)


def sorts_as(task: str, family: Family) -> bool:
    """Whether such a model answers with categories, each with its probability, or with a number."""
    about = asked_as(task)
    if about.answers_are_numbers:
        return True
    return about.answers_are_categories or (about.answers_are_sets and not family.writes_text)


def in_place_of(model_id: str, rung: str) -> str:
    """The id under which a rung answers in a model's place; without a rung the model's own."""
    return f"{model_id}:{rung}" if rung else model_id


def run_id_of(model_id: str) -> int | None:
    """The run behind a model id such as `run-3` or `run-3:base`; None for a base model."""
    number = model_id.removeprefix(RUN).partition(":")[0]
    return int(number) if model_id.startswith(RUN) and number.isdigit() else None
