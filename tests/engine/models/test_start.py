"""Trainings that go on from the model of an earlier one, of whatever task."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from tests.helpers import encoders
from tests.helpers.engine_jobs import PEFT_WARNS, predictions, run
from tests.helpers.writers import make_writer, recipe, replies, split_replies, write_job, write_rows
from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe
from workbench.engine.models.load import add_lora
from workbench.jobs.process.job_dir import JobDir, read_json
from workbench.models.trained import read_trained

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]

LINK = {
    "run_id": 1, "name": "Language", "project": "Shop", "task": "language-modelling",
    "data": "Texts, version 1", "base": "tiny", "digest": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_writer(tmp_path_factory.mktemp("chains") / "writer")


@pytest.fixture(scope="module")
def language(base: Path, tmp_path_factory: pytest.TempPathFactory) -> JobDir:
    """A model that has read documents."""
    torch.set_num_threads(1)  # the fixture of that name comes after those of a module
    folder = tmp_path_factory.mktemp("language")
    rows = [{"text": f"{row['prompt']} {row['response']} " * 6} for row in replies(24)]
    data = write_rows(folder / "d.parquet", rows, ["train"] * 20 + ["test"] * 4)
    job = write_job(folder / "job", base, data, task="language-modelling")
    run(job)
    return job


def scores(model: Any, text: list[int]) -> torch.Tensor:
    with torch.no_grad():
        found: torch.Tensor = model(input_ids=torch.tensor([text])).logits
    return found


@pytest.mark.parametrize(
    "settings",
    [
        {"r": 4, "lora_alpha": 8},
        {"r": 16, "lora_alpha": 8},
        {"r": 2, "lora_alpha": 16},
        {"r": 8, "lora_alpha": 16, "use_rslora": True},
        {"r": 4, "lora_alpha": 8, "target_modules": "attention"},
    ],
)
def test_a_chain_begins_exactly_where_the_earlier_training_ended(
    base: Path, language: JobDir, settings: dict[str, Any]
) -> None:
    from peft import PeftModel

    earlier = PeftModel.from_pretrained(
        AutoModelForCausalLM.from_pretrained(base), language.adapter
    ).eval()
    fresh = AutoModelForCausalLM.from_pretrained(base)
    text = [5, 9, 40, 77, 12]
    untrained = scores(fresh, text)
    chosen = Recipe(lora_dropout=0.0).changed(**settings)
    further = add_lora(fresh, chosen, start=language.adapter).eval()
    assert torch.allclose(scores(further, text), scores(earlier, text), atol=1e-4)
    assert not torch.allclose(untrained, scores(earlier, text), atol=1e-2)
    config = further.peft_config["default"]
    assert config.r == max(4, chosen.r)
    scale = config.lora_alpha / (config.r**0.5 if chosen.use_rslora else config.r)
    wanted = chosen.lora_alpha / (chosen.r**0.5 if chosen.use_rslora else chosen.r)
    assert scale == pytest.approx(wanted), "what is new counts as much as the recipe says"


def test_replies_are_learned_on_top_of_the_language(
    tmp_path: Path, base: Path, language: JobDir
) -> None:
    data = split_replies(tmp_path / "r.parquet")
    earlier = tmp_path / "earlier"
    shutil.copytree(language.adapter, earlier)
    nothing = recipe(learning_rate=1e-8, num_train_epochs=1)
    job = write_job(
        tmp_path / "job", base, data, recipe=nothing, start=str(earlier), chain=[LINK]
    )  # fmt: skip
    result = run(job)
    assert result["status"] == "succeeded"
    alone = run(write_job(tmp_path / "alone", base, data, recipe=nothing))
    tuned, without = (one["scores"]["test"]["tuned"]["loss"] for one in (result, alone))
    assert tuned != pytest.approx(without, abs=1e-3), "what the earlier one learned is still there"
    assert result["scores"]["test"]["base"] == alone["scores"]["test"]["base"]
    before = result["scores"]["test"]["parent"]
    assert before["loss"] == pytest.approx(tuned, abs=1e-3), "nothing was learned on top of it"
    assert "parent" not in alone["scores"]["test"]
    assert len(predictions(result)["parent"]) == len(predictions(result)["tuned"])
    assert [link.name for link in read_trained(job.adapter).chain] == ["Language"]
    assert read_json(job.adapter / "adapter_config.json")["base_model_name_or_path"] == str(base)
    shutil.rmtree(earlier)
    asked = write_job(
        tmp_path / "again", base, data, kind="evaluate", adapter=str(job.adapter), split="test",
        recipe=nothing,
    )  # fmt: skip
    found = run(asked)
    assert found["status"] == "succeeded", "it needs nothing of the earlier one any more"
    scored = found["scores"]
    assert scored["parent"]["loss"] == pytest.approx(scored["tuned"]["loss"], abs=1e-3)
    again = write_job(
        tmp_path / "further", base, data, recipe=nothing, start=str(job.path / "start"),
        chain=[LINK],
    )  # fmt: skip
    assert run(again)["digest"] == result["digest"]


def test_a_start_that_is_gone_is_said_in_a_sentence(tmp_path: Path, base: Path) -> None:
    from workbench.engine.models.start import kept_start
    from workbench.jobs.process.specs import TrainSpec

    job = write_job(tmp_path / "job", base, tmp_path / "r.parquet", start="/nowhere", chain=[LINK])
    spec = TrainSpec.from_dict(read_json(job.spec))
    with pytest.raises(WorkbenchError, match="is not at /nowhere any more: choose another"):
        kept_start(spec, job)


def test_an_adapter_of_another_base_model_is_refused(tmp_path: Path, language: JobDir) -> None:
    other = AutoModelForCausalLM.from_pretrained(make_writer(tmp_path / "gpt2", "gpt2"))
    with pytest.raises(WorkbenchError, match=r"layer '.*', which this one does not"):
        add_lora(other, Recipe(), start=language.adapter)


@pytest.mark.parametrize("methods", [("full", "full"), ("lora", "full"), ("full", "lora")])
def test_an_encoder_learns_new_categories_from_where_it_was(
    tmp_path: Path, methods: tuple[str, str]
) -> None:
    base = encoders.make_encoder(tmp_path / "encoder")
    rows = encoders.examples()
    first = encoders.make_job(
        tmp_path / "first", base, encoders.split_data(tmp_path / "a.parquet", rows),
        recipe=encoders.recipe(method=methods[0]),
    )  # fmt: skip
    run(first)
    renamed = [(text, {"Delivery": "Post", "Payment": "Money"}.get(y, "Else")) for text, y in rows]
    data = encoders.split_data(tmp_path / "b.parquet", renamed)
    second = encoders.make_job(
        tmp_path / "second", base, data, recipe=encoders.recipe(method=methods[1]),
        start=str(first.adapter), chain=[LINK],
    )  # fmt: skip
    result = run(second)
    assert read_trained(second.adapter).labels == ("Else", "Money", "Post")
    assert read_trained(second.adapter).method == "full", "it stands for itself"
    shutil.rmtree(first.path)
    again = encoders.make_job(
        tmp_path / "again", base, data, kind="evaluate", adapter=str(second.adapter),
        recipe=encoders.recipe(), split="test",
    )  # fmt: skip
    found = run(again)
    assert found["status"] == "succeeded"
    exam = predictions(result)
    asked = predictions(found)
    place = [asked["input"].index(text) for text in exam["input"]]
    assert [asked["tuned"][at] for at in place] == exam["tuned"]
    assert [asked["base"][at] for at in place] == exam["base"], "before: as the first one left it"
    assert "parent" not in exam, "the first one knows other categories"


def test_an_encoder_of_the_same_categories_sits_the_exam_beside_what_came_of_it(
    tmp_path: Path,
) -> None:
    base = encoders.make_encoder(tmp_path / "encoder")
    data = encoders.split_data(tmp_path / "a.parquet", encoders.examples())
    first = encoders.make_job(tmp_path / "first", base, data, recipe=encoders.recipe())
    second = encoders.make_job(
        tmp_path / "second", base, data, recipe=encoders.recipe(num_train_epochs=1),
        start=str(first.adapter), chain=[LINK],
    )  # fmt: skip
    alone, further = run(first), run(second)
    assert predictions(further)["parent"] == predictions(alone)["tuned"]
    own, before = (one["scores"]["test"] for one in (alone, further))
    assert before["parent"]["loss"] == pytest.approx(own["tuned"]["loss"])
