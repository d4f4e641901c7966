"""A trained classifier, loaded to be asked things beside its exam; it writes no words of its own."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.core.recipe import Recipe
from workbench.engine.encoder.model import EncoderModel, load_encoder_model
from workbench.engine.encoder.systems import answer
from workbench.engine.evaluation.systems import Answers, Done
from workbench.engine.rows import Row
from workbench.jobs.process.specs import BaseModelRef
from workbench.jobs.process.stop import Stop


@dataclass(frozen=True)
class OpenedEncoder:
    """See `evaluation.habits.opened.Opened`."""

    model: EncoderModel
    leans: bool = False
    goes_on_alone: bool = False

    def answers(self, rows: Sequence[Row], new_tokens: int, stop: Stop, done: Done) -> Answers:
        """The category of each row."""
        return answer(self.model, rows, stop, done)

    def go_on(
        self,
        rows: Sequence[Row | None],
        beginnings: Sequence[str],
        new_tokens: int,
        stop: Stop,
        done: Done,
    ) -> list[str]:
        """Nothing goes on."""
        return [""] * len(rows)

    def chat(self, questions: Sequence[str], new_tokens: int, stop: Stop, done: Done) -> list[str]:
        """It says nothing."""
        return [""] * len(questions)

    def untrained(self) -> contextlib.nullcontext[None]:
        """There is no model of it before training that could be asked."""
        return contextlib.nullcontext()


def opened(base: BaseModelRef, adapter: Path, recipe: Recipe) -> OpenedEncoder:
    """The trained classifier in a folder.

    Raises:
        WorkbenchError: it cannot be loaded.
    """
    return OpenedEncoder(load_encoder_model(base, adapter))
