"""A trained model that is loaded to be asked things beside its exam."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from workbench.engine.evaluation.systems import Answers, Done
from workbench.engine.rows import Row
from workbench.jobs.process.stop import Stop


class Opened(Protocol):
    """What a family's model can be asked (`Engine.opened` loads it)."""

    @property
    def leans(self) -> bool:
        """Whether an example stands before each question."""
        ...

    @property
    def goes_on_alone(self) -> bool:
        """Whether it can go on from a text that is no answer to a question."""
        ...

    def answers(self, rows: Sequence[Row], new_tokens: int, stop: Stop, done: Done) -> Answers:
        """An answer to each row, as in use."""
        ...

    def go_on(
        self,
        rows: Sequence[Row | None],
        beginnings: Sequence[str],
        new_tokens: int,
        stop: Stop,
        done: Done,
    ) -> list[str]:
        """How each row's answer goes on, the likeliest token each time; documents go on themselves.

        Args:
            rows: None where a beginning is given alone, as plain text.
            beginnings: of the answers; empty where a question alone is asked.
        """
        ...

    def chat(self, questions: Sequence[str], new_tokens: int, stop: Stop, done: Done) -> list[str]:
        """Answers to questions that have nothing to do with what was taught, without instructions."""
        ...

    def untrained(self) -> AbstractContextManager[None]:
        """Inside of this block the model before training is asked."""
        ...

    def exactly(self) -> AbstractContextManager[bool]:
        """Inside of this block it computes in float32, if there is room; gives whether it does."""
        ...
