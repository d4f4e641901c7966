"""The script beside a handed-over model reads several categories as the program itself does."""

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from workbench.core.tasks import MULTI_LABEL
from workbench.core.tasks.category_sets import known_in
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.exports.set_note import how_to_read
from workbench.models.trained import TrainedModel

LABELS = ("late", "price", "Sales, Inc.", "x|y", "Größe", "a. b", "two words")
BITS = (
    *LABELS, "LATE", "price.", "fast", "none of them", "None of them.", "none", "keine", "-", ";", "; ", ", ", ",",
    "|", "\n", " \n", "[", "]", '"', "'", "['late', 'price']", '["late", "x"]', "[1]", '[["late"]]', "  ",
)  # fmt: skip


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The script, without the engine that it answers with."""
    monkeypatch.setitem(sys.modules, "xllamacpp", ModuleType("xllamacpp"))
    name = "workbench.engine.export.hand_over.answer_with_gguf"
    monkeypatch.delitem(sys.modules, name, raising=False)
    from workbench.engine.export.hand_over import answer_with_gguf

    yield answer_with_gguf
    sys.modules.pop(name, None)


def _how() -> dict[str, Any]:
    base = BaseModelRef("tiny", Path("/m"), "causal", "r")
    trained = TrainedModel(task=MULTI_LABEL.name, family="causal", base=base, labels=LABELS)
    return {"categories": list(LABELS), **how_to_read(trained)}


def test_whatever_a_model_writes_is_read_alike(script: Any) -> None:
    draw, how = random.Random(0), _how()
    for _ in range(3000):
        text = "".join(draw.choice(BITS) for _ in range(draw.randint(0, 5)))
        assert script.categories(text, how) == known_in(text, LABELS), text


def test_categories_stand_in_one_column_and_all_else_in_another(script: Any) -> None:
    found = script.told("Price; late, fast.", _how())
    assert found == {"answer": "late; price", "no_category": "fast"}
    assert script.told("none", _how()) == {"answer": "none of them", "no_category": ""}
    assert script.told("Price; late.", {"categories": []}) == {"answer": "Price; late."}
