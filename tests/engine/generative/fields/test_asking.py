"""Texts asked for their fields, by tiny models that know nothing."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.engine_jobs import PEFT_WARNS
from tests.helpers.rewriters import make_rewriter
from tests.helpers.tiny import make_base
from workbench.core.fields.guess import guessed
from workbench.core.long_texts.ways import HEAD_TAIL
from workbench.core.recipe import Recipe
from workbench.engine.causal import systems as causal
from workbench.engine.causal.model import load_causal
from workbench.engine.generative.fields.writing import free
from workbench.engine.seq2seq import systems as seq2seq
from workbench.engine.seq2seq.model import load_seq2seq
from workbench.jobs.process.specs import BaseModelRef
from workbench.jobs.process.stop import Stop

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]
ANSWERS = ['{"who": "Anna B", "total": "9.50", "tags": ["a", "b"]}'] * 30
FIELDS = guessed(ANSWERS)
RECIPE = Recipe(quantization="none", max_length=200)
SHORT = {"row_id": 1, "text": "Anna pays 9.50 today."}
LONG = {"row_id": 2, "text": "".join(f"Line {n} of a long letter.\n" for n in range(60))}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("models")
    told = {"task": "extraction", "fields": FIELDS}
    base, pair = make_base(folder / "base"), make_rewriter(folder / "bart", "bart")
    return {
        "causal": (causal, load_causal(BaseModelRef("base", base), None, RECIPE, **told)),
        "seq2seq": (seq2seq, load_seq2seq(BaseModelRef("bart", pair), None, RECIPE, **told)),
    }


@pytest.mark.parametrize("family", ["causal", "seq2seq"])
@pytest.mark.parametrize("room", [1, 12, 90])
def test_every_answer_parses(models: dict[str, Any], family: str, room: int) -> None:
    engine, model = models[family]
    done: list[int] = []
    found = engine.answer(model, [SHORT, LONG, SHORT], room, Stop(), done.append)
    values = [json.loads(text) for text in found.texts]
    assert all(set(value) <= {"who", "total", "tags"} for value in values)
    assert [told.parts > 1 for told in found.fields] == [False, True, False]
    assert values[0] == values[2]
    assert done[-1] == 3
    if room == 1:
        assert values[0] == {}
        assert found.fields[0].cut == ["who", "total", "tags"]


def test_a_model_that_learned_parts_of_long_texts_reads_all_of_them(models: dict[str, Any]) -> None:
    engine, model = models["causal"]
    learned = replace(model, wording=replace(model.wording, long_texts=HEAD_TAIL))
    found = engine.answer(learned, [LONG], 12, Stop(), lambda _: None)
    assert found.fields[0].parts > 1


def test_free_answers_are_what_the_model_writes_by_itself(models: dict[str, Any]) -> None:
    engine, model = models["causal"]
    with free():
        found = engine.answer(model, [SHORT], 20, Stop(), lambda _: None)
    assert found.fields is None
    with pytest.raises(ValueError, match=r"Expecting|Extra"):
        json.loads(found.texts[0])


def test_a_model_that_was_taught_before_there_were_fields_writes_any_object(
    models: dict[str, Any], tmp_path: Path
) -> None:
    base = BaseModelRef("base", make_base(tmp_path / "base"))
    model = load_causal(base, None, RECIPE, task="extraction")
    found = causal.answer(model, [SHORT], 40, Stop(), lambda _: None)
    assert isinstance(json.loads(found.texts[0]), dict)
