"""A trained encoder-decoder, loaded to be asked things beside its exam."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from workbench.core.recipe import Recipe
from workbench.engine.evaluation.systems import Answers, Done
from workbench.engine.rows import Row
from workbench.engine.seq2seq.generate import continue_answers, write_answers
from workbench.engine.seq2seq.model import Seq2seqModel, load_seq2seq
from workbench.engine.seq2seq.systems import answer
from workbench.jobs.process.specs import BaseModelRef
from workbench.jobs.process.stop import Stop


@dataclass(frozen=True)
class OpenedRewriter:
    """See `evaluation.habits.opened.Opened`."""

    model: Seq2seqModel
    leans: bool = False
    goes_on_alone: bool = False

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
        """How each answer goes on."""
        questions = [self.model.wording.question(row) if row else "" for row in rows]
        return continue_answers(self.model, questions, beginnings, new_tokens, stop, done)

    def chat(self, questions: Sequence[str], new_tokens: int, stop: Stop, done: Done) -> list[str]:
        """Answers to questions on their own."""
        return write_answers(self.model, questions, new_tokens, stop, done)

    def untrained(self) -> AbstractContextManager[None]:
        """The adapter is switched off."""
        return self.model.untrained()

    def exactly(self) -> AbstractContextManager[bool]:
        """Computed in float32, if there is room."""
        return self.model.exactly()


def opened(base: BaseModelRef, adapter: Path, recipe: Recipe) -> OpenedRewriter:
    """The trained model in a folder.

    Raises:
        WorkbenchError: it cannot be loaded.
    """
    return OpenedRewriter(load_seq2seq(base, adapter, recipe))
