"""An encoder-decoder, merged and as an adapter: read back by transformers and peft."""

from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from tests.engine.export.conftest import Shop, shop_of
from tests.engine.export.test_text_exports import WAYS, certificate, unpacked
from tests.helpers.engine_jobs import run
from tests.helpers.rewriters import make_rewriter
from tests.helpers.writers import recipe, replies, write_job, write_rows
from workbench.engine.export import rewriter_job
from workbench.jobs.process.job_dir import read_json
from workbench.models.exports.certificate import EXPORT
from workbench.models.families import SEQ2SEQ

SPLITS = ["train"] * 16 + ["validation"] * 4 + ["test"] * 4


@pytest.fixture(scope="module", params=["t5", pytest.param("bart", marks=pytest.mark.release)])
def rewriter_shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A tiny encoder-decoder that has learned its replies by heart."""
    folder = tmp_path_factory.mktemp("rewriter")
    base = make_rewriter(folder / "base", request.param)
    data = write_rows(folder / "data.parquet", replies(24), SPLITS)
    settings = recipe(learning_rate=1e-2, max_steps=40, r=16, lora_alpha=32, eval_max_new_tokens=24,
                      lr_scheduler_type="constant")  # fmt: skip
    job = write_job(folder / "train", base, data, family=SEQ2SEQ.name, system="Be kind.",
                    recipe=settings)  # fmt: skip
    assert run(job)["status"] == "succeeded"
    return shop_of(folder, job)


@pytest.mark.parametrize("form", ["merged", "adapter"])
def test_transformers_and_peft_answer_as_the_trained_model(
    rewriter_shop: Shop, form: str, tmp_path: Path
) -> None:
    job, result = rewriter_shop.export(form, card="# Replies")
    assert result["status"] == "succeeded", result["reason"]
    found = certificate(result)
    assert [way.name for way in found.ways] == WAYS
    export = found.way(EXPORT)
    assert export is not None
    assert export.same == export.questions >= 14
    folder = unpacked(job.path, tmp_path)
    assert "AutoModelForSeq2SeqLM.from_pretrained" in (folder / "README.md").read_text()
    how: Any = read_json(folder / "how_to_ask.json")
    assert how["system"] == "Be kind."
    if form == "merged":
        model = AutoModelForSeq2SeqLM.from_pretrained(folder)
        tokenizer = AutoTokenizer.from_pretrained(folder)
        asked = f"{how['system']}\n\n{how['before']}Where is my pen?{how['after']}"
        written = model.generate(**tokenizer(asked, return_tensors="pt"))
        assert len(written[0]) > 2
        assert model.generation_config.max_new_tokens == rewriter_job.WHOLE_WORDS


def test_a_spoilt_export_is_not_offered(
    rewriter_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil_weights(monkeypatch)
    job, result = rewriter_shop.export("merged")
    assert result["status"] == "failed"
    assert "So it is not offered." in result["reason"]
    assert not (job.path / "export").exists()


def spoil_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn matrices of what exports write upside down."""
    write = rewriter_job._write

    def spoil(making: Any, spec: Any, model: Any, tokenizer: Any, folder: Path) -> None:
        write(making, spec, model, tokenizer, folder)
        (file,) = folder.glob("*.safetensors")
        weights = load_file(file)
        swapped = {
            name: value.flip(0) if "layer" in name and value.dim() == 2 else value
            for name, value in weights.items()
        }
        save_file(swapped, file, {"format": "pt"})

    monkeypatch.setattr(rewriter_job, "_write", spoil)
