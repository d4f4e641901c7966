"""Scores, the exam's rows, and answers written many at once."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from sacrebleu.metrics.chrf import CHRF

from tests.helpers.engine_jobs import PEFT_WARNS
from tests.helpers.writers import make_writer, replies
from workbench.core.recipe import Recipe
from workbench.data.splits.drawn import chosen
from workbench.engine.causal import generate
from workbench.engine.causal.generate import write_answers
from workbench.engine.causal.model import CausalModel, load_causal
from workbench.engine.causal.systems import choose, prompt_of
from workbench.evaluation.scoring.text_scores import text_scores
from workbench.jobs.process.specs import BaseModelRef
from workbench.jobs.process.stop import Cancelled, Stop
from workbench.models.trained import read_trained

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]


def bundle_of(folder: Path, *, quantization: str = "none", **values: Any) -> CausalModel:
    recipe = Recipe(quantization=quantization)
    return load_causal(BaseModelRef(folder.name, folder), None, recipe, **values)


@pytest.fixture(scope="module")
def bundle(writer: Path) -> CausalModel:
    return bundle_of(writer)


def test_text_is_scored_by_agreement_and_likeness() -> None:
    expected, answers = ["It is here.", "Gone  today"], ["It was here.", " Gone today "]
    scores = text_scores("completion", expected, answers)
    assert scores["exact_match"] == 0.5
    assert scores["chrf"] == pytest.approx(CHRF().corpus_score(answers, [expected]).score)
    assert text_scores("completion", expected, expected) == {
        "exact_match": 1.0,
        "chrf": 100.0,
        "rouge_l": 100.0,
    }


def test_fields_agree_whatever_their_order() -> None:
    expected = ['{"a": 1, "b": "x"}', '{"a": 1}', '{"a": 1}']
    answers = ['{"b":"x","a":1}', '{"a": 2}', "{a: 1}"]
    assert text_scores("extraction", expected, answers)["exact_match"] == pytest.approx(1 / 3)
    assert text_scores("completion", expected, answers)["exact_match"] == 0.0


def test_categories_are_scored_by_accuracy_and_macro_f1() -> None:
    scores = text_scores("classification", ["a", "a", "a", "b"], ["a", "a", "b", "a"])
    assert scores["accuracy"] == 0.5
    assert scores["macro_f1"] == pytest.approx((2 / 3 + 0) / 2)


def test_the_exams_rows_are_drawn_once_for_a_seed() -> None:
    rows = [{"row_id": i} for i in range(100)]
    drawn = chosen(rows, 10, 3)
    assert drawn == chosen(rows, 10, 3) != chosen(rows, 10, 4)
    assert [row["row_id"] for row in drawn] == sorted({row["row_id"] for row in drawn})
    assert chosen(rows, 100, 3) == rows


def test_answers_do_not_depend_on_their_neighbours(
    bundle: CausalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate.machine, "dtype", lambda: torch.float32)
    bundle.model.float()
    prompts = [prompt_of(bundle, {"row_id": i, **row}) for i, row in enumerate(replies(7))]
    told: list[int] = []
    monkeypatch.setattr(generate, "BATCH", {"cpu": 3, "cuda": 3})
    together = write_answers(bundle, prompts, 12, Stop(), told.append)
    alone = [write_answers(bundle, [prompt], 12, Stop(), told.append)[0] for prompt in prompts]
    assert together == alone
    assert len(set(together)) > 1
    assert told[:3] == [3, 6, 7]


def test_writing_stops_when_told_to(bundle: CausalModel) -> None:
    stop = Stop()
    stop.cancel()
    with pytest.raises(Cancelled):
        write_answers(bundle, ["Where"], 10_000, stop, lambda done: None)


def test_a_question_too_long_for_the_model_is_shortened(bundle: CausalModel) -> None:
    assert len(write_answers(bundle, ["word " * 2000], 4, Stop(), lambda done: None)) == 1


def test_an_exam_asks_for_the_last_answer_that_is_learned(bundle: CausalModel) -> None:
    turns = [
        {"role": "user", "content": "One?"},
        {"role": "assistant", "content": "Two."},
        {"role": "user", "content": "Three?"},
        {"role": "assistant", "content": "Wrong.", "learn": False},
    ]
    talk = replace(bundle, wording=replace(bundle.wording, task="chat"))
    prompt = prompt_of(talk, {"row_id": 1, "messages": json.dumps(turns)})
    assert "One?" in prompt
    assert "Two." not in prompt
    assert "Three?" not in prompt


def test_the_likeliest_category_is_that_of_the_whole_answer(
    writer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.engine.causal.loss.device.dtype", lambda: torch.float32)
    labels = ["pen", "guest book", "late delivery"]
    bundle = bundle_of(writer, task="classification")
    bundle.model.float()
    bundle.wording = type(bundle.wording)("classification", bundle.wording.template, "", labels)
    row = {"row_id": 1, "text": "Where is my ribbon?"}
    answers = choose(bundle, [row], Stop().check, lambda done: None)
    (label,), (share,) = answers.texts, answers.probabilities or []
    by_hand = {name: math.exp(_log_probability(bundle, row, name)) for name in labels}
    assert label == max(by_hand, key=lambda name: by_hand[name])
    assert share == pytest.approx(by_hand[label] / sum(by_hand.values()), rel=1e-3)


def _log_probability(bundle: CausalModel, row: dict[str, Any], label: str) -> float:
    prompt = prompt_of(bundle, row)
    read = bundle.encode(prompt)["input_ids"]
    whole = bundle.encode(f"{prompt}{label}<|im_end|>")["input_ids"]
    with torch.no_grad():
        logs = bundle.model(whole).logits[0].float().log_softmax(-1)
    places = range(read.shape[1], whole.shape[1])
    return sum(float(logs[i - 1, whole[0, i]]) for i in places)


def test_four_bit_weights_are_unpacked_to_the_same_values(tmp_path: Path) -> None:
    from workbench.engine.models.load import load_base

    folder = make_writer(tmp_path / "tiny")
    packed = load_base(folder, "nf4")
    unpacked = bundle_of(folder, quantization="nf4").model
    ids = torch.arange(5, 25)[None]
    with torch.no_grad():
        theirs, mine = packed(ids).logits.float(), unpacked(ids).logits.float()
    assert type(unpacked.model.layers[0].mlp.up_proj) is torch.nn.Linear
    torch.testing.assert_close(mine, theirs, rtol=0.05, atol=0.05)
    whole = load_base(folder)(ids).logits.float()
    assert (whole - theirs).abs().max() > 5 * (mine - theirs).abs().max()


def test_a_folder_that_is_no_trained_model_is_named(tmp_path: Path) -> None:
    from workbench.core.errors import WorkbenchError

    with pytest.raises(WorkbenchError, match=r"workbench\.json is missing"):
        read_trained(tmp_path)
