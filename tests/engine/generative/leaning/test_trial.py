"""Whether answers lean on examples: by the recipe, or by what the untrained model says."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.writers import split_replies
from workbench.core.recipe import Recipe
from workbench.engine.generative.leaning.leaning import Leaning
from workbench.engine.generative.leaning.trial import Choice, choose
from workbench.engine.rows import Row
from workbench.jobs.process.specs import BaseModelRef, TrainSpec


class Told:
    """A report that keeps its sentences."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def phase(self, name: str, message: str) -> None:
        assert name == "preparing"

    def log(self, sentence: str) -> None:
        self.sentences.append(sentence)


def chosen(
    folder: Path, wanted: str, losses: tuple[float, float] = (3.0, 2.0), task: str = "completion"
) -> tuple[Choice, Told, list[int]]:
    """The choice, what was told, and how many rows each measurement had."""
    report: Any = Told()
    measured: list[int] = []
    recipe = Recipe(lean_on_examples=wanted)
    data = split_replies(folder / "data.parquet")
    spec = TrainSpec(task=task, data=data, base=BaseModelRef("Tiny", folder), recipe=recipe)

    def loss_on(rows: Sequence[Row], leaning: Leaning | None) -> float:
        measured.append(len(rows))
        return losses[leaning is not None]

    return choose(spec, 512, 3, lambda: loss_on, report), report, measured


def test_a_clear_yes_and_a_clear_no_try_nothing(tmp_path: Path) -> None:
    choice, told, measured = chosen(tmp_path, "yes")
    assert choice.leaning is not None
    assert told.sentences == [
        "Answers lean on your examples, as the settings ask for.",
        choice.leaning.way.described,
    ]
    assert not measured
    choice, told, measured = chosen(tmp_path, "no")
    assert (choice.leaning, choice.as_dict(), told.sentences, measured) == (None, {}, [], [])


def test_auto_leans_where_that_lowers_the_loss_and_says_so(tmp_path: Path) -> None:
    choice, told, measured = chosen(tmp_path, "auto")
    assert choice.leaning is not None
    assert "practice questions from 3.00 to 2.00" in told.sentences[0]
    assert choice.as_dict()["leaning"] == {
        "used": True, "sentence": told.sentences[0], "without": 3.0, "leaned": 2.0,
    }  # fmt: skip
    assert measured == [2, 2]


@pytest.mark.parametrize("leaned", [3.0, 3.5])
def test_auto_leaves_it_where_nothing_is_gained(tmp_path: Path, leaned: float) -> None:
    choice, told, _ = chosen(tmp_path, "auto", (3.0, leaned))
    assert choice.leaning is None
    assert "do not lean" in told.sentences[0]


def test_other_tasks_are_not_asked(tmp_path: Path) -> None:
    assert chosen(tmp_path, "yes", task="chat")[0] == Choice()
