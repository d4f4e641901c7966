"""Every family of encoder-decoders, from its folder to an answer: `make families` tries them all."""

import re
from pathlib import Path

import pytest
import torch
from peft import PeftModel

from tests.helpers.engine_jobs import PEFT_WARNS, events, predictions, run
from tests.helpers.rewriters import FAMILIES, make_rewriter
from tests.helpers.writers import recipe, replies, write_job, write_rows
from workbench.core.recipe import Recipe
from workbench.engine.models.load import add_lora
from workbench.engine.runtime.precision import precision
from workbench.engine.seq2seq.model import load_pair_tokenizer, load_rewriter, load_seq2seq
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.families import SEQ2SEQ
from workbench.models.inspect import inspect_folder

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]
ALWAYS = ("t5", "mt5", "bart", "mbart", "pegasus", "marian", "blenderbot")
ANSWER = "it is late"
WIDE = ("t5", "flan-t5", "mt5", "umt5")
"""Families that keep one layer of each block as wide as it is: `wo`."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "family" in metafunc.fixturenames:
        every = metafunc.config.getoption("--every-family")
        metafunc.parametrize("family", FAMILIES if every else ALWAYS)


@pytest.fixture
def base(tmp_path: Path, family: str) -> Path:
    return make_rewriter(tmp_path / family, family)


def test_twenty_steps_teach_an_answer_that_ends_by_itself(
    tmp_path: Path, base: Path, family: str
) -> None:
    facts = inspect_folder(base)
    assert (facts.family, facts.layers, facts.hidden_size) == (SEQ2SEQ.name, 4, 32)
    rows = [{**row, "response": ANSWER} for row in replies(24)]
    splits = ["train"] * 16 + ["validation"] * 4 + ["test"] * 4
    data = write_rows(tmp_path / "data.parquet", rows, splits)
    settings = recipe(
        quantization="nf4", max_steps=20, r=16, lora_alpha=32, learning_rate=1e-2,
        lr_scheduler_type="constant", per_device_train_batch_size=8, eval_max_new_tokens=40,
        early_stopping_patience=0,
    )  # fmt: skip
    job = write_job(tmp_path / "job", base, data, family=SEQ2SEQ.name, recipe=settings)
    result = run(job)
    assert (result["status"], result["steps"]) == ("succeeded", 20)
    before, after = (result["scores"]["test"][name] for name in ("base", "tuned"))
    assert set(before) == {"loss", "exact_match", "chrf", "rouge_l", "invented"}
    assert after["loss"] < before["loss"] / 2
    assert predictions(result)["tuned"] == [ANSWER] * 4
    told = " ".join(event["message"] for event in events(job, "log"))
    assert re.search(r"\d+ layers of \d+ in 4 bits", told)
    assert ("the others" in told) == (family in WIDE)
    print(f"\n{family:<17} loss {before['loss']:5.2f} → {after['loss']:.2f}  {told}")


def test_saved_and_loaded_again_it_gives_the_same_logits(tmp_path: Path, base: Path) -> None:
    model = add_lora(load_rewriter(base, "nf4"), Recipe(r=4), "SEQ_2_SEQ_LM").eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "lora_B" in name:
                weight.normal_(std=0.1)
    model.save_pretrained(tmp_path / "adapter")
    again = PeftModel.from_pretrained(load_rewriter(base, "nf4"), tmp_path / "adapter").eval()
    ids = torch.arange(6, 38).view(2, 16)
    asked = {"input_ids": ids, "decoder_input_ids": ids[:, :7], "use_cache": False}
    with torch.no_grad(), precision():
        told = model(**asked).logits
        assert torch.equal(again(**asked).logits, told)
        with model.disable_adapter():
            assert not torch.equal(model(**asked).logits, told)


def test_ids_are_those_of_the_library(base: Path) -> None:
    texts = load_pair_tokenizer(base, base, 128)
    text = "Where is my pen, please?"
    assert texts.source(text) == (texts.own(text)["input_ids"], False)
    found, cut = texts.target(text)
    library = texts.own(text_target=text)["input_ids"]
    assert not cut
    assert found[-1] == texts.own.eos_token_id
    assert found[: len(library)] == library[: len(found)]  # mBART's language stands at its end


def test_an_answer_in_a_batch_is_the_answer_alone(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.engine.seq2seq.generate import write_answers
    from workbench.jobs.process.stop import Stop

    monkeypatch.setattr("workbench.engine.causal.loss.device.dtype", lambda: torch.float32)
    loaded = load_seq2seq(BaseModelRef("Tiny", base), None, Recipe(quantization="none"))
    loaded.model.float()
    questions = [row["prompt"] * (1 + i) for i, row in enumerate(replies(4))]
    together = write_answers(loaded, questions, 12, Stop(), lambda done: None)
    alone = [write_answers(loaded, [q], 12, Stop(), lambda done: None)[0] for q in questions]
    assert together == alone
