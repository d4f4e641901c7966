"""A trained model that writes, loaded to be asked things beside its exam."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from workbench.core.messages import render_prompt
from workbench.core.recipe import Recipe
from workbench.core.tasks import task_named
from workbench.engine.causal.generate import write_answers
from workbench.engine.causal.marks import guard_of
from workbench.engine.causal.model import CausalModel, load_causal
from workbench.engine.causal.reading import Beginning
from workbench.engine.causal.systems import answer, prompt_of
from workbench.engine.evaluation.systems import Answers, Done
from workbench.engine.rows import Row
from workbench.jobs.process.specs import BaseModelRef
from workbench.jobs.process.stop import Stop


@dataclass(frozen=True)
class OpenedWriter:
    """See `evaluation.habits.opened.Opened`."""

    model: CausalModel
    goes_on_alone: bool = True

    @property
    def leans(self) -> bool:
        """Whether an example stands before each question."""
        return self.model.wording.leaning is not None

    def answers(self, rows: Sequence[Row], new_tokens: int, stop: Stop, done: Done) -> Answers:
        """An answer to each row, as in use."""
        return answer(self.model, rows, new_tokens, stop, done)

    def go_on(
        self,
        rows: Sequence[Row | None],
        beginnings: Sequence[str],
        new_tokens: int,
        stop: Stop,
        done: Done,
    ) -> list[str]:
        """How each answer, or document, goes on."""
        prompts = [self._begun(*both) for both in zip(rows, beginnings, strict=True)]
        return write_answers(self.model, prompts, new_tokens, stop, done)

    def chat(self, questions: Sequence[str], new_tokens: int, stop: Stop, done: Done) -> list[str]:
        """Answers to questions on their own."""
        template = self.model.wording.template
        prompts = [render_prompt([{"role": "user", "content": q}], template) for q in questions]
        return write_answers(self.model, prompts, new_tokens, stop, done)

    def untrained(self) -> AbstractContextManager[None]:
        """The adapter is switched off."""
        return self.model.untrained()

    def exactly(self) -> AbstractContextManager[bool]:
        """Computed in float32, if there is room."""
        return self.model.exactly()

    def _begun(self, row: Row | None, beginning: str) -> str:
        given = guard_of(self.model.tokenizer).text(beginning)
        if row is None or task_named(self.model.task).rows_are_documents:
            return Beginning(given)
        return prompt_of(self.model, row) + given


def opened(base: BaseModelRef, adapter: Path, recipe: Recipe) -> OpenedWriter:
    """The trained model in a folder.

    Raises:
        WorkbenchError: it cannot be loaded.
    """
    return OpenedWriter(load_causal(base, adapter, recipe))
